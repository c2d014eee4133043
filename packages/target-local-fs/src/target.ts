import type { FileSystem } from '@holdfast/core/files';
import type { BackupTarget, TargetCapabilities } from '@holdfast/core/target';
import { begin } from './begin.js';
import { list } from './list.js';
import type { OneRoot } from './one-root.js';
import { enter, fault, type Place } from './place.js';
import { get, stat } from './read.js';
import { removeObjects } from './remove.js';
import { removeRoot } from './remove-root.js';
import { removeStandingRoot } from './remove-standing-root.js';
import { sweep } from './sweep.js';

/** `PATH_MAX` with its closing NUL: linux/limits.h; sys/syslimits.h of macOS; "Maximum Path Length Limitation" of Windows. */
const PATH_MAX: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 4096, darwin: 1024, win32: 32_767 };
/** The shortest of those, for a platform that is not among them. */
const SHORTEST_PATH_MAX = 1024;
/** What a path in staging has more than a key: `/.holdfast/staging/<16 digits>/tree/` (of one taken over `…/left-<number>/tree/`), or `…/objects/<number>`. */
const STAGING_BYTES = 60;
/** `NAME_MAX` of every file system here: in bytes on Linux, in UTF-16 units (never more than the bytes) elsewhere. */
const NAME_MAX = 255;
/** Small objects are written by synchronous calls, so it is for large ones, and for sources that make wait. */
const CONCURRENCY = 8;

/** The contract's methods over a place that has been looked at. */
export function localFsTarget(place: Place): BackupTarget {
  return {
    url: place.url,
    capabilities: place.capabilities,
    localPaths: Object.freeze([place.root]),
    list: (prefix, options) => list(place, prefix, options),
    stat: (key, options) => stat(place, key, options),
    get: (key, options) => get(place, key, options),
    begin: (options) => begin(place, options),
    async delete(keys, options) {
      enter(place, 'delete', options);
      if (place.one !== undefined) throw fault(place, 'UNSUPPORTED', 'single objects are not deleted here', 'delete');
      await removeObjects(place, keys, options);
    },
    removeRoot: (root, options) =>
      place.one === undefined ? removeRoot(place, root, options) : removeStandingRoot(place, root, options),
    sweep: (options) => sweep(place, options),
    async close() {
      place.closed = true;
      await Promise.all([...place.batches].map((batch) => batch.abort()));
    },
  };
}

/** What a folder on this file system can do. @param one is it itself a root? Then nothing has room beside that. */
export function capabilitiesOf(fileSystem: FileSystem, root: string, one?: OneRoot): TargetCapabilities {
  const pathBytes = (PATH_MAX[process.platform] ?? SHORTEST_PATH_MAX) - 1;
  return Object.freeze({
    rangeRead: true,
    append: one === undefined,
    delete: one === undefined,
    ownObjects: one === undefined,
    ...(one === undefined ? {} : { oneRoot: one.replaces ? ('replaced' as const) : ('kept' as const) }),
    removeRoots: true,
    putIfAbsent: fileSystem.hardLinks,
    wholeRoots: true,
    adopts: fileSystem.posixAttributes,
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
