import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { leftOutNow } from './left-out-now.js';
import { liesIn, type ResolvedSource, resolveSources, type SourceSpec } from './sources.js';

/**
 * The source, as it was given, that would take a file of this path, whether it is there or is yet to be made: one that is this file, or
 * a folder in which neither its rules nor those of its folders leave the path out. Neither the file's size nor the mark of a cache counts.
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
  const pathBytes = Buffer.from([source.name, ...relative(source.realPath, path).split(sep)].join('/'));
  return !leftOutNow(source)({ pathBytes, isFolder: false, sizeBytes: undefined });
}

/** The path without links, as far as it is there. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return dirname(path) === path ? path : join(realPathOf(dirname(path)), basename(path));
  }
}
