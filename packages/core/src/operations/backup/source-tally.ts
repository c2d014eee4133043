import type { LeftOutReason, Problem } from '../../events/index.js';
import { isRuleFile, type LeftOutEntry } from '../../source/index.js';
import type { BackupSource } from './backup-sources.js';

/** Counts what a walk met in each source, so that one in which there was nothing can be named. */
export class SourceTally {
  readonly #sources: readonly BackupSource[];
  readonly #met = new Map<BackupSource, number>();
  /** Where the sources begin, and which of these could not be read. */
  readonly #tops: ReadonlySet<string>;
  readonly #faulty = new Set<string>();
  readonly #leftOut = new Map<LeftOutReason, number>();
  /** By the tops of the sources of which the rules have left out something. */
  readonly #thinned = new Map<string, Map<string, number>>();

  constructor(sources: readonly BackupSource[]) {
    this.#sources = sources;
    this.#tops = new Set(sources.map(({ source }) => source.entryPath));
  }

  /** How many things the rules have left out, by the reason; a folder counts as one. */
  get leftOut(): Partial<Record<LeftOutReason, number>> {
    return Object.fromEntries(this.#leftOut);
  }

  /** An entry that is taken. */
  meet(from: BackupSource): void {
    this.#met.set(from, (this.#met.get(from) ?? 0) + 1);
  }

  leaveOut({ path, reason, isFolder }: LeftOutEntry): void {
    count(this.#leftOut, reason);
    const top = path.split('/', 1)[0] ?? '';
    const ofSource = this.#thinned.get(top) ?? new Map<string, number>();
    this.#thinned.set(top, ofSource);
    count(ofSource, reason);
    // What it leaves out cannot be told once it is changed or gone: there is nothing to compare it with.
    if (!isFolder && isRuleFile(path.slice(path.lastIndexOf('/') + 1))) count(ofSource, 'ruleFiles');
  }

  /** The same of one source, and as `ruleFiles` how many files of rules are not taken themselves. */
  leftOutOf({ source }: BackupSource): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#thinned.get(source.entryPath) ?? []);
  }

  /** A path that cannot be taken. */
  skip(path: string): void {
    if (this.#tops.has(path)) this.#faulty.add(path);
  }

  /** A problem for each folder of which nothing but itself was met, and nothing said why. */
  emptySources(): Problem[] {
    return this.#withNothing().map(({ source: { path, entryPath } }) => {
      const message = this.#thinned.has(entryPath)
        ? 'the rules leave out everything in the source'
        : 'the source is an empty folder: is a disk not mounted?';
      return { code: 'SOURCE_EMPTY', path, message };
    });
  }

  /** Is any of them a folder in which nothing is at all? Perhaps what belongs there was not: a disk that is not mounted looks like that. */
  get hasEmptyFolder(): boolean {
    return this.#withNothing().some(({ source }) => !this.#thinned.has(source.entryPath));
  }

  #withNothing(): BackupSource[] {
    return this.#sources.filter((from) => {
      const { type, entryPath } = from.source;
      return type === 'directory' && (this.#met.get(from) ?? 0) <= 1 && !this.#faulty.has(entryPath);
    });
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
