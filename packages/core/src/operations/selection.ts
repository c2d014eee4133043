import type { PlainSnapshot } from '../plain/index.js';
import {
  type DirectoryEntry,
  type Entry,
  isRefused,
  type LocatedEntry,
  type ManifestItem,
  type PathMatcher,
  pathPatterns,
} from '../snapshot/index.js';
import { type FilterRule, sourceRules } from '../source/index.js';
import { storedAmount } from './entry-counts.js';

/** How much was chosen. */
export interface SelectedAmount {
  readonly files: number;
  readonly bytes: number;
  /** Is anything chosen at all? A folder or a link is something too. */
  readonly found: boolean;
  /** The top names of what is chosen. */
  readonly sources: ReadonlySet<string>;
}

/**
 * The part of a snapshot that patterns choose: what they name, what lies in folders they name, and the folders that lead to
 * it. A folder that leads to nothing chosen is not part of it. Without any pattern it is the whole snapshot.
 */
export class Selection {
  readonly #snapshot: PlainSnapshot;
  readonly #matcher: PathMatcher;
  readonly #isWhole: boolean;
  readonly #exclude: readonly FilterRule[];
  readonly #exports: 'all' | 'named';

  /**
   * @param exclude rules, counted from the top of each source, of what is not part of it whatever the patterns choose.
   * @param exports which of them are part of it: `named` are those that a pattern means by more than that it means everything.
   * @throws HoldfastError `BAD_PATTERN`.
   */
  constructor(
    snapshot: PlainSnapshot,
    patterns: readonly string[],
    exclude: readonly string[] = [],
    exports: 'all' | 'named' = 'all',
  ) {
    this.#exports = exports;
    this.#snapshot = snapshot;
    this.#matcher = pathPatterns(patterns);
    this.#exclude = sourceRules({ exclude }).exclude;
    this.#isWhole = patterns.length === 0 && exclude.length === 0;
  }

  /** Would this path be chosen, whether the snapshot has it or not? */
  chooses(path: string, isFolder: boolean): boolean {
    return this.#matcher.matches(path, isFolder);
  }

  /** Counts what is chosen, and says which patterns choose nothing. Reads the manifest once. */
  async count(): Promise<SelectedAmount & { readonly unused: readonly string[] }> {
    const { counts } = this.#snapshot.record.payload;
    const sources = new Set<string>();
    if (this.#isWhole) {
      for (const { name } of this.#snapshot.record.payload.sources) sources.add(name);
      return { ...(this.#exports === 'all' ? storedAmount(counts) : counts), found: true, sources, unused: [] };
    }
    let [files, bytes, found] = [0, 0, false];
    for await (const item of this.items()) {
      found = true;
      if (isRefused(item)) continue;
      sources.add(item.entry.path.split('/')[0] ?? '');
      if (item.entry.type !== 'file') continue;
      files += 1;
      bytes += item.entry.sizeBytes;
    }
    return { files, bytes, found, sources, unused: this.#matcher.unused() };
  }

  #isChosen(entry: Entry): boolean {
    const isFolder = entry.type === 'directory';
    if (entry.exportOf === undefined || this.#exports === 'all') return this.#matcher.matches(entry.path, isFolder);
    return this.#matcher.means(entry.path, isFolder);
  }

  #isExcluded(entry: Entry): boolean {
    if (this.#exclude.length === 0) return false;
    const [, ...names] = entry.path.split('/');
    const rule = this.#exclude.findLast(({ pattern }) => pattern.matches(names, entry.type === 'directory'));
    return names.length > 0 && rule?.negated === false;
  }

  /** What is chosen, in the order of the manifest; each folder before what is in it. */
  async *items(): AsyncGenerator<ManifestItem> {
    if (this.#isWhole) {
      for await (const item of this.#snapshot.entries())
        if (this.#exports === 'all' || isRefused(item) || item.entry.exportOf === undefined) yield item;
      return;
    }
    /** Folders that are not chosen themselves, as long as something in them may be. */
    const leading: (LocatedEntry & { readonly entry: DirectoryEntry })[] = [];
    let excluded: Buffer | undefined;
    for await (const item of this.#snapshot.entries()) {
      if (isRefused(item)) {
        // What it is nobody can say; it is told where it might have been meant.
        if (this.#matcher.matches(item.path, true)) yield item;
        continue;
      }
      const { entry, pathBytes } = item;
      if (liesBelow(pathBytes, excluded)) continue;
      if (this.#isExcluded(entry)) {
        if (entry.type === 'directory') excluded = pathBytes;
        continue;
      }
      while (leading.length > 0 && !liesBelow(pathBytes, leading.at(-1)?.pathBytes)) leading.pop();
      if (this.#isChosen(entry)) {
        yield* leading.splice(0);
        yield item;
      } else if (entry.type === 'directory') leading.push({ pathBytes, entry });
    }
  }
}

function liesBelow(path: Buffer, folder: Buffer | undefined): boolean {
  if (folder === undefined || path.length <= folder.length || path[folder.length] !== 0x2f) return false;
  return path.subarray(0, folder.length).equals(folder);
}
