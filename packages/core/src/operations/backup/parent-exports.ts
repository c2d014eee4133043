import { SortedCursor } from '../../flow/sorted-cursor.js';
import { SortedLines } from '../../flow/sorted-lines.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { type FileEntry, isRefused } from '../../snapshot/index.js';

interface ExportsOfFile {
  readonly pathBytes: Uint8Array;
  readonly entries: readonly FileEntry[];
}

/** The exports that a snapshot holds, by the files that they are of: in its manifest they stand elsewhere. */
export class ParentExports {
  readonly #lines: SortedLines;
  readonly #files: SortedCursor<ExportsOfFile>;

  private constructor(lines: SortedLines) {
    this.#lines = lines;
    this.#files = new SortedCursor(filesOf(lines), ({ pathBytes }) => pathBytes);
  }

  /** Reads the manifest once; nothing is read of a snapshot that has none. @throws HoldfastError `SNAPSHOT_DAMAGED`. */
  static async open(snapshot: PlainSnapshot): Promise<ParentExports | undefined> {
    if ((snapshot.record.payload.counts.exports ?? 0) === 0) return undefined;
    const lines = new SortedLines();
    for await (const items of snapshot.entryBatches()) {
      for (const item of items) {
        if (isRefused(item) || item.entry.type !== 'file' || item.entry.exportOf === undefined) continue;
        await lines.add({ key: Buffer.from(item.entry.exportOf), line: JSON.stringify(item.entry) });
      }
    }
    return new ParentExports(lines);
  }

  /** The exports of the file of this path, in the order of its parts. Paths must come in the order of the manifest. */
  async of(pathBytes: Buffer): Promise<readonly FileEntry[]> {
    return (await this.#files.find(pathBytes))?.entries ?? [];
  }

  async close(): Promise<void> {
    await this.#files.close();
    await this.#lines.close();
  }
}

async function* filesOf(lines: SortedLines): AsyncGenerator<readonly ExportsOfFile[]> {
  let pathBytes: Uint8Array | undefined;
  let entries: FileEntry[] = [];
  for await (const { key, line } of lines.sorted()) {
    if (pathBytes !== undefined && Buffer.compare(key, pathBytes) !== 0) {
      yield [{ pathBytes, entries: inOrderOfParts(entries) }];
      entries = [];
    }
    pathBytes = key;
    entries.push(JSON.parse(line) as FileEntry);
  }
  if (pathBytes !== undefined) yield [{ pathBytes, entries: inOrderOfParts(entries) }];
}

function inOrderOfParts(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...entries].sort((left, right) => (left.part?.index ?? 0) - (right.part?.index ?? 0));
}
