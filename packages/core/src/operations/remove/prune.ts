import { throwIfAborted } from '../../holdfast-error.js';
import {
  assertUsable,
  isPruned,
  readItem,
  readTargetHeader,
  readTrash,
  storeTimeMs,
  type Tombstone,
  tombstoneTimeMs,
  writeRefusal,
} from '../../plain/index.js';
import { isSnapshotId } from '../../snapshot/snapshot-id.js';
import { type BackupTarget, type CallOptions, isTargetError, type Residue } from '../../target/index.js';
import { catalogOf } from '../catalog-view.js';
import { labelsOf } from '../labels.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import { stoppable } from '../stoppable.js';
import { pruneOne, rootFault, sizeOf } from './prune-one.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** For how many days a removed snapshot can surely be brought back. */
export const TRASH_DAYS = 7;

export interface PruneOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** Only tell what would be freed. */
  readonly dryRun?: boolean | undefined;
  /** Delete what was removed however short a time ago. What may be a living batch's is left alone all the same. */
  readonly now?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** Name and version of the program, for what is left of a snapshot. */
  readonly program?: string | undefined;
}

/** A removed snapshot that a prune deletes, or keeps for now. */
export interface PrunedSnapshot {
  readonly id: string;
  /** When it was removed, ISO 8601. */
  readonly removedAt: string;
  /** Bytes that the medium gets back at the least. 0 of one that is kept. */
  readonly sizeBytes: number;
}

export interface PruneSummary extends Trouble {
  readonly dryRun: boolean;
  /** Deleted, or of a dry run: would be. */
  readonly prunedSnapshots: readonly PrunedSnapshot[];
  /** Removed less than {@link TRASH_DAYS} ago. */
  readonly keptSnapshots: readonly PrunedSnapshot[];
  /** Of interrupted runs: cleared, or of a dry run: would be. */
  readonly residue: number;
  /** May be of runs that go on, and were left alone. */
  readonly livingResidue: number;
  /** Bytes that the medium gets back at the least, as far as it tells. */
  readonly freedBytes: number;
  readonly durationMs: number;
}

/**
 * Deletes what was removed, and clears what interrupted runs have left. Nothing that a snapshot holds which counts is touched,
 * whatever it shares. Interrupted at any point, it goes on with the next run; it needs no room on the medium.
 *
 * @throws HoldfastError `NOT_A_TARGET`, `FORMAT_UNSUPPORTED`, `ABORTED`; TargetError if the store cannot be reached.
 */
export async function prune(options: PruneOptions): Promise<PruneSummary> {
  return stoppable(options, clearUp);
}

async function clearUp(options: PruneOptions): Promise<PruneSummary> {
  const { target, signal, dryRun = false } = options;
  const startedAtMs = Date.now();
  const report = new Report('prune', options);
  const header = await readTargetHeader(target, { signal });
  if (header !== undefined) assertUsable(target.url, header, writeRefusal);
  const run = new PruneRun(options, report);
  // Residue first: on a full disk that makes the room which the announcements of the rest take.
  await run.sweep(await rootsWithoutRecord(target, { signal }));
  await run.emptyTrash();
  return { dryRun, ...run.counts, durationMs: Date.now() - startedAtMs, ...report.trouble };
}

/**
 * What an interrupted run may have left where objects show before the record. Only what is called as a snapshot is: somebody else's
 * folder has no record either. What has a tombstone, of whatever kind, is no residue.
 */
async function rootsWithoutRecord(target: BackupTarget, options: CallOptions): Promise<string[]> {
  const roots: string[] = [];
  const unclear = new Set<string>();
  for await (const { status, id } of catalogOf(target, options)) {
    if (status === 'unclear') unclear.add(id);
    if (status === 'none' && isSnapshotId(id)) roots.push(id);
  }
  return target.capabilities.wholeRoots === true ? [] : roots.filter((id) => !unclear.has(id));
}

class PruneRun {
  readonly counts = {
    prunedSnapshots: [] as PrunedSnapshot[],
    keptSnapshots: [] as PrunedSnapshot[],
    residue: 0,
    livingResidue: 0,
    freedBytes: 0,
  };
  readonly #options: PruneOptions;
  readonly #report: Report;
  #storeNow: Promise<number | undefined> | undefined;

  constructor(options: PruneOptions, report: Report) {
    this.#options = options;
    this.#report = report;
  }

  async sweep(abandonedRoots: readonly string[]): Promise<void> {
    const { target, dryRun = false, signal } = this.#options;
    const isOwnRoot = (root: string): boolean => isSnapshotId(root) || root === '.holdfast';
    for await (const residue of target.sweep({ dryRun, abandonedRoots, isOwnRoot, signal })) {
      throwIfAborted(signal);
      this.#found(residue);
    }
  }

  #found(residue: Residue): void {
    const { dryRun = false, target } = this.#options;
    this.#report.emit({ type: 'residue', target: target.url, ...residue });
    if (residue.state === 'living') this.counts.livingResidue += 1;
    else if (residue.state === 'cleared' || dryRun) {
      this.counts.residue += 1;
      this.counts.freedBytes += residue.sizeBytes;
    } else {
      const message = 'what an interrupted run has left could not be removed';
      this.#report.problem({ code: 'NOT_PRUNED', path: residue.name, message });
    }
  }

  async emptyTrash(): Promise<void> {
    const { target, signal } = this.#options;
    for (const [id, item] of await readTrash(target, { signal })) {
      throwIfAborted(signal);
      if (item.status !== 'removed') this.#keep(id, `the snapshot is kept: its tombstone is damaged: ${item.reason}`);
      // Every snapshot that is made is called so. Whatever else has a tombstone may be somebody else's folder.
      else if (!isSnapshotId(id)) this.#keep(id, 'nothing is deleted: no snapshot is called as its tombstone says');
      else await this.#meet(id, item.tombstone);
    }
  }

  #keep(id: string, message: string): void {
    this.#report.problem({ code: 'DAMAGED', path: `.holdfast/trash/${id}`, message, snapshotId: id });
  }

  async #meet(id: string, tombstone: Tombstone): Promise<void> {
    const { target, signal, dryRun = false, clock = systemClock, program } = this.#options;
    const removedAt = tombstone.at;
    if (!(await this.#isDue(tombstone))) {
      this.counts.keptSnapshots.push({ id, removedAt, sizeBytes: 0 });
      return;
    }
    try {
      const fault = await rootFault(target, id, { signal });
      if (fault !== undefined) {
        this.#keep(id, fault);
        return;
      }
      const labels = labelsOf(clock.now(), program);
      const sizeBytes = dryRun
        ? await sizeOf(target, id, { signal })
        : await pruneOne(target, tombstone, labels, { signal });
      // Somebody has brought it back meanwhile.
      if (sizeBytes === undefined) return;
      this.counts.prunedSnapshots.push({ id, removedAt, sizeBytes });
      this.counts.freedBytes += sizeBytes;
      if (!dryRun) this.#report.emit({ type: 'pruned', snapshotId: id, target: target.url });
    } catch (error) {
      if (!isTargetError(error) || signal?.aborted === true) throw error;
      const message = `the removed snapshot could not be deleted, or not all of it: ${error.reason}`;
      this.#report.problem({ code: 'NOT_PRUNED', path: id, message, snapshotId: id, cause: error });
    }
  }

  /**
   * The time in a tombstone is on the remover's clock, and ours may be years off: both only say that it is worth asking the store, which has
   * dated the tombstone. It cannot have been before the snapshot was made, whatever a clock said. A prune that was interrupted goes on.
   */
  async #isDue({ id, at }: Tombstone): Promise<boolean> {
    const { target, signal, clock = systemClock, now = false, dryRun = false } = this.#options;
    if (now || (await isPruned(target, id, { signal }))) return true;
    const item = await readItem(target, `${id}/`, { signal });
    const createdAtMs = item.status === 'ok' ? Date.parse(item.record.payload.createdAt) : Number.NEGATIVE_INFINITY;
    const isOld = (nowMs: number, sinceMs: number): boolean => nowMs - sinceMs >= TRASH_DAYS * DAY_MS;
    if (!isOld(clock.now().getTime(), Math.max(Date.parse(at), createdAtMs))) return false;
    const storedAtMs = await tombstoneTimeMs(target, id, { signal });
    // A dry run writes nothing, and so cannot ask the store what time it is.
    if (dryRun) return storedAtMs === undefined || isOld(clock.now().getTime(), storedAtMs);
    const storeNowMs = storedAtMs === undefined ? undefined : await this.#storeNowMs();
    return storeNowMs !== undefined && storedAtMs !== undefined && isOld(storeNowMs, storedAtMs);
  }

  /** Asked once. Where it cannot be had, nothing is old. */
  #storeNowMs(): Promise<number | undefined> {
    const { target, signal } = this.#options;
    this.#storeNow ??= storeTimeMs(target, { signal }).catch((error: unknown) => {
      if (!isTargetError(error) || error.code === 'ABORTED') throw error;
      const message = `what was removed is kept: the time of the store could not be asked (${error.reason}); --now does not ask`;
      this.#report.note('STORE_TIME_UNKNOWN', message);
      return undefined;
    });
    return this.#storeNow;
  }
}
