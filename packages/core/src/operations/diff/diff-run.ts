import { inOrder } from '../../flow/in-order.js';
import { type Joined, joinSorted } from '../../flow/join-sorted.js';
import { readLines } from '../../flow/read-lines.js';
import { Spool } from '../../flow/spool.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { type Lack, sourceNameOf } from '../look/lacking-sources.js';
import { type Change, type ComparedEntry, type Comparison, differingParts } from './diff-entry.js';
import { type Move, MoveFinder } from './diff-moves.js';
import type { EntryItem, SideItem, UnknownPaths } from './diff-side.js';

/** Live files that are read at once at most. */
const READ_AT_ONCE = 4;
/** Two lines of a manifest and a little more. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** How many entries (files, folders and links alike) are what. */
export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
  readonly metadata: number;
  readonly unchanged: number;
  /** One side cannot say what they are. */
  readonly notCompared: number;
  /** Size of all compared files before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** False if so many files came and went that it was not looked which were moved. */
  readonly movesSearched: boolean;
}

interface Judged {
  /** Absent where nothing differs. */
  readonly change?: Change;
  /** What it counts as without one. */
  readonly otherwise?: 'unchanged' | 'notCompared';
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly read?: EntryItem['read'];
}

const NOTHING: Judged = { bytesBefore: 0, bytesAfter: 0 };
const UNKNOWN: Judged = { ...NOTHING, otherwise: 'notCompared' };

/** One comparison: joins two sides, spools the differences, and then looks which files were moved. */
export class DiffRun {
  readonly #unknown: UnknownPaths;
  readonly #isLeftOut: (gone: ComparedEntry) => boolean;
  /** Sources of which the other side may have held more than it has. */
  readonly #lacking: ReadonlyMap<string, Lack>;
  /** How many entries, by their source, are not there and may be so only for that. */
  readonly #doubtful = new Map<string, number>();
  readonly #signal: AbortSignal | undefined;
  readonly #spool = new Spool();
  readonly #moves = new MoveFinder();
  readonly #counts = { added: 0, removed: 0, changed: 0, moved: 0, metadata: 0, unchanged: 0, notCompared: 0 };
  readonly #bytes = { bytesBefore: 0, bytesAfter: 0 };
  #number = 0;
  #moved: ReadonlyMap<number, Move> = new Map();
  #comparison: Comparison = { toleranceNs: 0n, xattrs: true };
  /** The last folder that the rules leave out, with its `/`: what it holds comes right behind it. */
  #leftOut = '/';

  /**
   * @param lacking sources of which what is gone on the side behind may only not have been stored; it is not called removed.
   * @param isLeftOut would the rules leave out, if it were there, what is gone? Then it is not compared, as what is there is not.
   */
  constructor(
    unknown: UnknownPaths,
    lacking: ReadonlyMap<string, Lack>,
    isLeftOut: (gone: ComparedEntry) => boolean,
    signal: AbortSignal | undefined,
  ) {
    this.#isLeftOut = isLeftOut;
    this.#unknown = unknown;
    this.#lacking = lacking;
    this.#signal = signal;
  }

  get counts(): DiffCounts {
    return { ...this.#counts, ...this.#bytes, movesSearched: this.#moves.isSearching };
  }

  get isEqual(): boolean {
    const { added, removed, changed, moved, metadata, notCompared } = this.#counts;
    return added + removed + changed + moved + metadata + notCompared === 0;
  }

  /** How many entries, by their source, could not be compared because the side behind may only not have been able to store them. */
  get doubtful(): ReadonlyMap<string, number> {
    return this.#doubtful;
  }

  /** Compares the sides, to the end. */
  async compare(
    before: AsyncIterable<EntryItem>,
    after: AsyncIterable<SideItem>,
    comparison: Comparison,
  ): Promise<void> {
    this.#comparison = comparison;
    for await (const judged of inOrder(joinSorted(before, after), READ_AT_ONCE, (pair) => this.#judge(pair))) {
      throwIfAborted(this.#signal);
      await this.#take(judged);
    }
    this.#moved = await this.#moves.find();
    this.#counts.moved = this.#moved.size;
    this.#counts.added -= this.#moved.size;
    this.#counts.removed -= this.#moved.size;
    for (const { before } of this.#moved.values()) this.#countDoubtful(before, -1);
  }

  /** The differences in the order of the paths; can be called again. A move stands where the file is now. */
  async *changes(): AsyncGenerator<Change> {
    const left = new Set([...this.#moved.values()].map(({ fromNumber }) => fromNumber));
    let number = 0;
    for await (const line of readLines(this.#spool.read(), MAX_LINE_BYTES, () => new Error('a line is too long'))) {
      const change = JSON.parse(line.toString('utf8')) as Change;
      const move = this.#moved.get(number);
      if (move !== undefined) yield this.#moveOf(change, move);
      else if (!left.has(number) && !this.#isDoubtful(change)) yield change;
      number += 1;
    }
  }

  async close(): Promise<void> {
    await this.#spool.close();
  }

  /** Called for one pair after the other, in their order; what it reads may be read side by side. */
  async #judge({ left, right }: Joined<EntryItem, SideItem>): Promise<Judged> {
    if (right !== undefined && 'leftOut' in right) {
      if (right.leftOut.endsWith('/')) this.#leftOut = right.leftOut;
      return left === undefined ? NOTHING : UNKNOWN;
    }
    const before = left?.entry;
    const after = right?.entry;
    if (this.#unknown.has(before?.path ?? after?.path ?? '')) return UNKNOWN;
    const bytes = { bytesBefore: sizeOf(before), bytesAfter: sizeOf(after) };
    if (before !== undefined && after !== undefined) return this.#judgePair(before, after, right?.read, bytes);
    if (after !== undefined)
      return { ...bytes, change: { kind: 'added', path: after.path, after, parts: [] }, read: right?.read };
    if (before === undefined || before.path.startsWith(this.#leftOut) || this.#isLeftOut(before)) return UNKNOWN;
    return { ...bytes, change: { kind: 'removed', path: before.path, before, parts: [] } };
  }

  async #judgePair(
    before: ComparedEntry,
    seen: ComparedEntry,
    read: EntryItem['read'],
    bytes: Pick<Judged, 'bytesBefore' | 'bytesAfter'>,
  ): Promise<Judged> {
    let after = seen;
    if (read !== undefined && before.type === 'file' && bytes.bytesBefore === bytes.bytesAfter) {
      const sha256 = await read();
      if (sha256 === undefined) return UNKNOWN;
      after = { ...seen, sha256 } as ComparedEntry;
    }
    const parts = differingParts(before, after, this.#comparison);
    if (parts.length === 0) return { ...bytes, otherwise: 'unchanged' };
    const isContent = parts.some((part) => part === 'type' || part === 'content' || part === 'target');
    const kind = isContent ? 'changed' : 'metadata';
    return { ...bytes, change: { kind, path: after.path, before, after, parts } };
  }

  async #take({ change, otherwise, bytesBefore, bytesAfter, read }: Judged): Promise<void> {
    this.#bytes.bytesBefore += bytesBefore;
    this.#bytes.bytesAfter += bytesAfter;
    if (otherwise !== undefined) this.#counts[otherwise] += 1;
    if (change === undefined) return;
    this.#counts[change.kind] += 1;
    if (this.#isDoubtful(change)) this.#countDoubtful(change.before, 1);
    if (change.kind === 'added' && change.after?.type === 'file') this.#moves.added(this.#number, change.after, read);
    if (change.kind === 'removed' && change.before?.type === 'file') this.#moves.removed(this.#number, change.before);
    this.#number += 1;
    await this.#spool.appendText(`${JSON.stringify(change)}\n`);
  }

  #isDoubtful({ kind, path }: Change): boolean {
    return kind === 'removed' && this.#lacking.has(sourceNameOf(path));
  }

  /** It counts as not compared, with none of its bytes; `by` -1 where it has been found under another name. */
  #countDoubtful(before: ComparedEntry | undefined, by: 1 | -1): void {
    const name = sourceNameOf(before?.path ?? '');
    if (!this.#lacking.has(name)) return;
    this.#doubtful.set(name, (this.#doubtful.get(name) ?? 0) + by);
    this.#counts.notCompared += by;
    this.#counts.removed -= by;
    this.#bytes.bytesBefore -= by * sizeOf(before);
  }

  #moveOf(change: Change, { before, sha256 }: Move): Change {
    if (change.after?.type !== 'file') return change;
    const after = { ...change.after, sha256 };
    return { ...change, kind: 'moved', before, after, parts: differingParts(before, after, this.#comparison) };
  }
}

function sizeOf(entry: ComparedEntry | undefined): number {
  return entry?.type === 'file' ? entry.sizeBytes : 0;
}
