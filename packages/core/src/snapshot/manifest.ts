import { readLineBatches } from '../flow/read-lines.js';
import { HoldfastError } from '../holdfast-error.js';
import { type Entry, readEntry } from './entry.js';
import { EntryJudge, type ManifestItem } from './entry-judge.js';
import { entryLine, readFileLine } from './entry-line.js';

/** Longest line of a manifest in bytes: design limit, far above a path of 4,096 bytes with its escapes. */
export const MAX_LINE_BYTES: number = 1024 * 1024;

/** An entry's line with its newline, as it is hashed into `contentsSha256`: without what is the target's own: `key` and `storeDigest`. */
export function contentsLine(entry: Entry): string {
  return entryLine(entry, false);
}

/** An entry's line with its newline, as the manifest holds it. */
export function manifestLine(entry: Entry): string {
  return entryLine(entry, true);
}

/**
 * Reads a manifest whose checksum has been seen to fit. Each entry is judged as if a stranger had written it ({@link EntryJudge}).
 *
 * @throws HoldfastError `SNAPSHOT_DAMAGED` for a line that is no entry, or out of order.
 */
export async function* readManifest(
  chunks: AsyncIterable<Uint8Array>,
  snapshotId: string,
): AsyncGenerator<ManifestItem> {
  for await (const items of readManifestBatches(chunks, snapshotId)) yield* items;
}

/** {@link readManifest}, some hundred items at a time. */
export async function* readManifestBatches(
  chunks: AsyncIterable<Uint8Array>,
  snapshotId: string,
): AsyncGenerator<readonly ManifestItem[]> {
  const damaged = (reason: string): HoldfastError =>
    new HoldfastError({
      code: 'SNAPSHOT_DAMAGED',
      message: `the manifest of snapshot ${snapshotId} is damaged: ${reason}`,
    });
  const judge = new EntryJudge();
  let lineNumber = 0;
  for await (const lines of readLineBatches(chunks, MAX_LINE_BYTES, () => damaged('a line is too long'))) {
    const items: ManifestItem[] = [];
    let fault: string | undefined;
    for (const line of lines) {
      lineNumber += 1;
      const entry = parseLine(line);
      const item = typeof entry === 'string' ? undefined : judge.judge(entry);
      if (item === undefined) {
        fault = `line ${lineNumber}${typeof entry === 'string' ? `: ${entry}` : ' is out of order'}`;
        break;
      }
      items.push(item);
    }
    if (items.length > 0) yield items;
    if (fault !== undefined) throw damaged(fault);
  }
}

/** The entries of a manifest that this program has just written itself: nothing is judged. @throws Error for a line that is no entry. */
export async function* readOwnManifest(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  for await (const lines of readLineBatches(chunks, MAX_LINE_BYTES, () => new Error('a line is too long'))) {
    for (const line of lines) {
      const entry = parseLine(line);
      if (typeof entry === 'string') throw new Error(`what was written cannot be read: ${entry}`);
      yield entry;
    }
  }
}

/** Made once: making one costs more than decoding a line. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseLine(line: Buffer): Entry | string {
  const file = readFileLine(line);
  if (file !== undefined) return file;
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(line));
  } catch {
    return 'it is no JSON';
  }
  return readEntry(value);
}
