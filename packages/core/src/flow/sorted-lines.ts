import { readLines } from './read-lines.js';
import { Spool } from './spool.js';

/** A line, and what it is sorted by. */
export interface KeyedLine {
  readonly key: Uint8Array;
  /** Without its newline. */
  readonly line: string;
}

/** So much is held before it is written out as a sorted run: a run costs a temporary file. */
const RUN_BYTES = 16 * 1024 * 1024;
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Sorts lines by the bytes of their keys, more of them than memory holds: sorted runs go to temporary files and are merged. Equal keys keep their order. */
export class SortedLines {
  readonly #runBytes: number;
  readonly #runs: Spool[] = [];
  #held: KeyedLine[] = [];
  #heldBytes = 0;
  count = 0;

  /** @param runBytes how much is held in memory. */
  constructor(runBytes: number = RUN_BYTES) {
    this.#runBytes = runBytes;
  }

  async add(item: KeyedLine): Promise<void> {
    this.#held.push(item);
    this.count += 1;
    this.#heldBytes += item.key.byteLength + item.line.length;
    if (this.#heldBytes < this.#runBytes) return;
    const run = new Spool({ memoryBytes: 0 });
    this.#runs.push(run);
    for (const { key, line } of this.#takeHeld())
      await run.appendText(`${Buffer.from(key).toString('base64')} ${line}\n`);
  }

  /** All lines in the order of their keys; can be asked for again. Nothing can be added after it. */
  async *sorted(): AsyncGenerator<KeyedLine> {
    this.#held = this.#takeHeld();
    const heads: { item: KeyedLine; readonly rest: AsyncIterator<KeyedLine> }[] = [];
    const streams = [...this.#runs.map((run) => readRun(run)), eachOf(this.#held)];
    try {
      for (const rest of streams) {
        const first = await rest.next();
        if (first.done !== true) heads.push({ item: first.value, rest });
      }
      while (heads.length > 0) {
        // There are few runs: a search for the smallest head costs less than a heap would.
        let least = 0;
        for (let at = 1; at < heads.length; at++) {
          if (Buffer.compare(headAt(heads, at).item.key, headAt(heads, least).item.key) < 0) least = at;
        }
        const head = headAt(heads, least);
        yield head.item;
        const next = await head.rest.next();
        if (next.done === true) heads.splice(least, 1);
        else head.item = next.value;
      }
    } finally {
      for (const rest of streams) await rest.return(undefined);
    }
  }

  /** Frees memory and disk. */
  async close(): Promise<void> {
    this.#held = [];
    for (const run of this.#runs.splice(0)) await run.close();
  }

  #takeHeld(): KeyedLine[] {
    const held = this.#held.sort((left, right) => Buffer.compare(left.key, right.key));
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }
}

function headAt<Head>(heads: readonly Head[], at: number): Head {
  return heads[at] as Head;
}

async function* readRun(run: Spool): AsyncGenerator<KeyedLine> {
  for await (const bytes of readLines(run.read(), MAX_LINE_BYTES, () => new Error('a line is too long'))) {
    const text = bytes.toString('utf8');
    const space = text.indexOf(' ');
    yield { key: Buffer.from(text.slice(0, space), 'base64'), line: text.slice(space + 1) };
  }
}

async function* eachOf(items: readonly KeyedLine[]): AsyncGenerator<KeyedLine> {
  yield* items;
}
