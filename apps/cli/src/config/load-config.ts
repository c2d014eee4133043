import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseAddress } from '@holdfast/core';
import { parseSize } from '../compose/size-word.js';
import { checkConfigFile } from './check-config-file.js';
import type { Config, ConfiguredSource, ConfiguredTarget } from './config.js';
import { type ConfigFault, configError } from './config-fault.js';
import type { ConfigFile, GuardMembers, SourceMembers, TargetMembers } from './config-file.js';
import { readJsonText } from './json-text.js';
import { CONFIG_NAME, readConfigFile } from './read-config-file.js';

/**
 * Reads the config that was named, or the one of the working folder; never one of a folder above it.
 *
 * @returns `undefined` if there is none and none was named
 * @throws CliError `CONFIG` with file, line and column; `CONFIG_REFUSED`
 */
export async function loadConfig(named: string | undefined): Promise<Config | undefined> {
  const path = named ?? CONFIG_NAME;
  const found = await readConfigFile(path, named !== undefined);
  if (found === undefined) return undefined;
  const file = parsed(path, found.bytes);
  const folder = dirname(resolve(path));
  const targets = new Map(
    Object.entries(file.targets ?? {}).map(([name, target]) => [name, { name, ...targetOf(target, folder) }]),
  );
  return {
    path,
    realPath: found.realPath,
    sha256: createHash('sha256').update(found.bytes).digest('hex'),
    isNamed: named !== undefined,
    sources: Object.entries(file.sources ?? {}).map(([name, source]) => sourceOf(name, source, folder)),
    targets,
    defaultTarget: file.defaultTarget ?? [...targets.keys()][0],
    mirrors: (file.mirrors ?? []).map(({ from, to }) => ({
      from: sideOf(from, targets, folder),
      to: sideOf(to, targets, folder),
    })),
    exports: (file.exports ?? []).map(({ to, from, patterns = [], replace = false }) => ({
      to: fromFolder(to, folder),
      from,
      patterns,
      replace,
    })),
    hooks: file.hooks ?? {},
    guard: guardOf(file.guard ?? {}, targets, folder),
  };
}

/** @throws CliError `CONFIG` */
function parsed(path: string, bytes: Buffer): ConfigFile {
  const text = decoded(path, bytes);
  const json = readJsonText(text);
  if ('message' in json) throw configError(path, [json]);
  const file = checkConfigFile(json);
  if (isFaults(file)) throw configError(path, file);
  return file;
}

/** UTF-8; a byte order mark, which some editors write, is left out. */
function decoded(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configError(path, [{ position: { line: 1, column: 1 }, message: 'it is not UTF-8' }]);
  }
}

function isFaults(checked: ConfigFile | readonly ConfigFault[]): checked is readonly ConfigFault[] {
  return Array.isArray(checked);
}

function sourceOf(name: string, source: string | SourceMembers, folder: string): ConfiguredSource {
  if (typeof source === 'string') return { name, path: fromFolder(source, folder), filter: {} };
  const size = (member: string, word: string | undefined): number | undefined =>
    word === undefined ? undefined : parseSize(`sources.${name}.${member}`, word);
  return {
    name,
    path: fromFolder(source.path, folder),
    ...(source.exports === undefined ? {} : { exports: source.exports }),
    filter: {
      include: source.include,
      exclude: source.exclude,
      excludeFiles: source.excludeFiles?.map((file) => fromFolder(file, folder)),
      takeCaches: source.includeCaches,
      oneFileSystem: source.oneFileSystem,
      excludeLargerThanBytes: size('excludeLargerThan', source.excludeLargerThan),
      excludeSmallerThanBytes: size('excludeSmallerThan', source.excludeSmallerThan),
    },
  };
}

function targetOf(target: string | TargetMembers, folder: string): ConfiguredTarget {
  if (typeof target === 'string') return { address: addressFrom(target, folder), options: {} };
  const { url, format, ...options } = target;
  return { address: addressFrom(url, folder), format, options };
}

function guardOf(guard: GuardMembers, targets: ReadonlyMap<string, ConfiguredTarget>, folder: string): GuardMembers {
  return guard.to === undefined ? guard : { ...guard, to: sideOf(guard.to, targets, folder) };
}

/** A side of a mirror, or where guarded runs keep theirs, stays a name where it is one. */
function sideOf(side: string, targets: ReadonlyMap<string, ConfiguredTarget>, folder: string): string {
  return targets.has(side) ? side : addressFrom(side, folder);
}

/** An address as it is meant from the working folder. A closing slash keeps its meaning. */
function addressFrom(address: string, folder: string): string {
  const { scheme, location } = parseAddress(address);
  if ((scheme !== 'file' && scheme !== 'zip') || folder === process.cwd()) return address;
  const slash = /[/\\]$/.test(location) ? '/' : '';
  return `${scheme}:${fromFolder(location, folder)}${slash}`;
}

/** A path as it is meant from the working folder, and short where it lies below that. */
function fromFolder(path: string, folder: string): string {
  if (isAbsolute(path) || folder === process.cwd()) return path;
  const absolute = resolve(folder, path);
  const short = relative(process.cwd(), absolute);
  return short.startsWith('..') || isAbsolute(short) ? absolute : join('.', short);
}
