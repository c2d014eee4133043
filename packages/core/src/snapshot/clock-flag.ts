import type { SnapshotPayload } from './record.js';

/** A record's time this far ahead of now was given by a clock that was wrong (design: no time later than the target's clock by more than a day counts). */
export const CLOCK_AHEAD_MS: number = 24 * 60 * 60 * 1000;

/**
 * The flags of a snapshot as they are to be shown and gone by: those of its record, and `clock` also where its time lies in
 * the future by more than a day. A record cannot say that of itself: whoever made it went by the wrong clock.
 *
 * @param now on the clock of whoever looks.
 */
export function flagsOf(
  { flags, createdAt }: Pick<SnapshotPayload, 'flags' | 'createdAt'>,
  now: Date,
): readonly string[] {
  const isAhead = Date.parse(createdAt) > now.getTime() + CLOCK_AHEAD_MS;
  return isAhead && !flags.includes('clock') ? [...flags, 'clock'] : flags;
}
