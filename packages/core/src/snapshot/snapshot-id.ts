import { randomBytes } from 'node:crypto';

const TAIL_BYTES = 4;

/**
 * A new id: UTC time to the millisecond and a random tail, `20261123T072308123Z-7f3a9c2b`. Ids sort by time as text, and are
 * safe as the name of a folder or file on every system.
 */
export function newSnapshotId(now: Date, random: (size: number) => Uint8Array = randomBytes): string {
  const time = now.toISOString().replace(/[-:.]/g, '');
  return `${time}-${Buffer.from(random(TAIL_BYTES)).toString('hex')}`;
}

/** Is this what {@link newSnapshotId} makes? */
export function isSnapshotId(name: string): boolean {
  return /^\d{8}T\d{9}Z-[0-9a-f]{8}$/.test(name);
}

/** What a reader takes as an id, whoever made it (`docs/format.md`, "Ids"): it can be a name on every medium. */
export const SAFE_ID: RegExp = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/;

/** Could this be the id of a snapshot? */
export function isSafeId(name: string): boolean {
  return SAFE_ID.test(name);
}

/** Does what a user typed mean this id: the whole, its beginning, or the beginning of its tail? */
export function idMatches(id: string, typed: string): boolean {
  if (typed === '') return false;
  return id.startsWith(typed) || (id.split('-')[1] ?? '').startsWith(typed);
}

/** ISO 8601 with the local offset: `2026-11-23T08:23:08.123+01:00`. */
export function isoWithOffset(now: Date): string {
  const offsetMinutes = -now.getTimezoneOffset();
  const local = new Date(now.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const hours = String(Math.trunc(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
}
