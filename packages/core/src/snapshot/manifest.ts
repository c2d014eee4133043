import { readLines } from '../flow/read-lines.js';
import { HoldfastError } from '../holdfast-error.js';
import { canonicalJson, type JsonValue } from './canonical-json.js';
import { type Entry, pathBytesOf, readEntry, textOf } from './entry.js';
import { orderKey, pathFault } from './path-order.js';

/** Longest line of a manifest in bytes: design limit, far above a path of 4,096 bytes with its escapes. */
export const MAX_LINE_BYTES: number = 1024 * 1024;

/** An entry together with its path in bytes. */
export interface LocatedEntry {
  readonly pathBytes: Buffer;
  readonly entry: Entry;
}

/** An entry that must not be acted upon: it would lead outside, or through something that is no folder, or is there twice. */
export interface RefusedEntry {
  readonly path: string;
  readonly code: 'UNSAFE' | 'COLLISION';
  readonly reason: string;
}

export type ManifestItem = LocatedEntry | RefusedEntry;

/** Was this item refused? */
export function isRefused(item: ManifestItem): item is RefusedEntry {
  return 'reason' in item;
}

/** An entry's line with its newline, as it is hashed into `contentsSha256`: without the target's own `key`. */
export function contentsLine(entry: Entry): string {
  return `${canonicalJson({ ...entry, key: undefined } as unknown as JsonValue)}\n`;
}

/** An entry's line with its newline, as the manifest holds it. */
export function manifestLine(entry: Entry): string {
  return `${canonicalJson(entry as unknown as JsonValue)}\n`;
}

/**
 * Reads a manifest whose checksum has been seen to fit. Each entry is judged as if a stranger had written it: its path must
 * stay inside, come after the one before, and lie in a folder that is itself an entry.
 *
 * @throws HoldfastError `SNAPSHOT_DAMAGED` for a line that is no entry, or out of order.
 */
export async function* readManifest(
  chunks: AsyncIterable<Uint8Array>,
  snapshotId: string,
): AsyncGenerator<ManifestItem> {
  const damaged = (reason: string): HoldfastError =>
    new HoldfastError({
      code: 'SNAPSHOT_DAMAGED',
      message: `the manifest of snapshot ${snapshotId} is damaged: ${reason}`,
    });
  const folders: Buffer[] = [];
  let previous: Uint8Array | undefined;
  let lineNumber = 0;
  for await (const line of readLines(chunks, MAX_LINE_BYTES, () => damaged('a line is too long'))) {
    lineNumber += 1;
    const entry = parseLine(line);
    if (typeof entry === 'string') throw damaged(`line ${lineNumber}: ${entry}`);
    const pathBytes = pathBytesOf(entry);
    const key = orderKey(pathBytes, entry.type === 'directory');
    const order = previous === undefined ? 1 : Buffer.compare(key, previous);
    const fault = pathFault(pathBytes) ?? textFault(entry, pathBytes);
    if (fault !== undefined) {
      yield { path: entry.path, code: 'UNSAFE', reason: fault };
      continue;
    }
    if (order < 0) throw damaged(`line ${lineNumber} is out of order`);
    if (order === 0) {
      yield { path: entry.path, code: 'COLLISION', reason: 'the snapshot holds this name twice' };
      continue;
    }
    previous = key;
    while (folders.length > 0 && !isBelow(pathBytes, folders.at(-1))) folders.pop();
    const parentLength = pathBytes.lastIndexOf(0x2f);
    if (parentLength !== -1 && folders.at(-1)?.length !== parentLength) {
      yield { path: entry.path, code: 'UNSAFE', reason: 'it lies below something that is no folder of the snapshot' };
      continue;
    }
    if (entry.type === 'directory') folders.push(pathBytes);
    yield { pathBytes, entry };
  }
}

function parseLine(line: Buffer): Entry | string {
  try {
    return readEntry(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)));
  } catch {
    return 'it is no JSON';
  }
}

/** `pathBytes` must say the same as `path`, or one name would be shown and another one written. */
function textFault(entry: Entry, pathBytes: Buffer): string | undefined {
  if (entry.pathBytes === undefined)
    return /\p{Surrogate}/u.test(entry.path) ? 'the path is not valid Unicode' : undefined;
  return textOf(pathBytes).text === entry.path ? undefined : 'its two forms of the path differ';
}

function isBelow(path: Buffer, folder: Buffer | undefined): boolean {
  if (folder === undefined || path.length <= folder.length) return false;
  return path[folder.length] === 0x2f && path.subarray(0, folder.length).equals(folder);
}
