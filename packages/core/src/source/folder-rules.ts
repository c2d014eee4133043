import type { Problem } from '../events/index.js';
import { CACHE_TAG_NAME, isCacheTag } from './cache-tag.js';
import { parseRuleFile } from './filter-rules.js';
import { readRuleFile } from './rule-file.js';
import type { FolderFilter } from './source-filter.js';

/** A file of this name in any folder of a source holds rules for what is in that folder. */
export const IGNORE_FILE_NAME: string = '.holdfastignore';

const RULE_FILES: ReadonlySet<string> = new Set([IGNORE_FILE_NAME, CACHE_TAG_NAME]);

/** Does a file of this name say what is taken of its folder? */
export function isRuleFile(name: string): boolean {
  return RULE_FILES.has(name);
}

const IGNORE_FILE = Buffer.from(IGNORE_FILE_NAME);
const CACHE_TAG = Buffer.from(CACHE_TAG_NAME);

interface NamedChild {
  readonly name: Buffer;
  readonly isFolder: boolean;
}

/** What a folder itself says of what is in it. */
export interface FoundInFolder<Child extends NamedChild = NamedChild> {
  /** The folder's filter, with the rules that stand in it. */
  readonly filter: FolderFilter;
  /** The file that marks the folder as a cache: of all that is in it only this is taken. */
  readonly cacheTag: Child | undefined;
  /** Rules that do not count because they cannot be read. */
  readonly doubts: readonly Problem[];
}

/**
 * Looks for `.holdfastignore` and `CACHEDIR.TAG` among the names of a folder. The top of a source is no cache, whatever it
 * holds: whoever names it as a source wants what is in it.
 *
 * @param placeOf where a name of this folder is.
 */
export function findRules<Child extends NamedChild>(
  filter: FolderFilter,
  children: readonly Child[],
  placeOf: (name: Buffer) => { readonly location: Buffer; readonly path: string },
): FoundInFolder<Child> {
  let ignoreFile: Child | undefined;
  let cacheTag: Child | undefined;
  for (const child of children) {
    // Lengths first: this is asked of every name of every source.
    const { length } = child.name;
    if (length === IGNORE_FILE.length && child.name.equals(IGNORE_FILE)) ignoreFile = child;
    else if (length === CACHE_TAG.length && !child.isFolder && child.name.equals(CACHE_TAG)) cacheTag = child;
  }
  const marks = cacheTag !== undefined && !filter.isTop && !filter.takesCaches;
  if (marks && isCacheTag(placeOf(CACHE_TAG).location)) return { filter, cacheTag, doubts: [] };
  if (ignoreFile === undefined) return { filter, cacheTag: undefined, doubts: [] };
  const { location, path } = placeOf(IGNORE_FILE);
  const read = readRuleFile(location);
  if (!('bytes' in read)) {
    const message = `its rules could not be read, so nothing is left out by them: ${read.fault}`;
    return { filter, cacheTag: undefined, doubts: [{ code: 'RULES_UNREADABLE', path, message, cause: read.cause }] };
  }
  const { rules, faults } = parseRuleFile(read.bytes, path);
  const doubts = faults.map(({ rule, line, reason }): Problem => {
    return { code: 'BAD_PATTERN', path, message: `line ${line}: the pattern "${rule}" can match nothing: ${reason}` };
  });
  return { filter: filter.withIgnoreFile(rules), cacheTag: undefined, doubts };
}
