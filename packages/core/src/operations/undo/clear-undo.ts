import { type KeptRecord, readRecord, recordIds, removeRecord } from '../../kept/index.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import type { Clock } from '../options.js';

/** What restores have replaced is kept for so long. */
export const UNDO_DAYS = 30;
/** And of so many, undos of them among these. */
export const UNDO_RECORDS = 10;

/** The beginning of ids that are too old: ids begin with their time. */
export function oldestUndoId(now: Date): string {
  return newSnapshotId(new Date(now.getTime() - UNDO_DAYS * DAY_MS), () => new Uint8Array(4));
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was kept of a restore, and is kept no more. */
export interface ClearedUndo {
  readonly id: string;
  /** When the restore was: ISO 8601. */
  readonly at: string;
  readonly bytes: number;
}

/** What is cleared, and whether it is only looked for. */
export interface ClearUndoOptions {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly dryRun?: boolean;
}

/**
 * Removes what was kept of restores that are more than {@link UNDO_DAYS} days old, or that {@link UNDO_RECORDS} newer ones follow; what has been
 * undone; and what killed runs have left before anything counted.
 *
 * @returns what could have been undone until now.
 * @throws the error of the system: the state cannot be read.
 */
export async function clearUndo({ stateDirectory, clock, dryRun = false }: ClearUndoOptions): Promise<ClearedUndo[]> {
  const ids = recordIds(stateDirectory);
  const found = ids.map((id) => ({ id, found: readRecord(stateDirectory, id) }));
  const records = found.flatMap(({ found: one }) => one?.record ?? []);
  const spent = new Set(
    records.flatMap(({ undoes, isFinished }) => (isFinished && undoes !== undefined ? [undoes] : [])),
  );
  // An undo that goes on needs what it undoes, however old that is.
  const needed = new Set(
    records.flatMap(({ undoes, isFinished }) => (isFinished || undoes === undefined ? [] : [undoes])),
  );
  const living = records.filter(({ id, segments }) => segments.length > 0 && !spent.has(id));
  const newest = new Set(living.slice(-UNDO_RECORDS).map(({ id }) => id));
  const oldest = clock.now().getTime() - UNDO_DAYS * DAY_MS;
  const cleared: ClearedUndo[] = [];
  for (const { id, found: one } of found) {
    if (one === undefined || one.isRunning || needed.has(id)) continue;
    const { record } = one;
    const isLiving = living.includes(record);
    if (isLiving && newest.has(id) && Date.parse(record.at) >= oldest) continue;
    if (isLiving) cleared.push({ id, at: record.at, bytes: bytesOf(record) });
    if (!dryRun) await removeRecord(stateDirectory, id);
  }
  return cleared;
}

function bytesOf({ segments }: KeptRecord): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}
