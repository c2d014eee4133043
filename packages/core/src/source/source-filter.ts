import type { BigIntStats } from 'node:fs';
import type { LeftOutReason } from '../events/index.js';
import type { FilterRule, RulePlace } from './filter-rules.js';
import type { IgnorePattern } from './ignore-pattern.js';
import { nameText } from './name-text.js';

/** Why something is left out, and by which rule where one says so. */
export interface LeftOut extends Partial<RulePlace> {
  readonly reason: LeftOutReason;
}

/** Something is taken, left out, or (a folder) taken only if something in it is. */
export type Verdict = 'take' | 'passage' | LeftOut;

/** What holds in a whole source. */
export interface SourceRules {
  /** Of the options: they are asked first. */
  readonly exclude: readonly FilterRule[];
  /** Of the files of patterns: they are asked last. */
  readonly excludeFiles: readonly FilterRule[];
  readonly include: readonly IgnorePattern[];
  readonly takeCaches: boolean;
  readonly oneFileSystem: boolean;
  readonly largerThanBytes: bigint | undefined;
  readonly smallerThanBytes: bigint | undefined;
}

/** The rules of one `.holdfastignore`, and how many names above them its folder lies. */
interface IgnoreLevel {
  readonly depth: number;
  readonly rules: readonly FilterRule[];
}

const NO_INCLUDE: Verdict = { reason: 'notIncluded' };

/**
 * What the rules say of the entries of one folder. A walk asks it for each name before it looks at what bears it, and makes
 * the filter of each folder that it enters from the one above; what is left out is not entered, so nothing in it is asked for.
 */
export class FolderFilter {
  readonly #rules: SourceRules;
  /** The folder's names from the source's top. */
  readonly #path: readonly string[];
  /** The device of the source's top. */
  readonly #device: bigint;
  /** Of this folder and those above, the nearest first. */
  readonly #levels: readonly IgnoreLevel[];
  /** It lies in a folder that `include` names, or nothing need be named. */
  readonly #included: boolean;
  /** No rule can leave out anything by its name: what has most folders of most sources, so it must cost nothing. */
  readonly #takesEveryName: boolean;

  private constructor(
    rules: SourceRules,
    path: readonly string[],
    device: bigint,
    levels: readonly IgnoreLevel[],
    included: boolean,
  ) {
    this.#rules = rules;
    this.#path = path;
    this.#device = device;
    this.#levels = levels;
    this.#included = included;
    this.#takesEveryName =
      included && levels.length === 0 && rules.exclude.length === 0 && rules.excludeFiles.length === 0;
  }

  /** The filter of a source's top folder. */
  static top(rules: SourceRules, stats: Pick<BigIntStats, 'dev'>): FolderFilter {
    return new FolderFilter(rules, [], stats.dev, [], rules.include.length === 0);
  }

  get isTop(): boolean {
    return this.#path.length === 0;
  }

  get takesCaches(): boolean {
    return this.#rules.takeCaches;
  }

  /** This folder's filter, with the rules of its `.holdfastignore`. */
  withIgnoreFile(rules: readonly FilterRule[]): FolderFilter {
    if (rules.length === 0) return this;
    const levels = [{ depth: this.#path.length, rules }, ...this.#levels];
    return new FolderFilter(this.#rules, this.#path, this.#device, levels, this.#included);
  }

  /** The filter of a folder in this one. */
  enter(name: Buffer, verdict: Verdict): FolderFilter {
    return new FolderFilter(
      this.#rules,
      [...this.#path, nameText(name)],
      this.#device,
      this.#levels,
      verdict !== 'passage',
    );
  }

  /** What the rules say of something in this folder by its name. */
  judgeName(name: Buffer, isFolder: boolean): Verdict {
    if (this.#takesEveryName) return 'take';
    const path = [...this.#path, nameText(name)];
    const rule = this.#lastWord(path, isFolder);
    if (rule !== undefined && !rule.negated) {
      const { file, line } = rule;
      return {
        reason: rule.reason ?? 'excluded',
        rule: rule.rule,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
      };
    }
    if (this.#included || this.#rules.include.some((pattern) => pattern.matches(path, isFolder))) return 'take';
    return isFolder && this.#rules.include.some((pattern) => pattern.reachesInto(path)) ? 'passage' : NO_INCLUDE;
  }

  /** What they say of it when it has been looked at: `undefined` where it stays as its name was judged. */
  judgeStats(stats: BigIntStats): LeftOut | undefined {
    if (this.#rules.oneFileSystem && stats.dev !== this.#device) return { reason: 'otherFileSystem' };
    return stats.isFile() ? this.judgeSize(stats.size) : undefined;
  }

  /** What they say of a file of this size. */
  judgeSize(sizeBytes: bigint): LeftOut | undefined {
    const { largerThanBytes, smallerThanBytes } = this.#rules;
    if (largerThanBytes !== undefined && sizeBytes > largerThanBytes) return { reason: 'tooLarge' };
    if (smallerThanBytes !== undefined && sizeBytes < smallerThanBytes) return { reason: 'tooSmall' };
    return undefined;
  }

  /** The rule that counts: of the first group that has one that fits its last one. The order of the groups is git's. */
  #lastWord(path: readonly string[], isFolder: boolean): FilterRule | undefined {
    const { exclude, excludeFiles } = this.#rules;
    let found = lastFitting(exclude, path, isFolder);
    for (const { depth, rules } of this.#levels) {
      found ??= lastFitting(rules, depth === 0 ? path : path.slice(depth), isFolder);
    }
    return found ?? lastFitting(excludeFiles, path, isFolder);
  }
}

function lastFitting(rules: readonly FilterRule[], path: readonly string[], isFolder: boolean): FilterRule | undefined {
  for (let at = rules.length - 1; at >= 0; at -= 1) {
    const rule = rules[at];
    if (rule?.pattern.matches(path, isFolder) === true) return rule;
  }
  return undefined;
}
