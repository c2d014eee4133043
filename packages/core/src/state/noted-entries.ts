import { createReadStream } from 'node:fs';
import { readLines } from '../flow/read-lines.js';
import { notedFile } from './guard-runs.js';
import { replaceFile } from './replace-file.js';

/** Something that stood below a source when a guarded run began. */
export interface NotedEntry {
  /** The path that it has, or would have, in the snapshot. */
  readonly pathBytes: Buffer;
  readonly kind: 'file' | 'directory' | 'symlink' | 'special';
  readonly sizeBytes: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
  /** With its type. */
  readonly mode: string;
  /** Number of the owner, a colon, and number of the group. */
  readonly owner: string;
  readonly inode: string;
  readonly device: string;
  /** "0" where the system does not tell. */
  readonly birthtimeNs: string;
  /** The snapshot has it. */
  readonly isCovered: boolean;
  /** A folder in which nothing was looked at. */
  readonly isClosed: boolean;
}

const HEADER = '["holdfast noted entries",1]';
/** Twice the longest path in Base64, and more than the rest takes. */
const MAX_LINE_BYTES = 256 * 1024;
const KINDS = ['file', 'directory', 'symlink', 'special'] as const;

/**
 * Keeps what stands in the sources of a guarded run, durably, as it comes: it is not held in memory.
 *
 * @throws the error of the system; what the entries throw.
 */
export async function writeNoted(
  stateDirectory: string,
  id: string,
  entries: AsyncIterable<NotedEntry>,
): Promise<void> {
  await replaceFile(stateDirectory, notedFile(stateDirectory, id), textOf(entries));
}

async function* textOf(entries: AsyncIterable<NotedEntry>): AsyncGenerator<string> {
  yield `${HEADER}\n`;
  for await (const entry of entries) yield lineOf(entry);
  // Whoever reads sees by it that nothing is missing.
  yield '[]\n';
}

function lineOf(entry: NotedEntry): string {
  const { pathBytes, kind, sizeBytes, mtimeNs, ctimeNs, mode, owner, inode, device, birthtimeNs, isCovered, isClosed } =
    entry;
  // As JSON would write it: there is nothing to escape in numbers, colons and Base64.
  const texts = [
    pathBytes.toString('base64'),
    sizeBytes,
    mtimeNs,
    ctimeNs,
    mode,
    owner,
    inode,
    device,
    birthtimeNs,
  ].join('","');
  return `["${texts}",${KINDS.indexOf(kind)},${isCovered ? 1 : 0},${isClosed ? 1 : 0}]\n`;
}

type NotedLine = [string, string, string, string, string, string, string, string, string, number, number, number];

/** What was kept, in the order of the manifest. @throws Error if it is not as it was written; the error of the system. */
export async function* readNoted(stateDirectory: string, id: string): AsyncGenerator<NotedEntry> {
  const file = notedFile(stateDirectory, id);
  const damaged = (): Error => new Error(`${file} is not as it was written`);
  let isFirst = true;
  let isEnded = false;
  for await (const line of readLines(createReadStream(file), MAX_LINE_BYTES, damaged)) {
    const text = line.toString('latin1');
    if (isEnded || (isFirst && text !== HEADER)) throw damaged();
    isEnded = text === '[]';
    if (!isFirst && !isEnded) yield parsed(text, damaged);
    isFirst = false;
  }
  if (!isEnded) throw damaged();
}

function parsed(text: string, damaged: () => Error): NotedEntry {
  let line: NotedLine;
  try {
    line = JSON.parse(text) as NotedLine;
  } catch {
    throw damaged();
  }
  const [path, sizeBytes, mtimeNs, ctimeNs, mode, owner, inode, device, birthtimeNs, kindAt, covered, closed] = line;
  const kind = KINDS[kindAt];
  if (kind === undefined) throw damaged();
  const pathBytes = Buffer.from(path, 'base64');
  const marks = { isCovered: covered === 1, isClosed: closed === 1 };
  return { pathBytes, kind, sizeBytes, mtimeNs, ctimeNs, mode, owner, inode, device, birthtimeNs, ...marks };
}
