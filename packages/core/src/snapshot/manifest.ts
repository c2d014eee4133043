import { readLines } from '../flow/read-lines.js';
import { HoldfastError } from '../holdfast-error.js';
import { canonicalJson, type JsonValue } from './canonical-json.js';
import { type Entry, readEntry } from './entry.js';
import { EntryJudge, type ManifestItem } from './entry-judge.js';

/** Longest line of a manifest in bytes: design limit, far above a path of 4,096 bytes with its escapes. */
export const MAX_LINE_BYTES: number = 1024 * 1024;

/** An entry's line with its newline, as it is hashed into `contentsSha256`: without the target's own `key`. */
export function contentsLine(entry: Entry): string {
  return `${canonicalJson({ ...entry, key: undefined } as unknown as JsonValue)}\n`;
}

/** An entry's line with its newline, as the manifest holds it. */
export function manifestLine(entry: Entry): string {
  return `${canonicalJson(entry as unknown as JsonValue)}\n`;
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
  const damaged = (reason: string): HoldfastError =>
    new HoldfastError({
      code: 'SNAPSHOT_DAMAGED',
      message: `the manifest of snapshot ${snapshotId} is damaged: ${reason}`,
    });
  const judge = new EntryJudge();
  let lineNumber = 0;
  for await (const line of readLines(chunks, MAX_LINE_BYTES, () => damaged('a line is too long'))) {
    lineNumber += 1;
    const entry = parseLine(line);
    if (typeof entry === 'string') throw damaged(`line ${lineNumber}: ${entry}`);
    const item = judge.judge(entry);
    if (item === undefined) throw damaged(`line ${lineNumber} is out of order`);
    yield item;
  }
}

/** Made once: making one costs more than decoding a line. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseLine(line: Buffer): Entry | string {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(line));
  } catch {
    return 'it is no JSON';
  }
  return readEntry(value);
}
