import type { FlushMeans } from '../../destination/index.js';
import type { Note } from '../../events/index.js';
import { type FileSystem, fileSystemOf } from '../../files/index.js';
import type { PlainSnapshot } from '../../plain/index.js';
import type { SnapshotRecord } from '../../snapshot/index.js';
import type { BackupTarget } from '../../target/index.js';
import { openFound } from '../open-found.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import { findSnapshot } from '../select.js';
import { Selection } from '../selection.js';
import { stoppable } from '../stoppable.js';
import { type Kept, keepReplaced, NOT_KEPT } from '../undo/keep-replaced.js';
import type { DeletionSummary } from './deletion-list.js';
import { type Deletions, type DeletionsContext, findDeletions } from './deletions.js';
import { KnownVersions } from './known-versions.js';
import { destinationError, protectedPlaces, refuseInsideTarget } from './restore-grounds.js';
import { jobOf, withJournal } from './restore-journaled.js';
import { placeInto, placePath, placesNamed, placesOfOrigin, type RestorePlace } from './restore-places.js';
import { noMatch, unusedProblem } from './restore-problems.js';
import { type RestoreContext, RestoreRun } from './restore-run.js';
import { type RestoreCounts, RestoreTally } from './restore-tally.js';

export interface RestoreOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** An id, a part of one, a name, or `latest`, which is what its absence means. */
  readonly which?: string | undefined;
  /** Only what these choose (see `pathPatterns`), and the folders that lead to it; everything without them. */
  readonly patterns?: readonly string[] | undefined;
  /**
   * The folder that gets everything, as `into/NAME/…`; made if it is missing. Nothing is written outside of it. Without it each
   * source goes back in place, to where it came from, and what stands there and differs is replaced.
   */
  readonly into?: string | undefined;
  /**
   * By the name of a source the folder that its content goes to: what lies in a folder, or a lone file under its name. What differs there is
   * replaced, as in place. In the place of `into`, and not with `delete`; sources that are not named are not restored.
   */
  readonly to?: Readonly<Record<string, string>> | undefined;
  /** Where what is known of the sources is kept. Needed without `into`: it proves where they came from. */
  readonly stateDirectory?: string | undefined;
  /** Replace files and links that stand there and differ. Without it they stay, and are named. Folders are never replaced. */
  readonly overwrite?: boolean | undefined;
  /**
   * Delete, in the folders of the sources that are restored, what the snapshot does not have. What the rules of the backup or of
   * the live files leave out stays; so does everything if something could not be given back.
   */
  readonly delete?: boolean | undefined;
  /** Delete also where the snapshot is known to lack what was there. */
  readonly evenIncomplete?: boolean | undefined;
  /** Rules as of a backup's source: what fits is neither restored nor deleted. */
  readonly exclude?: readonly string[] | undefined;
  /** Write nothing, and tell what would be done, in the order in which it would be. */
  readonly dryRun?: boolean | undefined;
  /**
   * Keep what is replaced, deleted or set, so that an undo brings it back: the default wherever there is a `stateDirectory`. Without it what
   * is replaced is gone.
   */
  readonly undo?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** Give setuid and setgid bits back. */
  readonly privileged?: boolean | undefined;
  /**
   * Called before anything is written in place, or where something would be deleted: whoever calls may show where, and ask. To refuse it throws, and that error ends the
   * restore with nothing changed.
   */
  readonly confirm?: ((question: RestoreQuestion) => Promise<void>) | undefined;
  /** What the file system at a path can do; that of this machine by default. */
  readonly fileSystemOf?: ((path: string) => Promise<FileSystem>) | undefined;
  /** How what is written is made durable, so that a test can watch it. */
  readonly flushMeans?: FlushMeans | undefined;
}

/** What a restore is about to do. */
export interface RestoreQuestion {
  readonly snapshotId: string;
  readonly record: SnapshotRecord;
  /** The folders and files that are written to, or below. */
  readonly places: readonly string[];
  /** They are no folder that was named, but those the snapshot was taken from. */
  readonly inPlace: boolean;
  /** What would be deleted, where that is allowed. */
  readonly deletions?: DeletionSummary;
}

export interface RestoreSummary extends Trouble, Readonly<RestoreCounts> {
  readonly snapshotId: string;
  readonly record: SnapshotRecord;
  /** The destination as it was given; absent in place. */
  readonly into?: string;
  /** The folders and files that were written to, or below. */
  readonly places: readonly string[];
  readonly dryRun: boolean;
  /** By this an undo finds what was replaced; absent where there was nothing to keep. */
  readonly undoId?: string;
  readonly durableBy: 'fsync' | 'syncfs';
  readonly notes: readonly Note[];
  readonly durationMs: number;
}

/**
 * Brings a snapshot back, or a part of it: into a folder, or in place. Each file is written aside, its hash compared with the
 * manifest's, and only then given its name: at no time does a half file have one. What is there as it should be is left alone. What
 * is damaged or missing in the store is named, and the rest comes. Run again after an interruption, it goes on.
 *
 * The snapshot is not trusted: it can write nowhere but below `into`, or below the sources that this machine and user
 * have taken it from, and through no symlink.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `NO_MATCH`, `NOT_FROM_HERE`,
 *   `DESTINATION`, `STATE`, `ABORTED`; TargetError if the store cannot be reached.
 */
export function restore(
  options: RestoreOptions & { readonly into: string },
): Promise<RestoreSummary & { readonly into: string }>;
export function restore(options: RestoreOptions): Promise<RestoreSummary>;
export async function restore(options: RestoreOptions): Promise<RestoreSummary> {
  return stoppable(options, bringBack);
}

/** A restore of which another operation knows more than a snapshot says. */
export interface OwnedRestoreOptions extends RestoreOptions {
  /** What is deleted, in place of what the snapshot does not have. */
  readonly findDeletions?: (context: DeletionsContext) => Promise<Deletions>;
  /** The operation announces by itself that it is under way. */
  readonly hasOwnJournal?: boolean;
}

/** {@link restore}, for another operation of the engine. */
export async function ownedRestore(options: OwnedRestoreOptions): Promise<RestoreSummary> {
  return stoppable(options, bringBack);
}

async function bringBack(options: OwnedRestoreOptions): Promise<RestoreSummary> {
  const { target, signal, dryRun = false } = options;
  const startedAtMs = Date.now();
  const report = new Report('restore', options);
  const found = await findSnapshot(options);
  if (found.choice !== undefined) report.note('LATEST_CHOSEN', found.choice);
  const snapshot = await openFound(target, found, { signal });
  try {
    const selection = new Selection(snapshot, options.patterns ?? [], options.exclude, 'named');
    const amount = await selection.count();
    if (!amount.found) throw noMatch(found.id, amount.unused);
    const places = await placesOf(options, found.record, amount.sources);
    const paths = places.map(placePath);
    await refuseInsideTarget(places, found.record, target);
    report.started(target.url, found.id, dryRun);
    report.totals(amount.files, amount.bytes);
    for (const pattern of amount.unused) report.problem(unusedProblem(pattern));
    const tally = new RestoreTally(report);
    const { durableBy, undoId } = await afterAYes(options, { snapshot, selection, places, tally }, report);
    return {
      snapshotId: found.id,
      record: found.record,
      ...(options.into === undefined ? {} : { into: options.into }),
      places: paths,
      dryRun,
      ...tally.counts,
      ...(undoId === undefined ? {} : { undoId }),
      durableBy,
      notes: report.notes,
      durationMs: Date.now() - startedAtMs,
      ...report.trouble,
    };
  } finally {
    await snapshot.close();
  }
}

/** What a restore has found out before it begins. */
interface Prepared {
  readonly snapshot: PlainSnapshot;
  readonly selection: Selection;
  readonly places: readonly RestorePlace[];
  readonly tally: RestoreTally;
}

/** How it went. */
interface CarriedOut {
  readonly durableBy: 'fsync' | 'syncfs';
  readonly undoId: string | undefined;
}

/** Finds out what would be deleted, has that and the places confirmed, and does it all. */
async function afterAYes(options: OwnedRestoreOptions, prepared: Prepared, report: Report): Promise<CarriedOut> {
  const { target, stateDirectory, exclude = [], evenIncomplete = false, signal } = options;
  const { snapshot, places } = prepared;
  const fileSystemAt = options.fileSystemOf ?? fileSystemOf;
  const facts = {
    ...prepared,
    target,
    stateDirectory,
    exclude,
    evenIncomplete,
    report,
    signal,
    fileSystemOf: fileSystemAt,
  };
  const deletions = options.delete === true ? await (options.findDeletions ?? findDeletions)(facts) : undefined;
  try {
    const summary = deletions?.list.summary;
    const inPlace = options.into === undefined;
    if (options.dryRun !== true && (inPlace || (summary?.entries ?? 0) > 0)) {
      const { id: snapshotId, record } = snapshot;
      const question = { snapshotId, record, places: places.map(placePath), inPlace };
      await options.confirm?.(summary === undefined ? question : { ...question, deletions: summary });
    }
    return await carryOut(options, { ...prepared, deletions, report });
  } finally {
    await deletions?.list.close();
  }
}

type Found = Prepared & { readonly deletions: Deletions | undefined; readonly report: Report };

/** Keeps what will be replaced, then replaces it. */
async function carryOut(options: OwnedRestoreOptions, found: Found): Promise<CarriedOut> {
  const { stateDirectory, dryRun = false, clock = systemClock } = options;
  const keeps = options.undo !== false && !dryRun && stateDirectory !== undefined;
  const kept = keeps
    ? await keepReplaced({
        stateDirectory,
        clock,
        job: jobOf(options, found),
        places: found.places,
        inPlace: options.into === undefined,
        deletes: (found.deletions?.list.summary.entries ?? 0) > 0,
        fileSystemOf: options.fileSystemOf ?? fileSystemOf,
        plan: async (planner, ownNames) => {
          const tally = new RestoreTally(new Report('restore', {}));
          await runOnce(options, { ...found, tally }, { ...NOT_KEPT, ownNames }, { dryRun: true, planner }, (run) =>
            run.restoreEverything(),
          );
        },
      })
    : NOT_KEPT;
  let isFinished = false;
  try {
    const durableBy = await runOnce(options, found, kept, { dryRun }, (run) =>
      withJournal(options, found, () => run.restoreEverything()),
    );
    isFinished = true;
    return { durableBy, undoId: kept.id };
  } finally {
    await kept.ended(isFinished);
  }
}

async function runOnce<Result>(
  options: RestoreOptions,
  found: Found,
  { mayGo, ownNames }: Kept,
  how: Pick<RestoreContext, 'dryRun' | 'planner'>,
  work: (run: RestoreRun) => Promise<Result>,
): Promise<Result> {
  const { target, stateDirectory, signal } = options;
  const { places } = found;
  const versions = new KnownVersions(places, stateDirectory);
  try {
    const run = await RestoreRun.open({
      ...found,
      ...how,
      versions,
      signal,
      mayGo,
      ownNames,
      overwrite: options.into === undefined || options.overwrite === true,
      privileged: options.privileged === true,
      protectedPlaces: protectedPlaces(target, stateDirectory),
      fileSystemOf: options.fileSystemOf ?? fileSystemOf,
      flushMeans: options.flushMeans,
    }).catch((cause: unknown) => {
      throw destinationError(places, cause);
    });
    try {
      return await work(run);
    } finally {
      await run.close();
    }
  } finally {
    await versions.close();
  }
}

async function placesOf(
  { into, to, stateDirectory, delete: deletes }: RestoreOptions,
  record: SnapshotRecord,
  sources: ReadonlySet<string>,
): Promise<readonly RestorePlace[]> {
  if (to !== undefined) {
    if (into !== undefined || deletes === true) throw new TypeError('neither "into" nor "delete" goes with "to"');
    return placesNamed(record, sources, to);
  }
  if (into !== undefined) return [placeInto(into)];
  if (stateDirectory === undefined) throw new TypeError('a restore in place needs the state directory');
  return placesOfOrigin(record, sources, stateDirectory);
}
