import { HoldfastError } from '../holdfast-error.js';
import type { SnapshotRecord } from '../snapshot/index.js';
import { idMatches } from '../snapshot/snapshot-id.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import {
  catalogOf,
  newestOfEach,
  type RemovedSnapshot,
  type UnusableSnapshot,
  type WholeSnapshot,
} from './catalog-view.js';

/** A snapshot that a user's words have been found to mean. */
export interface FoundSnapshot {
  readonly id: string;
  readonly prefix: string;
  readonly record: SnapshotRecord;
  /** Where `latest` had to choose, among different sources or past one that cannot be used: says what was chosen. */
  readonly choice?: string;
}

export interface FindOptions extends CallOptions {
  readonly target: BackupTarget;
  /** An id, the beginning of an id or of its tail, a name, or `latest`, which is what its absence means. */
  readonly which?: string | undefined;
}

/**
 * Finds the one snapshot that is meant. `latest` is the newest whole one: by sequence within one line of sources, so that
 * a clock set back or forward does not matter; among different sources the one taken last, and that is said.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `FORMAT_UNSUPPORTED`, `NOT_A_TARGET`.
 */
export async function findSnapshot(options: FindOptions): Promise<FoundSnapshot> {
  const { target, which = 'latest' } = options;
  const snapshots: WholeSnapshot[] = [];
  const unusable: UnusableSnapshot[] = [];
  const removed: RemovedSnapshot[] = [];
  for await (const item of catalogOf(target, options)) {
    if (item.status === 'ok') snapshots.push(item);
    else if (item.status === 'removed') removed.push(item);
    else if (item.status === 'damaged' || item.status === 'newer') unusable.push(item);
  }
  if (which === 'latest') return latestOf(snapshots, unusable, removed, target);
  const exact = snapshots.filter((snapshot) => snapshot.id === which);
  const matches =
    exact.length > 0
      ? exact
      : snapshots.filter(({ id, record }) => idMatches(id, which) || record.payload.name === which);
  const [found, ...others] = matches;
  if (found === undefined) {
    const [named] = unusable.filter(({ id }) => idMatches(id, which));
    if (named !== undefined) throw unusableError(named, target);
    const gone = removed.find((snapshot) => isCalled(snapshot, which));
    if (gone !== undefined) throw removedError(gone, target);
    throw new HoldfastError({
      code: 'SNAPSHOT_NOT_FOUND',
      message: `no whole snapshot in ${target.url} is called "${which}"`,
      hint: `List what is there, with the ids, with \`holdfast list\`${removedHint(removed)}.`,
    });
  }
  if (others.length > 0) {
    throw new HoldfastError({
      code: 'SNAPSHOT_AMBIGUOUS',
      message: `"${which}" means ${matches.length} snapshots in ${target.url}: ${matches
        .slice(0, 4)
        .map(({ id }) => id)
        .join(', ')}${matches.length > 4 ? ', …' : ''}`,
      hint: 'Give more of the id.',
    });
  }
  return found;
}

function removedHint(removed: readonly RemovedSnapshot[]): string {
  return removed.length === 0 ? '' : ', and what was removed with `holdfast list --removed`';
}

function isCalled({ id, was }: RemovedSnapshot, which: string): boolean {
  return idMatches(id, which) || (was.status === 'ok' && was.record.payload.name === which);
}

function removedError({ id, tombstone }: RemovedSnapshot, target: BackupTarget): HoldfastError {
  return new HoldfastError({
    code: 'SNAPSHOT_REMOVED',
    message: `snapshot ${id} in ${target.url} was removed at ${tombstone.at}`,
    hint: `"holdfast undo ${id} --from TARGET" brings it back, until a prune deletes it.`,
  });
}

function unusableError({ id, status, reason }: UnusableSnapshot, target: BackupTarget): HoldfastError {
  return new HoldfastError({
    code: status === 'newer' ? 'FORMAT_UNSUPPORTED' : 'SNAPSHOT_DAMAGED',
    message: `snapshot ${id} in ${target.url} cannot be used: ${reason}`,
    hint:
      status === 'newer'
        ? 'Use the version of Holdfast that wrote it, or a newer one.'
        : 'Use another copy of this snapshot, or another snapshot. Where its folder or archive can still be opened, files that are whole lie in it under their own names.',
  });
}

function latestOf(
  snapshots: readonly WholeSnapshot[],
  unusable: readonly UnusableSnapshot[],
  removed: readonly RemovedSnapshot[],
  target: BackupTarget,
): FoundSnapshot {
  const newest = newestOfEach(snapshots);
  const latest = newest.at(-1);
  if (latest === undefined) {
    throw new HoldfastError({
      code: 'SNAPSHOT_NOT_FOUND',
      message: `${target.url} holds no whole snapshot`,
      hint: `See what is there with \`holdfast list\`${removedHint(removed)}.`,
    });
  }
  const choices: string[] = [];
  if (newest.length > 1) {
    const names = latest.record.payload.sources.map(({ name }) => name).join(', ');
    choices.push(
      `${newest.length} different lines of sources are kept here; the one taken last is ${latest.id} (${names})`,
    );
  }
  // Ids sort by time: what cannot be used and is perhaps newer is not passed over in silence.
  const passedOver = unusable.filter(({ id }) => id > latest.id);
  for (const { id, reason } of passedOver.slice(0, 3)) {
    choices.push(`${id} cannot be used (${reason}); ${latest.id} is the newest that can`);
  }
  return choices.length === 0 ? latest : { ...latest, choice: choices.join('. ') };
}
