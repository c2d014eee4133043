import { SortedLines } from '../../flow/sorted-lines.js';
import { type Entry, type FileEntry, pathBytesOf } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';
import type { CallOptions } from '../../target/index.js';
import { type BackupLane, eachLane } from './backup-lane.js';

/** Entries of a backup that come when others are written down already, kept until all are there: then they are put in their places. */
export class LateEntries {
  readonly #lanes: readonly BackupLane[];
  readonly #options: CallOptions;
  readonly #lines = new SortedLines();

  constructor(lanes: readonly BackupLane[], options: CallOptions) {
    this.#lanes = lanes;
    this.#options = options;
  }

  /** Keeps an entry, as each target has it. Keys and parents stand in the order of the lanes. */
  async keep(
    entry: Entry,
    keys: readonly (string | undefined)[],
    parents: readonly (FileEntry | undefined)[],
  ): Promise<void> {
    const kept = this.#lanes.map((lane, index) =>
      lane.alive ? lane.writer.keptEntry(entry, keys[index], parents[index]) : null,
    );
    const key = orderKey(pathBytesOf(entry), entry.type === 'directory');
    await this.#lines.add({ key, line: JSON.stringify(kept) });
  }

  /** Puts all in their places in the manifest of each target. After the last entry that is appended. */
  async finish(): Promise<void> {
    if (this.#lines.count === 0) return;
    await eachLane(this.#lanes, this.#options.signal, (lane, index) => lane.writer.insert(this.#entriesOf(index)));
  }

  /** Frees what it holds, also in the middle. */
  async close(): Promise<void> {
    await this.#lines.close();
  }

  async *#entriesOf(lane: number): AsyncGenerator<Entry> {
    for await (const { line } of this.#lines.sorted()) {
      const entry = (JSON.parse(line) as (Entry | null)[])[lane];
      if (entry !== null && entry !== undefined) yield entry;
    }
  }
}
