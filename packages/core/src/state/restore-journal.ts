import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isDead, makeFolders, type StagingOwner, syncFolder, thisHost } from '../files/index.js';
import { replaceFile } from './replace-file.js';

/** A restore in place that has begun to change things and has not come to its end. */
export interface InterruptedRestore {
  readonly snapshotId: string;
  /** The url of the target it reads. */
  readonly target: string;
  /** The folders and files that it writes to, or below. */
  readonly places: readonly string[];
  /** Only what these choose; everything where there are none. */
  readonly patterns: readonly string[];
  /** Rules for what is neither restored nor deleted. */
  readonly exclude: readonly string[];
  /** It was to delete what the snapshot does not have. */
  readonly deletes: boolean;
  /** Also where the snapshot is known to lack what was there. */
  readonly evenIncomplete?: boolean;
  /** It came to an end, and could not give everything back, or not delete everything. */
  readonly missed?: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** In the state folder: a file for each restore in place while it runs, called by its snapshot. */
const FOLDER = 'restoring';

/**
 * Notes durably that a restore in place begins: killed, it leaves a mix of what was and what is to be, which nothing else would
 * announce.
 *
 * @returns the file it is noted in, for {@link abandonRestore}.
 * @throws the error of the system.
 */
export async function beginRestore(stateDirectory: string, restore: InterruptedRestore): Promise<string> {
  const folder = join(stateDirectory, FOLDER);
  await makeFolders(folder, { mode: 0o700 });
  const file = join(folder, `${restore.snapshotId}.${randomBytes(6).toString('hex')}.json`);
  await write(stateDirectory, file, { ...restore, owner: thisHost().self });
  await syncFolder(folder);
  return file;
}

/** A restore has failed in a process that goes on: it is interrupted, though its process lives. */
export async function abandonRestore(stateDirectory: string, file: string, restore: InterruptedRestore): Promise<void> {
  await write(stateDirectory, file, restore);
  // Those of the same job that were interrupted before say nothing else.
  for (const journal of journals(stateDirectory)) {
    const isSame = jobOf(journal.restore) === jobOf(restore);
    if (!journal.isRunning && journal.file !== file && isSame) await unlink(journal.file).catch(() => undefined);
  }
}

async function write(stateDirectory: string, file: string, value: object): Promise<void> {
  await replaceFile(stateDirectory, file, [`${JSON.stringify(value, undefined, 2)}\n`]);
}

/**
 * Forgets a restore that has done all it was to do, and those that were interrupted before and whose work it has done: of the same
 * choice of the same snapshot, or, where it makes its places just what a snapshot has, all that lay in them. One that still runs is
 * nobody else's to forget.
 */
export async function endRestore(stateDirectory: string, file: string, ended: InterruptedRestore): Promise<void> {
  await unlink(file).catch(() => undefined);
  for (const { file: other, restore, isRunning } of journals(stateDirectory)) {
    if (!isRunning && hasDone(ended, restore)) await unlink(other).catch(() => undefined);
  }
}

function hasDone(ended: InterruptedRestore, earlier: InterruptedRestore): boolean {
  if (!covers(ended, earlier) || (earlier.deletes && !ended.deletes)) return false;
  const isWhole = ended.patterns.length === 0 && ended.exclude.length === 0;
  const isOfTheSame = ended.snapshotId === earlier.snapshotId;
  return isWhole ? isOfTheSame || ended.deletes : isOfTheSame && choiceOf(ended) === choiceOf(earlier);
}

function jobOf({ snapshotId, target, places, patterns, exclude, deletes }: InterruptedRestore): string {
  return JSON.stringify([snapshotId, target, places, patterns, exclude, deletes]);
}

function covers({ places }: InterruptedRestore, earlier: InterruptedRestore): boolean {
  return earlier.places.every((place) => places.includes(place));
}

function choiceOf({ patterns, exclude }: InterruptedRestore): string {
  return JSON.stringify([patterns, exclude]);
}

/** The restores that were interrupted; those that still run are none. */
export function interruptedRestores(stateDirectory: string): InterruptedRestore[] {
  return journals(stateDirectory)
    .filter(({ isRunning }) => !isRunning)
    .map(({ restore }) => restore);
}

/** Forgets every interrupted restore: what they left is meant to stay. @returns those that were forgotten. */
export async function dismissRestores(stateDirectory: string): Promise<InterruptedRestore[]> {
  const dismissed = journals(stateDirectory).filter(({ isRunning }) => !isRunning);
  for (const { file } of dismissed) await unlink(file);
  return dismissed.map(({ restore }) => restore);
}

/** Forgets the interrupted restores that were of this snapshot and wrote to these places: they have been undone. */
export async function forgetRestores(
  stateDirectory: string,
  { snapshotId, places }: Pick<InterruptedRestore, 'snapshotId' | 'places'>,
): Promise<void> {
  for (const { file, restore, isRunning } of journals(stateDirectory)) {
    const isIt = restore.snapshotId === snapshotId && JSON.stringify(restore.places) === JSON.stringify(places);
    if (!isRunning && isIt) await unlink(file).catch(() => undefined);
  }
}

interface Journal {
  readonly file: string;
  readonly restore: InterruptedRestore;
  readonly isRunning: boolean;
}

function journals(stateDirectory: string): Journal[] {
  const folder = join(stateDirectory, FOLDER);
  const found: Journal[] = [];
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    try {
      const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<InterruptedRestore> & { owner?: StagingOwner };
      const {
        snapshotId = '',
        target = '',
        places = [],
        patterns = [],
        exclude = [],
        deletes = false,
        evenIncomplete = false,
        missed = false,
        startedAt = '',
      } = value;
      const common = { snapshotId, target, places, patterns, exclude, deletes, startedAt };
      const restore = { ...common, ...(evenIncomplete ? { evenIncomplete } : {}), ...(missed ? { missed } : {}) };
      const isRunning =
        value.owner !== undefined && !isDead(value.owner, statSync(file).mtimeMs, Date.now(), thisHost());
      found.push({ file, restore, isRunning });
    } catch (error) {
      // Ended meanwhile, or no journal of ours: written as a whole, it cannot be half.
      if (!(error instanceof SyntaxError) && errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
