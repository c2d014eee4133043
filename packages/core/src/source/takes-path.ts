import { type BigIntStats, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CACHE_TAG_NAME } from './cache-tag.js';
import { findRules, IGNORE_FILE_NAME } from './folder-rules.js';
import { FolderFilter } from './source-filter.js';
import { liesIn, type ResolvedSource, resolveSources, type SourceSpec } from './sources.js';

/** What a folder may hold that says something of its other names. */
const RULE_NAMES: readonly string[] = [IGNORE_FILE_NAME, CACHE_TAG_NAME];

/**
 * The source, as it was given, that would take a file of this path, whether it is there or is yet to be made: one that is this file, or
 * a folder in which neither its rules nor those of its folders leave the path out. What a file's size would say does not count.
 *
 * @throws HoldfastError `SOURCE_NAME`, `BAD_PATTERN`, `EXCLUDE_FILE` as a backup of these sources does.
 */
export function sourceTaking(specs: readonly SourceSpec[], path: string): SourceSpec | undefined {
  const real = realPathOf(resolve(path));
  return specs.find((spec) => resolveSources([spec]).some((source) => takes(source, real)));
}

function takes(source: ResolvedSource, path: string): boolean {
  if (source.type === 'missing' || !liesIn(path, source.realPath)) return false;
  if (source.type !== 'directory') return true;
  const top = statsAt(source.realPath);
  const names = relative(source.realPath, path).split(sep);
  if (top === undefined) return false;
  let filter = FolderFilter.top(source.rules, top);
  let folder = source.realPath;
  for (const [index, name] of names.entries()) {
    const isFolder = index < names.length - 1;
    const found = findRules(filter, rulesIn(folder), (own) => ({
      location: Buffer.from(join(folder, own.toString())),
      path: join(folder, own.toString()),
    }));
    if (found.cacheTag !== undefined) return false;
    const bytes = Buffer.from(name);
    const verdict = found.filter.judgeName(bytes, isFolder);
    if (typeof verdict === 'object') return false;
    folder = join(folder, name);
    const stats = isFolder ? statsAt(folder) : undefined;
    if (stats !== undefined && found.filter.judgeStats(stats) !== undefined) return false;
    filter = found.filter.enter(bytes, verdict);
  }
  return true;
}

function rulesIn(folder: string): { name: Buffer; isFolder: boolean }[] {
  return RULE_NAMES.filter((name) => statsAt(join(folder, name)) !== undefined).map((name) => ({
    name: Buffer.from(name),
    isFolder: false,
  }));
}

/** What stands there; `undefined` where nothing does, or nobody lets us look. */
function statsAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** The path without links, as far as it is there. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return dirname(path) === path ? path : join(realPathOf(dirname(path)), basename(path));
  }
}
