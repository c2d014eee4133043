import type { ComparedFile } from './diff-entry.js';

/** Files that came or went of which it is remembered what they hold: some hundred bytes each. With more, moves are not searched. */
export const MAX_MOVE_CANDIDATES = 100_000;

interface Candidate {
  /** Which of the differences it is. */
  readonly number: number;
  readonly entry: ComparedFile;
}

interface Arrival extends Candidate {
  /** Reads its content and gives the hash; where the entry has none. */
  readonly read: (() => Promise<string | undefined>) | undefined;
}

/** A file that went and came back under another name. */
export interface Move {
  /** The number of the difference that says it was removed. */
  readonly fromNumber: number;
  readonly before: ComparedFile;
  readonly sha256: string;
}

/** Finds, among files that went and files that came, those with the same bytes. Empty files are all alike, and do not count. */
export class MoveFinder {
  readonly #limit: number;
  #gone: Candidate[] = [];
  #come: Arrival[] = [];
  #isFull = false;

  constructor(limit: number = MAX_MOVE_CANDIDATES) {
    this.#limit = limit;
  }

  /** False when there were too many to remember. */
  get isSearching(): boolean {
    return !this.#isFull;
  }

  removed(number: number, entry: ComparedFile): void {
    if (this.#hasRoom(entry)) this.#gone.push({ number, entry });
  }

  added(number: number, entry: ComparedFile, read?: () => Promise<string | undefined>): void {
    if (this.#hasRoom(entry)) this.#come.push({ number, entry, read });
  }

  /** The moves, by the number of the difference that says the file was added. Reads what could be one and has no hash yet. */
  async find(): Promise<ReadonlyMap<number, Move>> {
    const goneByHash = new Map<string, Candidate[]>();
    for (const candidate of this.#gone) put(goneByHash, candidate.entry.sha256 ?? '', candidate);
    const goneSizes = new Set(this.#gone.map(({ entry }) => entry.sizeBytes));
    const comeByHash = new Map<string, Candidate[]>();
    for (const candidate of this.#come) {
      const { entry, read } = candidate;
      if (!goneSizes.has(entry.sizeBytes)) continue;
      const sha256 = entry.sha256 ?? (await read?.());
      if (sha256 !== undefined && goneByHash.has(sha256)) put(comeByHash, sha256, candidate);
    }
    const moves = new Map<number, Move>();
    for (const [sha256, come] of comeByHash) {
      for (const [from, to] of pairs(goneByHash.get(sha256) ?? [], come))
        moves.set(to.number, { fromNumber: from.number, before: from.entry, sha256 });
    }
    return moves;
  }

  #hasRoom(entry: ComparedFile): boolean {
    if (entry.sizeBytes === 0 || this.#isFull) return false;
    if (this.#gone.length + this.#come.length < this.#limit) return true;
    this.#isFull = true;
    this.#gone = [];
    this.#come = [];
    return false;
  }
}

function put(map: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [candidate]);
  else list.push(candidate);
}

/** Pairs files of the same bytes: those of one name first, whatever is left in the order of their paths. */
function pairs(gone: readonly Candidate[], come: readonly Candidate[]): [Candidate, Candidate][] {
  const found: [Candidate, Candidate][] = [];
  const goneByName = new Map<string, Candidate[]>();
  for (const candidate of gone) put(goneByName, nameOf(candidate), candidate);
  const paired = new Set<Candidate>();
  const others: Candidate[] = [];
  for (const candidate of come) {
    const same = goneByName.get(nameOf(candidate))?.shift();
    if (same === undefined) others.push(candidate);
    else {
      found.push([same, candidate]);
      paired.add(same);
    }
  }
  const left = gone.filter((candidate) => !paired.has(candidate));
  for (const [index, from] of left.entries()) {
    const to = others[index];
    if (to !== undefined) found.push([from, to]);
  }
  return found;
}

function nameOf({ entry }: Candidate): string {
  return entry.path.slice(entry.path.lastIndexOf('/') + 1);
}
