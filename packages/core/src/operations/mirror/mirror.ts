import { HoldfastError, isHoldfastError } from '../../holdfast-error.js';
import {
  deleteTombstones,
  isPruned,
  readItem,
  readTombstone,
  unmarkPruned,
  writeTargetHeader,
} from '../../plain/index.js';
import { payloadSha256 } from '../../snapshot/index.js';
import { liesIn } from '../../source/index.js';
import { type BackupTarget, isTargetError } from '../../target/index.js';
import { surveyTarget } from '../backup/survey-target.js';
import { catalogOf, isNewer, related, type WholeSnapshot } from '../catalog-view.js';
import { storedAmount } from '../entry-counts.js';
import type { OperationOptions, Trouble } from '../options.js';
import { Report } from '../report.js';
import { copiesTakeSpace, spaceAtMost } from '../space-forecast.js';
import { stoppable } from '../stoppable.js';
import { copySnapshot } from './mirror-snapshot.js';
import { DamagedSource, UnequalCopy } from './unequal-copy.js';

export interface MirrorOptions extends OperationOptions {
  readonly from: BackupTarget;
  readonly to: BackupTarget;
  /** Make a target where other things are already. */
  readonly adoptPlace?: boolean | undefined;
  /** Bring back to TO, or copy to it again, what was removed there. */
  readonly again?: boolean | undefined;
}

export interface MirrorSummary extends Trouble {
  /** Snapshots of FROM, whole or not. */
  readonly snapshots: number;
  /** Were in TO already, equal. */
  readonly presentSnapshots: number;
  readonly copiedSnapshots: number;
  /** Files and bytes that went from FROM to TO. */
  readonly copiedFiles: number;
  readonly copiedBytes: number;
  /** Files that TO shares with a snapshot it had, and that were not sent. */
  readonly sharedFiles: number;
  /** Of the shared ones, those that the store copied by itself, and that were not read back. */
  readonly unreadFiles: number;
  readonly failedSnapshots: number;
  /** Were removed from TO, and are not copied to it again. */
  readonly removedSnapshots: number;
  /** But for those that were removed from TO: every snapshot of FROM is in TO: the same payload, and each file sent was proven equal at both ends. */
  readonly equal: boolean;
  readonly durationMs: number;
}

/**
 * Copies to TO every snapshot of FROM that is not there, oldest first; what is there is not touched. Each file's hash is
 * compared when it is read from FROM, and again at TO: by the store's own digest where it has given one, else by reading it
 * back. A snapshot that cannot be copied whole is not copied. Interrupted, it goes on with the next run.
 *
 * @throws HoldfastError `NOT_A_TARGET`, `TARGET_NOT_EMPTY`, `FORMAT_UNSUPPORTED`, `ABORTED`; TargetError if a store cannot be
 *   reached or written.
 */
export async function mirror(options: MirrorOptions): Promise<MirrorSummary> {
  return stoppable(options, copyMissing);
}

async function copyMissing(options: MirrorOptions): Promise<MirrorSummary> {
  const { from, to } = options;
  const [toPlace] = to.localPaths;
  const [fromPlace] = from.localPaths;
  const inFrom = toPlace !== undefined && fromPlace !== undefined && liesIn(toPlace, fromPlace);
  if (from.url === to.url || inFrom) {
    throw new HoldfastError({
      code: 'DESTINATION',
      message: inFrom ? `${to.url} lies inside ${from.url}` : `${from.url} is both ends of the mirror`,
      hint: 'Name two different targets.',
    });
  }
  const startedAtMs = Date.now();
  const report = new Report('mirror', options);
  const run = new MirrorRun(options, report);
  await run.copyEverything();
  const { counts } = run;
  const there = counts.presentSnapshots + counts.copiedSnapshots + counts.removedSnapshots;
  const equal = counts.failedSnapshots === 0 && there === counts.snapshots;
  return { ...counts, equal, durationMs: Date.now() - startedAtMs, ...report.trouble };
}

class MirrorRun {
  readonly counts = {
    snapshots: 0,
    presentSnapshots: 0,
    copiedSnapshots: 0,
    copiedFiles: 0,
    copiedBytes: 0,
    sharedFiles: 0,
    unreadFiles: 0,
    failedSnapshots: 0,
    removedSnapshots: 0,
  };
  readonly #options: MirrorOptions;
  readonly #report: Report;
  /** Had been pruned from TO; the mark of that goes when they are there. */
  readonly #copiedAgain = new Set<string>();

  constructor(options: MirrorOptions, report: Report) {
    this.#options = options;
    this.#report = report;
  }

  async copyEverything(): Promise<void> {
    const { from, to, signal } = this.#options;
    const wanted: WholeSnapshot[] = [];
    for await (const item of catalogOf(from, { signal })) {
      if (item.status === 'none' || item.status === 'removed' || item.status === 'unclear') continue;
      this.counts.snapshots += 1;
      if (item.status === 'ok') wanted.push(item);
      else this.#fail(item.id, `the snapshot in ${from.url} cannot be used: ${item.reason}`);
    }
    const survey = await surveyTarget(to, new Set(wanted.flatMap(sourceIds)), this.#options.adoptPlace === true, {
      signal,
    });
    const missing: WholeSnapshot[] = [];
    for (const snapshot of wanted) {
      if (!(await this.#staysRemoved(snapshot)) && !(await this.#isPresent(snapshot))) missing.push(snapshot);
    }
    this.#report.totals(sum(missing, 'files'), sum(missing, 'bytes'));
    this.#foretell(missing);
    if (survey.lacksHeader && to.capabilities.append && missing.length > 0) await writeTargetHeader(to, { signal });
    const present = [...survey.relatives];
    for (const snapshot of missing) {
      const copied = await this.#copy(snapshot, newestRelative(snapshot, present));
      if (copied !== undefined) present.push(copied);
    }
  }

  /** Where every snapshot takes its full space, what is to be copied is said before it begins. */
  #foretell(missing: readonly WholeSnapshot[]): void {
    const { to } = this.#options;
    if (missing.length === 0 || !copiesTakeSpace(to.capabilities)) return;
    const space = spaceAtMost(
      to,
      missing.map(({ record }) => storedAmount(record.payload.counts)),
    );
    const snapshots = missing.length;
    this.#report.emit({ type: 'forecast', operation: 'mirror', target: to.url, snapshots, ...space });
  }

  /** Whoever removed it from TO meant it: the next mirror must not bring it back. */
  async #staysRemoved({ id }: WholeSnapshot): Promise<boolean> {
    const { to, again = false, signal } = this.#options;
    if (to.capabilities.ownObjects !== true) return false;
    const pruned = await isPruned(to, id, { signal });
    const inTrash = (await readTombstone(to, id, { signal }))?.status === 'removed';
    const isThere = !inTrash && pruned && (await readItem(to, `${id}/`, { signal })).status !== 'none';
    if (isThere || (!inTrash && !pruned)) return false;
    if (!again) {
      this.counts.removedSnapshots += 1;
      this.#report.note('REMOVED_THERE', `snapshot ${id} was removed from ${to.url}, and is not copied there again`);
      return true;
    }
    if (inTrash && pruned) {
      this.#fail(
        id,
        `a prune of ${to.url} is deleting it, or was interrupted: it can be copied again after the next prune`,
      );
      return true;
    }
    if (inTrash) await deleteTombstones(to, [id], { signal });
    else this.#copiedAgain.add(id);
    return false;
  }

  async #isPresent(snapshot: WholeSnapshot): Promise<boolean> {
    const { to, signal } = this.#options;
    const there = await readItem(to, `${snapshot.id}/`, { signal });
    if (there.status === 'none') return false;
    if (there.status !== 'ok') this.#fail(snapshot.id, `the copy in ${to.url} cannot be used: ${there.reason}`);
    else if (payloadSha256(there.record.payload) === payloadSha256(snapshot.record.payload)) this.#present(snapshot);
    else {
      this.counts.failedSnapshots += 1;
      const message = `${to.url} holds another snapshot of this id: neither is overwritten`;
      this.#report.problem({ code: 'CONFLICT', path: snapshot.id, message, snapshotId: snapshot.id });
    }
    return true;
  }

  #present(snapshot: WholeSnapshot): void {
    this.counts.presentSnapshots += 1;
    this.#report.emit({ type: 'present', snapshotId: snapshot.id, target: this.#options.to.url });
  }

  /** Copies one snapshot; what concerns it alone is a problem, what concerns a store is thrown. */
  async #copy(snapshot: WholeSnapshot, parent: WholeSnapshot | undefined): Promise<WholeSnapshot | undefined> {
    const { to, signal } = this.#options;
    this.#report.started(to.url, snapshot.id);
    try {
      const copied = await copySnapshot(this.#options, snapshot, parent, this.#report);
      if (this.#copiedAgain.has(snapshot.id)) await unmarkPruned(to, [snapshot.id], { signal });
      this.counts.copiedSnapshots += 1;
      this.counts.copiedFiles += copied.files;
      this.counts.copiedBytes += copied.bytes;
      this.counts.sharedFiles += copied.sharedFiles;
      this.counts.unreadFiles += copied.unreadFiles;
      const item = await readItem(to, `${snapshot.id}/`, { signal });
      return item.status === 'ok' ? item : undefined;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (isTargetError(error, 'ALREADY_EXISTS') && (await this.#isPresent(snapshot))) return undefined;
      const reason = reasonToGoOn(error);
      if (reason === undefined) throw error;
      this.#fail(snapshot.id, reason, error);
      return undefined;
    }
  }

  #fail(id: string, message: string, cause?: unknown): void {
    this.counts.failedSnapshots += 1;
    this.#report.problem({ code: 'NOT_COPIED', path: id, message, snapshotId: id, cause });
  }
}

/** Why one snapshot could not be copied, if that says nothing of the others. */
function reasonToGoOn(error: unknown): string | undefined {
  if (error instanceof DamagedSource || error instanceof UnequalCopy) return error.message;
  if (isHoldfastError(error, 'SNAPSHOT_DAMAGED')) return error.message;
  const ofThisOne = ['ALREADY_EXISTS', 'CORRUPT', 'TOO_LARGE', 'INVALID_KEY', 'SIZE_MISMATCH', 'NOT_FOUND'];
  return isTargetError(error) && ofThisOne.includes(error.code) ? error.message : undefined;
}

function newestRelative(snapshot: WholeSnapshot, present: readonly WholeSnapshot[]): WholeSnapshot | undefined {
  let newest: WholeSnapshot | undefined;
  for (const candidate of present) {
    if (!related(candidate, snapshot) || !isNewer(snapshot, candidate)) continue;
    if (newest === undefined || isNewer(candidate, newest)) newest = candidate;
  }
  return newest;
}

function sourceIds(snapshot: WholeSnapshot): string[] {
  return snapshot.record.payload.sources.map(({ id }) => id);
}

function sum(snapshots: readonly WholeSnapshot[], what: 'files' | 'bytes'): number {
  return snapshots.reduce((total, { record }) => total + storedAmount(record.payload.counts)[what], 0);
}
