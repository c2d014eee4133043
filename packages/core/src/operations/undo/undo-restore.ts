import type { FolderHandle } from '../../destination/index.js';
import type { Problem } from '../../events/index.js';
import {
  type FileFlusher,
  type FileSystem,
  fileFlusher,
  fileSystemOf,
  makeFolders,
  syncMadeFolders,
  thisHost,
} from '../../files/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import {
  afterOf,
  homesOf,
  isKept,
  itemsOf,
  Keeper,
  type KeptRecord,
  LivePaths,
  needOf,
  ownNamesIn,
  putBack,
  recordFolder,
  removeRecord,
  writeRecord,
  xattrsAt,
} from '../../kept/index.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import { forgetRestores } from '../../state/index.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import { stoppable } from '../stoppable.js';
import { cannotKeep } from './cannot-keep.js';
import { clearUndo } from './clear-undo.js';
import { itemsToTakeBack, lookThrough, NONE, tell, type UndoCounts } from './undo-look.js';
import { type UndoableRestore, undoPlanOf } from './undoable-restore.js';

export interface UndoRestoreOptions extends OperationOptions {
  /** Where what restores replace is kept. */
  readonly stateDirectory: string;
  /** What is to be undone, as `newestRestore` or `restoreNamed` has found it. */
  readonly planned: UndoableRestore;
  /** Change nothing, and tell what would be done. */
  readonly dryRun?: boolean | undefined;
  /** Called before anything is changed: whoever calls may show what, and ask. To refuse it throws. */
  readonly confirm?: ((question: UndoQuestion) => Promise<void>) | undefined;
  readonly clock?: Clock | undefined;
  /** What the file system at a path can do; that of this machine by default. */
  readonly fileSystemOf?: ((path: string) => Promise<FileSystem>) | undefined;
}

/** What an undo is about to do. */
export interface UndoQuestion extends Readonly<UndoCounts> {
  readonly planned: UndoableRestore;
  /** How many of them somebody has changed since: what they are now is kept, as all that goes is. */
  readonly changedSince: number;
  /** The first of those, at most {@link MAX_SHOWN}. */
  readonly firstChanged: readonly string[];
}

export interface UndoRestoreSummary extends Trouble, Readonly<UndoCounts> {
  readonly planned: UndoableRestore;
  readonly dryRun: boolean;
  /** Nothing is left to do: otherwise the same undo goes on when it is called again. */
  readonly isWhole: boolean;
  /** By this the undo can be undone; absent where nothing was to be done. */
  readonly undoId?: string;
  readonly changedSince: number;
  readonly durationMs: number;
}

/**
 * Takes back a restore: what it replaced, deleted or set is there again as it was, and what it made goes. What is there now is kept first, in
 * the same way as a restore does: so an undo can be undone, and nothing that was changed since is lost. Stopped anywhere and called again, it goes on.
 *
 * @throws HoldfastError `NOTHING_TO_UNDO`, `NO_ROOM`, `NOT_KEPT`, `ABORTED`; the error of the system: the state cannot be read.
 */
export async function undoRestore(options: UndoRestoreOptions): Promise<UndoRestoreSummary> {
  return stoppable(options, takeBack);
}

async function takeBack(options: UndoRestoreOptions): Promise<UndoRestoreSummary> {
  const { stateDirectory, planned, dryRun = false, clock = systemClock } = options;
  const startedAtMs = Date.now();
  const report = new Report('undo', options);
  const { record, begun } = undoPlanOf(stateDirectory, planned.id);
  const seen = await lookThrough(options, record, dryRun ? report : undefined);
  const common = { planned, dryRun, ...seen.counts, changedSince: seen.changedSince };
  if (dryRun) return { ...common, isWhole: true, durationMs: Date.now() - startedAtMs, ...report.trouble };
  await options.confirm?.({ ...common, firstChanged: seen.firstChanged });
  const own = await keepWhatIsThere(options, record, begun, clock).catch((cause: unknown) => {
    const hint = 'Where the disk is full, make some room there; then undo again.';
    throw cannotKeep(stateDirectory, 'what is there now', hint, cause);
  });
  const counts = await apply(options, record, own, report);
  const isWhole =
    !report.trouble.problems.some(({ code }) => UNDONE.has(code)) &&
    report.trouble.problemCount <= report.trouble.problems.length;
  const { owner: _, ...ended } = own;
  await writeRecord(stateDirectory, { ...ended, isFinished: isWhole });
  if (isWhole) {
    await forgetRestores(stateDirectory, record.job);
    await removeRecord(stateDirectory, record.id);
  }
  await clearUndo({ stateDirectory, clock });
  return { ...common, ...counts, isWhole, undoId: own.id, durationMs: Date.now() - startedAtMs, ...report.trouble };
}

/** What another run of the same undo may still do. */
const UNDONE: ReadonlySet<Problem['code']> = new Set(['UNWRITABLE', 'MISSING']);

/** Keeps what the undo replaces, as a record of its own; an undo that goes on adds to its own. */
async function keepWhatIsThere(
  options: UndoRestoreOptions,
  record: KeptRecord,
  begun: KeptRecord | undefined,
  clock: Clock,
): Promise<KeptRecord> {
  const { stateDirectory, signal } = options;
  const now = clock.now();
  const owner = thisHost().self;
  const { job, id: undoes } = record;
  const isRedo = record.undoes !== undefined && record.isRedo !== true;
  const own: KeptRecord =
    begun === undefined
      ? {
          version: 1,
          id: newSnapshotId(now),
          at: now.toISOString(),
          job,
          undoes,
          isRedo,
          isFinished: false,
          owner,
          segments: [],
        }
      : { ...begun, owner };
  await syncMadeFolders(await makeFolders(recordFolder(stateDirectory, own.id), { mode: 0o700 }));
  await writeRecord(stateDirectory, own);
  const roots = [...new Set(record.segments.flatMap((segment) => segment.roots))];
  const keeper = new Keeper({
    stateDirectory,
    id: own.id,
    segment: own.segments.length,
    roots,
    fileSystemOf: options.fileSystemOf ?? fileSystemOf,
    ownNames: ownNamesIn(stateDirectory),
  });
  try {
    for await (const { item, paths, segment } of itemsToTakeBack(stateDirectory, record)) {
      throwIfAborted(signal);
      const live = paths.look(item);
      const need = needOf(item, live);
      if (need === 'nothing' || need === 'leave') continue;
      await keeper.keep({
        location: paths.location(item),
        volume: segment.volumes[item.volume]?.path ?? '',
        address: live.address,
        stats: live.stats,
        isOnlySet: need === 'set',
        // Of a file that is replaced they are kept with it.
        xattrs: need === 'set' && 'xattrs' in item.before ? await xattrsAt(live.address) : undefined,
        after: afterOf(item.before),
      });
    }
    const kept = { ...own, segments: [...own.segments, await keeper.finish()] };
    await writeRecord(stateDirectory, kept);
    return kept;
  } catch (error) {
    if (begun === undefined) await removeRecord(stateDirectory, own.id).catch(() => undefined);
    throw error;
  } finally {
    keeper.close();
  }
}

/** Puts everything back, and makes it durable. */
async function apply(
  options: UndoRestoreOptions,
  record: KeptRecord,
  own: KeptRecord,
  report: Report,
): Promise<UndoCounts> {
  const { stateDirectory, signal } = options;
  const homes = homesOf(stateDirectory, own.id);
  const counts = { ...NONE };
  for (const [index, segment] of [...record.segments.entries()].reverse()) {
    const [first = '/'] = segment.roots;
    const { kind } = await (options.fileSystemOf ?? fileSystemOf)(first);
    const flusher = fileFlusher({ kind });
    const changed = new Map<string, Buffer>();
    const paths = new LivePaths(segment.roots, (handle) => flush(handle, flusher, changed));
    try {
      await putBack({
        segment,
        items: () => itemsOf(stateDirectory, record, index),
        paths,
        mayGo: (stats, address) => isKept(homes, stats, address),
        told(action, type, location, sizeBytes) {
          counts[action] += 1;
          tell(report, action, type, location.toString('utf8'), sizeBytes);
        },
        problem: (problem) => report.problem(problem),
        signal,
        isOlder: index < record.segments.length - 1,
      });
      await flusher.finish({ folder: first, paths: () => changed.values() });
    } catch (error) {
      const { owner: _, ...interrupted } = own;
      await writeRecord(stateDirectory, interrupted).catch(() => undefined);
      throw error;
    } finally {
      paths.close();
      await flusher.drop();
    }
  }
  return counts;
}

function flush(handle: FolderHandle, flusher: FileFlusher, changed: Map<string, Buffer>): void {
  const descriptor = handle.openToFlush();
  if (descriptor === undefined) return;
  changed.set(handle.path.toString('latin1'), handle.path);
  void flusher.addFolder(descriptor, handle.path.toString('utf8'));
}
