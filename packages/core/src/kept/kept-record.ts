import {
  closeSync,
  createReadStream,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isDead, type StagingOwner, syncFolder, thisHost } from '../files/index.js';
import { HoldfastError } from '../holdfast-error.js';
import { UNDO_FOLDER } from '../snapshot/fold-name.js';
import { isSnapshotId } from '../snapshot/snapshot-id.js';
import { type InterruptedRestore, replaceFile } from '../state/index.js';
import { leaveHome } from './kept-home.js';
import { type KeptItem, readItems } from './kept-item.js';

/** In the state folder: a folder for each restore, or undo of one, that can be taken back. */
const FOLDER = 'undo';
const RECORD = 'record.json';
/** In the folder of a record: the folders that have what is kept, one a line. */
const HOMES = 'homes.jsonl';

/** What was kept in one go: a restore that is run again after an interruption adds to what it kept the first time. */
export interface KeptSegment {
  /** Real paths of the folders that its items lie below. */
  readonly roots: readonly string[];
  /** The tops of the file systems that its items are on, each with the folder that has what is kept of them, if anything is. */
  readonly volumes: readonly { readonly path: string; readonly home?: string }[];
  readonly items: number;
  /** Bytes of the files that are kept, however little they take. */
  readonly bytes: number;
}

/** Which restore it was: run again with the same of it, it is the same one that goes on. */
export type KeptJob = Pick<InterruptedRestore, 'snapshotId' | 'target' | 'places' | 'patterns' | 'exclude' | 'deletes'>;

/** What is known of a restore, or the undo of one, that can be taken back. */
export interface KeptRecord {
  readonly version: 1;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly job: KeptJob;
  /** The id of what it takes back, where it is an undo: an undo of a restore, or a redo, which is the undo of an undo. */
  readonly undoes?: string;
  /** It brings back what the restore had put there: the undo of an undo. */
  readonly isRedo?: boolean;
  /** It came to its end. Otherwise it was interrupted, or its owner is still at it. */
  readonly isFinished: boolean;
  readonly owner?: StagingOwner;
  readonly segments: readonly KeptSegment[];
}

/** A record as it was found. */
export interface FoundRecord {
  readonly record: KeptRecord;
  /** Its process surely runs, or may do so. */
  readonly isRunning: boolean;
}

/** The folder of one record. */
export function recordFolder(stateDirectory: string, id: string): string {
  return join(stateDirectory, FOLDER, id);
}

/** The list of one segment's items, counted from 0. */
export function itemsFile(stateDirectory: string, id: string, segment: number): string {
  return join(recordFolder(stateDirectory, id), `items-${segment + 1}.jsonl`);
}

/**
 * The items of one segment, in the order in which they were listed.
 *
 * @throws HoldfastError `STATE` where the list is not what was written, or not all of it.
 */
export async function* itemsOf(
  stateDirectory: string,
  { id, segments, isFinished }: Pick<KeptRecord, 'id' | 'segments' | 'isFinished'>,
  segment: number,
): AsyncGenerator<KeptItem> {
  const file = itemsFile(stateDirectory, id, segment);
  let count = 0;
  try {
    for await (const item of readItems(createReadStream(file))) {
      count += 1;
      yield isFinished ? item : ofHalfARestore(item);
    }
  } catch (cause) {
    throw damagedList(file, cause);
  }
  if (count !== segments[segment]?.items) throw damagedList(file, undefined);
}

/** A restore that was killed has left folders with times that nobody gave them: they do not tell whether somebody has been there. */
function ofHalfARestore(item: KeptItem): KeptItem {
  return item.after?.type === 'directory' ? { ...item, after: { type: 'directory' } } : item;
}

function damagedList(file: string, cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'STATE',
    message: `the list of what was replaced is damaged: ${file}`,
    hint: `The old files that are kept lie in the folder beside it, or in a ${UNDO_FOLDER} where they were; other restores can be undone.`,
    cause,
  });
}

/** Writes a record durably, as a whole. Until it is there, nothing that it tells of counts. */
export async function writeRecord(stateDirectory: string, record: KeptRecord): Promise<void> {
  const folder = recordFolder(stateDirectory, record.id);
  await replaceFile(stateDirectory, join(folder, RECORD), [`${JSON.stringify(record, undefined, 2)}\n`]);
  await syncFolder(folder);
}

/** All records, oldest first. One that cannot be read is none. @throws the error of the system: the state cannot be read. */
export function readRecords(stateDirectory: string): FoundRecord[] {
  return recordIds(stateDirectory).flatMap((id) => readRecord(stateDirectory, id) ?? []);
}

/** The ids of all that has a folder, whether or not its record was written; oldest first. */
export function recordIds(stateDirectory: string): string[] {
  try {
    return readdirSync(join(stateDirectory, FOLDER)).filter(isSnapshotId).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** One record; `undefined` where there is none. */
export function readRecord(stateDirectory: string, id: string): FoundRecord | undefined {
  const file = join(recordFolder(stateDirectory, id), RECORD);
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as KeptRecord;
    if (record.version !== 1 || record.id !== id) return undefined;
    const { isFinished, owner } = record;
    const isRunning =
      !isFinished && owner !== undefined && !isDead(owner, lstatSync(file).mtimeMs, Date.now(), thisHost());
    return { record, isRunning };
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR')
      return undefined;
    throw error;
  }
}

/** Writes down durably that a home is about to be made, before any record names it. */
export function noteHome(stateDirectory: string, id: string, home: string): void {
  const descriptor = openSync(join(recordFolder(stateDirectory, id), HOMES), 'a', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(home)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Every home that was made for this id. */
export function homesOf(stateDirectory: string, id: string): string[] {
  try {
    const lines = readFileSync(join(recordFolder(stateDirectory, id), HOMES), 'utf8')
      .split('\n')
      .slice(0, -1);
    return lines.map((line) => JSON.parse(line) as string);
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Forgets a record, with all that is kept for it. What is kept goes first: it is written down there where that lies. */
export async function removeRecord(stateDirectory: string, id: string): Promise<void> {
  for (const home of homesOf(stateDirectory, id)) await leaveHome(home);
  await rm(recordFolder(stateDirectory, id), { recursive: true, force: true, maxRetries: 3 });
}
