import { type BigIntStats, lstatSync, readdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FileSystem, makeFolders, syncMadeFolders, thisHost } from '../../files/index.js';
import {
  homesOf,
  isKept,
  Keeper,
  type KeptJob,
  type KeptRecord,
  noRoom,
  ownNamesIn,
  readRecords,
  recordFolder,
  removeRecord,
  sweepBesideHome,
  writeRecord,
} from '../../kept/index.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import type { Clock } from '../options.js';
import type { MayGo } from '../restore/restore-fetch.js';
import { placePath, type RestorePlace } from '../restore/restore-places.js';
import { RestorePlanner } from '../restore/restore-planner.js';
import type { RestoreTops } from '../restore/restore-tops.js';
import { cannotKeep } from './cannot-keep.js';
import { clearUndo, oldestUndoId } from './clear-undo.js';

/** What was kept for a restore. */
export interface Kept {
  /** By this an undo finds it; `undefined` where there was nothing to keep. */
  readonly id: string | undefined;
  readonly mayGo: MayGo;
  readonly ownNames: (stats: BigIntStats) => bigint;
  /** The restore has come to its end, or to an error. */
  readonly ended: (isFinished: boolean) => Promise<void>;
}

/** Where nothing is kept everything may go. */
export const NOT_KEPT: Kept = {
  id: undefined,
  mayGo: () => true,
  ownNames: () => 0n,
  ended: async () => undefined,
};

/** Where there was nothing to keep, whatever is there by now came since. */
const NOTHING_TO_KEEP: Kept = { ...NOT_KEPT, mayGo: () => false };

/** What is to be kept, and how it is found. */
export interface KeepContext {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly job: KeptJob;
  readonly places: readonly RestorePlace[];
  /** The places are those the snapshot was taken from. */
  readonly inPlace: boolean;
  readonly deletes: boolean;
  readonly fileSystemOf: (path: string) => Promise<FileSystem>;
  /** Goes through all that the restore will do, and does nothing. */
  readonly plan: (planner: (tops: RestoreTops) => RestorePlanner, ownNames: Kept['ownNames']) => Promise<void>;
}

/**
 * Keeps what a restore is about to replace, delete or set, durably, before it changes anything. A restore that only adds keeps nothing, unless
 * it is in place: there what it makes is noted, so that an undo takes it away. One that goes on after an interruption adds to what was kept then.
 *
 * @throws HoldfastError `NOT_KEPT`, `NO_ROOM`, `STATE`: nothing has been changed then.
 */
export async function keepReplaced(context: KeepContext): Promise<Kept> {
  const { stateDirectory, inPlace, deletes, places } = context;
  if (!inPlace && !deletes && places.every((place) => isEmpty(placePath(place)))) return NOTHING_TO_KEEP;
  try {
    await clearUndo({ stateDirectory, clock: context.clock });
    const begun = await begin(context);
    const ownNames = ownNamesIn(stateDirectory);
    const segment = await keep(context, begun, ownNames);
    if (segment === undefined && begun.segments.length === 0) {
      await removeRecord(stateDirectory, begun.id);
      return NOTHING_TO_KEEP;
    }
    const record = segment === undefined ? begun : { ...begun, segments: [...begun.segments, segment] };
    await writeRecord(stateDirectory, record);
    const homes = homesOf(stateDirectory, record.id);
    for (const home of homes) await sweepBesideHome(home, oldestUndoId(context.clock.now()));
    const namesNow = ownNamesIn(stateDirectory);
    return {
      id: record.id,
      mayGo: (stats, address) => isKept(homes, stats, address),
      ownNames: namesNow,
      async ended(isFinished) {
        const { owner: _, ...rest } = record;
        await writeRecord(stateDirectory, { ...rest, isFinished });
        await clearUndo({ stateDirectory, clock: context.clock });
      },
    };
  } catch (error) {
    const hint = 'Make that folder writable, or name another one (XDG_STATE_HOME); with --no-undo nothing is kept.';
    throw cannotKeep(stateDirectory, 'what would be replaced', hint, error);
  }
}

/** A new record, or that of the same restore which was interrupted. Nothing counts yet but what it has already. */
async function begin({ stateDirectory, clock, job }: KeepContext): Promise<KeptRecord> {
  const owner = thisHost().self;
  const same = readRecords(stateDirectory).find(
    ({ record, isRunning }) =>
      !record.isFinished &&
      !isRunning &&
      record.undoes === undefined &&
      JSON.stringify(record.job) === JSON.stringify(job),
  );
  const now = clock.now();
  const record: KeptRecord =
    same === undefined
      ? { version: 1, id: newSnapshotId(now), at: now.toISOString(), job, isFinished: false, owner, segments: [] }
      : { ...same.record, owner };
  await syncMadeFolders(await makeFolders(recordFolder(stateDirectory, record.id), { mode: 0o700 }));
  await writeRecord(stateDirectory, record);
  return record;
}

async function keep(
  context: KeepContext,
  record: KeptRecord,
  ownNames: Kept['ownNames'],
): Promise<KeptRecord['segments'][number] | undefined> {
  const { stateDirectory, fileSystemOf, inPlace } = context;
  let keeper: Keeper | undefined;
  let planner: RestorePlanner | undefined;
  let tops: RestoreTops | undefined;
  try {
    await context.plan((found) => {
      tops = found;
      const roots = found.folders.map(({ path }) => standingAbove(path));
      keeper = new Keeper({
        stateDirectory,
        id: record.id,
        segment: record.segments.length,
        roots: [...new Set(roots)],
        fileSystemOf,
        ownNames,
      });
      planner = new RestorePlanner(keeper, standingAbove);
      return planner;
    }, ownNames);
    if (keeper === undefined || planner === undefined || tops === undefined) return undefined;
    for (const { path, isAbsent } of tops.folders) if (isAbsent) noteAncestors(path, planner);
    if (keeper.items === 0 || (!inPlace && keeper.replaced === 0)) return undefined;
    const segment = await keeper.finish();
    if (keeper.replaced > 0) assertRoomToWrite(tops, planner.bytesToWrite);
    return segment;
  } catch (error) {
    if (record.segments.length === 0) await removeRecord(stateDirectory, record.id).catch(() => undefined);
    throw error;
  } finally {
    keeper?.close();
  }
}

/** Folders that are made on the way to a place, the nearest first. */
function noteAncestors(path: string, planner: RestorePlanner): void {
  const standing = standingAbove(path);
  for (let folder = dirname(path); folder !== standing; folder = dirname(folder)) planner.ancestor(folder, folder);
}

/** The folder itself, or the nearest one above it that stands. */
function standingAbove(path: string): string {
  let folder = path;
  while (lstatSync(folder, { throwIfNoEntry: false }) === undefined && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}

/** What is replaced gives no room while it is kept: what comes needs as much as if nothing went. */
function assertRoomToWrite(tops: RestoreTops, bytes: number): void {
  const [first] = tops.folders;
  if (first === undefined || tops.folders.length !== 1) return;
  const path = standingAbove(first.path);
  const { bavail, bsize } = statfsSync(path, { bigint: true });
  if (BigInt(bytes) > bavail * bsize)
    throw noRoom(`what comes takes ${bytes} bytes while what it replaces is kept`, path);
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    // Absent is empty; anything else is for the restore itself to find and name.
    return true;
  }
}
