import { join } from 'node:path';
import type { Note } from '../events/index.js';
import { type FileSystem, fileSystemOf, makeFolders, realPathToBe, syncMadeFolders } from '../files/index.js';
import { HoldfastError, isHoldfastError } from '../holdfast-error.js';
import { PlainSnapshot } from '../plain/index.js';
import type { SnapshotRecord } from '../snapshot/index.js';
import { liesIn, reasonOf } from '../source/index.js';
import type { BackupTarget } from '../target/index.js';
import type { OperationOptions, Trouble } from './options.js';
import { Report } from './report.js';
import { unusedProblem } from './restore-problems.js';
import { RestoreRun } from './restore-run.js';
import { findSnapshot } from './select.js';
import { Selection } from './selection.js';
import { stoppable } from './stoppable.js';

export interface RestoreOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** An id, a part of one, a name, or `latest`, which is what its absence means. */
  readonly which?: string | undefined;
  /** Only what these choose (see `pathPatterns`), and the folders that lead to it; everything without them. */
  readonly patterns?: readonly string[] | undefined;
  /** The folder that gets everything, as `into/NAME/…`; made if it is missing. Nothing is written outside of it. */
  readonly into: string;
  /** Replace files and links that stand there and differ. Without it they stay, and are named. Folders are never replaced. */
  readonly overwrite?: boolean | undefined;
  /** Give setuid and setgid bits back. */
  readonly privileged?: boolean | undefined;
  /** What the file system at a path can do; that of this machine by default. */
  readonly fileSystemOf?: ((path: string) => Promise<FileSystem>) | undefined;
}

export interface RestoreSummary extends Trouble {
  readonly snapshotId: string;
  readonly record: SnapshotRecord;
  readonly into: string;
  readonly restoredFiles: number;
  readonly restoredBytes: number;
  /** Already there, byte for byte. */
  readonly keptFiles: number;
  readonly directories: number;
  readonly symlinks: number;
  /** What is not there as the snapshot has it. */
  readonly failed: number;
  readonly durableBy: 'fsync' | 'syncfs';
  readonly notes: readonly Note[];
  readonly durationMs: number;
}

/**
 * Brings a whole snapshot back into a folder. Each file is written aside, its hash compared with the manifest's, and only then
 * given its name: at no time does a half file have one. What is damaged or missing in the store is named, and the rest
 * comes. Run again after an interruption, it keeps what is there already and adds the rest.
 *
 * The snapshot is not trusted: it can write nowhere but below `into`, and through no symlink.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `DESTINATION`, `ABORTED`; TargetError if the
 *   store cannot be reached.
 */
export async function restore(options: RestoreOptions): Promise<RestoreSummary> {
  return stoppable(options, bringBack);
}

async function bringBack(options: RestoreOptions): Promise<RestoreSummary> {
  const { target, signal } = options;
  const startedAtMs = Date.now();
  const report = new Report('restore', options);
  const found = await findSnapshot(options);
  if (found.choice !== undefined) report.note('LATEST_CHOSEN', found.choice);
  const snapshot = await PlainSnapshot.open(target, found.prefix, found.record, { signal });
  try {
    const selection = new Selection(snapshot, options.patterns ?? []);
    const amount = await selection.count();
    if (!amount.found) throw noMatch(found.id, amount.unused);
    const into = await prepareDestination(options.into, found.record, target);
    report.started(target.url, found.id);
    report.totals(amount.files, amount.bytes);
    for (const pattern of amount.unused) report.problem(unusedProblem(pattern));
    const run = await openRun(options, snapshot, selection, into, report);
    try {
      const durableBy = await run.restoreEverything();
      return {
        snapshotId: found.id,
        record: found.record,
        into,
        ...run.counts,
        durableBy,
        notes: report.notes,
        durationMs: Date.now() - startedAtMs,
        ...report.trouble,
      };
    } finally {
      await run.close();
    }
  } finally {
    await snapshot.close();
  }
}

/** Makes the destination durably, and gives its real path. Nothing is made where nothing may be restored to. */
async function prepareDestination(into: string, record: SnapshotRecord, target: BackupTarget): Promise<string> {
  try {
    refuseInsideTarget(await realPathToBe(into), into, record, target);
    await syncMadeFolders(await makeFolders(into));
    const real = await realPathToBe(into);
    refuseInsideTarget(real, into, record, target);
    return real;
  } catch (cause) {
    throw isHoldfastError(cause) ? cause : destinationError(into, cause);
  }
}

/** @throws HoldfastError `DESTINATION` if something would be written into the store that it is read from. */
function refuseInsideTarget(real: string, into: string, record: SnapshotRecord, target: BackupTarget): void {
  const tops = record.payload.sources.map(({ name }) => join(real, name));
  const clash = target.localPaths.some((place) => liesIn(real, place) || tops.some((top) => liesIn(top, place)));
  if (!clash) return;
  throw new HoldfastError({
    code: 'DESTINATION',
    message: `restoring into ${into} would write into the target ${target.url}`,
    hint: 'Restore to a place outside of it.',
  });
}

function noMatch(id: string, patterns: readonly string[]): HoldfastError {
  return new HoldfastError({
    code: 'NO_MATCH',
    message: `nothing in snapshot ${id} matches ${patterns.join(', ')}`,
    hint: 'Paths begin with the name of the source; a word without "/" is a name at any depth.',
  });
}

async function openRun(
  options: RestoreOptions,
  snapshot: PlainSnapshot,
  selection: Selection,
  into: string,
  report: Report,
): Promise<RestoreRun> {
  try {
    return await RestoreRun.open(snapshot, selection, into, report, {
      signal: options.signal,
      overwrite: options.overwrite === true,
      privileged: options.privileged === true,
      fileSystem: await (options.fileSystemOf ?? fileSystemOf)(into),
    });
  } catch (cause) {
    throw destinationError(options.into, cause);
  }
}

function destinationError(into: string, cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'DESTINATION',
    message: `nothing can be restored into ${into}: ${reasonOf(cause)}`,
    hint: 'Name a folder that can be made or written.',
    cause,
  });
}
