import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isAlive, isDead, makeFolders, type StagingOwner, syncFolder, thisHost } from '../files/index.js';
import type { GuardRecord } from './guard-record.js';
import { replaceFile } from './replace-file.js';

/** In the state folder: two files for each guarded run, called by its snapshot, until nothing of it is left to do. */
const FOLDER = 'guards';
/** How far it has come. It is there before the other, and as long. */
const RECORD = '.json';
/** What stood in its sources. */
const NOTED = '.noted.jsonl';

/** A guarded run as it stands in the state. */
export interface GuardRun {
  readonly record: GuardRecord;
  /** Its process surely or possibly goes on. */
  readonly isRunning: boolean;
  /** Its turn among those that began at the same time; none while it still takes one. */
  readonly ticket: number | undefined;
}

/** What stands in the file beside the record. */
interface Marks {
  readonly owner?: StagingOwner;
  readonly ticket?: number;
}

/** Where the list of what stood in the sources of a run is. */
export function notedFile(stateDirectory: string, id: string): string {
  return join(stateDirectory, FOLDER, id + NOTED);
}

/**
 * Writes down durably how far a run of this process has come.
 *
 * @param marks `isOver`: the process has no more to do with it, though it lives.
 * @throws the error of the system.
 */
export async function writeGuardRun(
  stateDirectory: string,
  record: GuardRecord,
  marks: { readonly ticket?: number | undefined; readonly isOver?: boolean } = {},
): Promise<void> {
  const folder = join(stateDirectory, FOLDER);
  await makeFolders(folder, { mode: 0o700 });
  const { ticket, isOver = false } = marks;
  const about = {
    ...record,
    ...(ticket === undefined ? {} : { ticket }),
    ...(isOver ? {} : { owner: thisHost().self }),
  };
  await replaceFile(stateDirectory, join(folder, record.id + RECORD), [`${JSON.stringify(about, undefined, 2)}\n`]);
  await syncFolder(folder);
}

/** A sign of life: a run may take longer than a silent owner counts as alive. */
export function beat(stateDirectory: string, id: string): void {
  const now = new Date();
  try {
    utimesSync(join(stateDirectory, FOLDER, id + RECORD), now, now);
  } catch {
    // It is over just now.
  }
}

/** Forgets a run: nothing of it is left to do. */
export async function forgetGuardRun(stateDirectory: string, id: string): Promise<void> {
  await rm(join(stateDirectory, FOLDER, id + RECORD), { force: true });
  await rm(join(stateDirectory, FOLDER, id + NOTED), { force: true });
}

/** Removes the lists of runs that were killed while they were forgotten. */
export async function sweepNoted(stateDirectory: string): Promise<void> {
  const names = new Set(namesIn(join(stateDirectory, FOLDER)));
  for (const name of names) {
    if (!name.endsWith(NOTED) || names.has(name.slice(0, -NOTED.length) + RECORD)) continue;
    await rm(join(stateDirectory, FOLDER, name), { force: true });
  }
}

/** Every guarded run that is noted, oldest first. @throws the error of the system. */
export function guardRuns(stateDirectory: string): GuardRun[] {
  const folder = join(stateDirectory, FOLDER);
  return namesIn(folder).flatMap((name) => {
    const run = name.endsWith(RECORD) ? readGuardRun(join(folder, name)) : undefined;
    return run === undefined || run.record.id + RECORD !== name ? [] : [run];
  });
}

function readGuardRun(file: string): GuardRun | undefined {
  try {
    const { owner, ticket, ...record } = JSON.parse(readFileSync(file, 'utf8')) as GuardRecord & Marks;
    if (typeof record.id !== 'string' || !Array.isArray(record.sources)) return undefined;
    return { record, ticket, isRunning: owner !== undefined && runs(owner, statSync(file).mtimeMs) };
  } catch (error) {
    // Ended meanwhile, or no record of ours: written as a whole, it cannot be half.
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR')
      return undefined;
    throw error;
  }
}

function runs(owner: StagingOwner, seenMs: number): boolean {
  const host = thisHost();
  return isAlive(owner, host) || !isDead(owner, seenMs, Date.now(), host);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
