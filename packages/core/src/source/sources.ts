import { realpathSync, statSync } from 'node:fs';
import { basename, resolve, sep } from 'node:path';
import { HoldfastError } from '../holdfast-error.js';
import { isOwnName } from '../snapshot/index.js';
import { orderKey } from '../snapshot/path-order.js';
import type { FilterSpec } from './filter-spec.js';
import type { SourceRules } from './source-filter.js';
import { sourceRules } from './source-rules.js';

/** What a caller names as a source. */
export interface SourceSpec {
  readonly path: string;
  /**
   * The name it gets in the snapshot: `NAME/…`, for a file too (`excel/data.xlsx`). Without a name a folder is called by
   * its last segment, and a file lies at the snapshot's top under its own name.
   */
  readonly name?: string | undefined;
  /** What of a folder is taken. */
  readonly filter?: FilterSpec | undefined;
  /**
   * Look into its files, and export those that can be exported as one of these: `['csv']`. An empty list asks for facts alone; nothing is looked
   * into where it is left out.
   */
  readonly exports?: readonly string[] | undefined;
}

/** A source that has been looked at. */
export interface ResolvedSource {
  /** Its name in the snapshot's record. */
  readonly name: string;
  /** Absolute, as given: its label, and part of its identity. */
  readonly path: string;
  /** Absolute and real: a source that is itself a symlink stands for what it points to. */
  readonly realPath: string;
  readonly type: 'directory' | 'file' | 'special' | 'missing';
  /** Where its entries begin: the top folder, or the path of a lone file. */
  readonly entryPath: string;
  /** A folder of this name stands above a file that was given a name. */
  readonly madeFolder: string | undefined;
  readonly rules: SourceRules;
  /** What those rules were made from. */
  readonly filter?: FilterSpec | undefined;
  /** See {@link SourceSpec.exports}. */
  readonly exports?: readonly string[] | undefined;
  /** Why it is missing, where it is. */
  readonly cause?: unknown;
}

/**
 * Looks at each source and gives them in the order of their entries.
 *
 * @param transientNames patterns of what is left out of sources that are looked into: marks of applications.
 * @throws HoldfastError `SOURCE_NAME` for names that cannot be used or are there twice; `BAD_PATTERN` and `EXCLUDE_FILE` for
 *   rules that cannot.
 */
export function resolveSources(specs: readonly SourceSpec[], transientNames: readonly string[] = []): ResolvedSource[] {
  const sources = specs.map((spec) => resolveSource(spec, spec.exports === undefined ? [] : transientNames));
  const names = new Map<string, string>();
  for (const source of sources) {
    const top = source.entryPath.split('/')[0] ?? source.name;
    const other = names.get(top);
    if (other !== undefined) {
      throw new HoldfastError({
        code: 'SOURCE_NAME',
        message: `two sources are called "${top}": ${other} and ${source.path}`,
        hint: 'Give one of them another name: NAME=PATH.',
      });
    }
    names.set(top, source.path);
  }
  return sources.sort((left, right) => Buffer.compare(sourceOrderKey(left), sourceOrderKey(right)));
}

/** Orders sources as their entries are ordered. */
export function sourceOrderKey(source: ResolvedSource): Uint8Array {
  const top = source.madeFolder ?? source.entryPath;
  return orderKey(Buffer.from(top), source.madeFolder !== undefined || source.type === 'directory');
}

function resolveSource(spec: SourceSpec, transientNames: readonly string[]): ResolvedSource {
  const path = resolve(spec.path);
  const name = spec.name ?? basename(path);
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new HoldfastError({
      code: 'SOURCE_NAME',
      message: `${path} cannot be stored under the name "${name}": ${fault}`,
      hint: 'Give it a name: NAME=PATH.',
    });
  }
  const seen = look(path);
  const named = spec.name !== undefined && seen.type !== 'directory';
  return {
    ...seen,
    name,
    path,
    entryPath: named ? `${name}/${basename(path)}` : name,
    madeFolder: named ? name : undefined,
    rules: sourceRules(spec.filter ?? {}, transientNames),
    filter: spec.filter,
    exports: spec.exports,
  };
}

function look(path: string): Pick<ResolvedSource, 'realPath' | 'type' | 'cause'> {
  try {
    const realPath = realpathSync.native(path);
    const stats = statSync(realPath);
    return { realPath, type: stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'special' };
  } catch (cause) {
    return { realPath: path, type: 'missing', cause };
  }
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it is no name';
  // Not in another case either: on some targets that would be the folder of the manifest.
  if (isOwnName(name)) return "it is the program's own";
  if (/[/\0\\]/.test(name)) return 'it holds a slash, a backslash or a NUL';
  return undefined;
}

/** Does `path` lie in `folder`, or is it the same? Both absolute and real. */
export function liesIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
