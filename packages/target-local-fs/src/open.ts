import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, type FileSystem, fileSystemOf } from '@holdfast/core/files';
import { type BackupTarget, type TargetCapabilities, TargetError } from '@holdfast/core/target';
import { begin } from './begin.js';
import { asTargetError } from './errors.js';
import { list } from './list.js';
import { type LocalFsOptions, meansOf } from './options.js';
import { isSlow, type Place } from './place.js';
import { get, stat as statObject } from './read.js';
import { removeObjects } from './remove.js';

/** `PATH_MAX` with its closing NUL: linux/limits.h; sys/syslimits.h of macOS; "Maximum Path Length Limitation" of Windows. */
const PATH_MAX: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 4096, darwin: 1024, win32: 32_767 };
/** The shortest of those, for a platform that is not among them. */
const SHORTEST_PATH_MAX = 1024;
/** What a path in staging has more than a key: `/.holdfast/staging/<16 digits>/tree/`, or `…/objects/<number>`. */
const STAGING_BYTES = 60;
/** `NAME_MAX` of every file system here: in bytes on Linux, in UTF-16 units (never more than the bytes) elsewhere. */
const NAME_MAX = 255;
/** Small objects are written by synchronous calls, so it is for large ones, and for sources that make wait. */
const CONCURRENCY = 8;

/**
 * Opens a folder as a target. Nothing is written; a folder that does not exist is made by the first batch, with its missing
 * ancestors.
 *
 * @param path absolute, or relative to the working folder
 * @throws TargetError `MISCONFIGURED` if something else than a folder stands there; `ACCESS_DENIED`, `UNAVAILABLE`, …
 */
export async function openLocalFs(path: string, options: LocalFsOptions = {}): Promise<BackupTarget> {
  const named = resolve(path);
  const url = `file://${named}`;
  if (path === '' || path.includes('\0')) {
    throw new TargetError({
      code: 'MISCONFIGURED',
      reason: 'the address names no place',
      url: 'file:',
      operation: 'open',
    });
  }
  try {
    const root = await realPathOf(named);
    await assertFolder(root, url);
    const means = meansOf(options.means);
    const fileSystem = means.fileSystem ?? (await fileSystemOf(root));
    return targetOf({
      url,
      root,
      capabilities: capabilitiesOf(fileSystem, root),
      fileSystem,
      durableBy: options.durableBy ?? 'auto',
      onStep: options.onStep,
      means,
      slow: isSlow(fileSystem),
      batches: new Set(),
      clones: undefined,
      closed: false,
    });
  } catch (error) {
    throw asTargetError(error, { url, operation: 'open' });
  }
}

function targetOf(place: Place): BackupTarget {
  return {
    url: place.url,
    capabilities: place.capabilities,
    localPaths: Object.freeze([place.root]),
    list: (prefix, options) => list(place, prefix, options),
    stat: (key, options) => statObject(place, key, options),
    get: (key, options) => get(place, key, options),
    begin: (options) => begin(place, options),
    delete: (keys, options) => removeObjects(place, keys, options),
    async close() {
      place.closed = true;
      await Promise.all([...place.batches].map((batch) => batch.abort()));
    },
  };
}

/** What a folder on this file system can do. */
export function capabilitiesOf(fileSystem: FileSystem, root: string): TargetCapabilities {
  const pathBytes = (PATH_MAX[process.platform] ?? SHORTEST_PATH_MAX) - 1;
  return Object.freeze({
    rangeRead: true,
    append: true,
    delete: true,
    putIfAbsent: fileSystem.hardLinks,
    copy: fileSystem.hardLinks,
    copyShares: fileSystem.hardLinks,
    attributes: fileSystem.posixAttributes,
    durability: fileSystem.durability,
    maxObjectBytes: fileSystem.maxFileBytes,
    maxKeyBytes: Math.max(NAME_MAX, pathBytes - Buffer.byteLength(root) - STAGING_BYTES),
    maxSegmentBytes: NAME_MAX,
    concurrency: CONCURRENCY,
    caseSensitiveKeys: fileSystem.caseSensitive,
    windowsNames: fileSystem.windowsNames,
    retention: false,
    listDelayMs: fileSystem.listDelayMs,
  });
}

/** The path without links; of a path that does not exist yet, as far as it does. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return join(await realPathOf(dirname(path)), basename(path));
  }
}

async function assertFolder(root: string, url: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  throw new TargetError({
    code: 'MISCONFIGURED',
    reason: 'something else than a folder stands there',
    url,
    operation: 'open',
    hint: 'Name a folder, or a place where one can be made.',
  });
}
