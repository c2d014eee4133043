import type { LeftOutReason, Problem } from '../events/index.js';
import type { LeftOutEntry } from '../source/index.js';
import type { BackupSource } from './backup-sources.js';

/** Counts what a walk met in each source, so that one in which there was nothing can be named. */
export class SourceTally {
  readonly #sources: readonly BackupSource[];
  readonly #met = new Map<BackupSource, number>();
  /** Where the sources begin, and which of these could not be read. */
  readonly #tops: ReadonlySet<string>;
  readonly #faulty = new Set<string>();
  readonly #leftOut = new Map<LeftOutReason, number>();
  /** The tops of the sources of which the rules have left out something. */
  readonly #thinned = new Set<string>();

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

  leaveOut({ path, reason }: LeftOutEntry): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
    this.#thinned.add(path.split('/')[0] ?? '');
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
