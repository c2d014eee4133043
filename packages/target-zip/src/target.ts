import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '@holdfast/core/files';
import {
  assertKey,
  assertKeyFits,
  type BackupTarget,
  compareKeys,
  type GetOptions,
  type ListOptions,
  type ObjectInfo,
  prefixFault,
  type StatOptions,
} from '@holdfast/core/target';
import { beginBatch } from './batch.js';
import { asTargetError } from './errors.js';
import { assertComplete, brokenSealFault, openRoot } from './opened-root.js';
import { deleteOwn, getOwn, isOwn, listOwn, statOwn } from './own-objects.js';
import { enter, fault, OWN_FOLDER, ownFolders, type Place, rootOfFile } from './place.js';
import { findInfo, listArchive } from './reader/listing.js';
import { removeRoot } from './remove-root.js';
import { sweep } from './sweep.js';

/** About ten milliseconds' worth. */
const LISTED_AT_ONCE = 2048;

/** A target over a place. */
export function zipTarget(place: Place): BackupTarget {
  return {
    url: place.url,
    capabilities: place.capabilities,
    localPaths: Object.freeze(place.form === 'folder' ? [place.path] : [place.path, ownFolders(place).own]),
    list: (prefix, options) => list(place, prefix, options),
    stat: (key, options) => stat(place, key, options),
    get: (key, options) => get(place, key, options),
    begin: (options) => beginBatch(place, options),
    async delete(keys, options) {
      enter(place, 'delete', options);
      if (keys.length > 0 && keys.every((key) => isOwn(place, key))) return remove(place, keys);
      throw fault(place, 'UNSUPPORTED', 'nothing can be taken out of an archive', 'delete');
    },
    removeRoot: (root, options) => removeRoot(place, root, options),
    sweep: (options) => sweep(place, options),
    async close() {
      if (place.closed) return;
      place.closed = true;
      await Promise.all([...place.batches].map((batch) => batch.abort()));
      await place.cache.close();
    },
  };
}

async function remove(place: Place, keys: readonly string[]): Promise<void> {
  for (const key of keys) assertKeyFits(key, place, 'delete');
  try {
    await deleteOwn(place, keys);
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'delete', key: keys[0] });
  }
}

async function* list(place: Place, prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
  enter(place, 'list', options);
  const wrongPrefix = prefixFault(prefix);
  if (wrongPrefix !== undefined) throw fault(place, 'INVALID_KEY', wrongPrefix, 'list', prefix);
  if (isOwn(place, prefix)) {
    yield* await own(place, prefix, options.oneLevel ?? false);
    return;
  }
  if (place.form === 'archive' || prefix !== '') {
    yield* listOne(place, prefix, options);
    return;
  }
  const mine = await own(place, `${OWN_FOLDER}/`, options.oneLevel ?? false);
  const roots = mine.length === 0 ? await rootsOf(place) : withOwn(await rootsOf(place));
  for (const root of roots) {
    enter(place, 'list', options);
    if (root === OWN_FOLDER && options.oneLevel !== true) yield* mine;
    else if (options.oneLevel === true) yield { key: `${root}/`, type: 'prefix', sizeBytes: 0 };
    else yield* listOne(place, `${root}/`, options);
  }
}

async function own(place: Place, prefix: string, oneLevel: boolean): Promise<ObjectInfo[]> {
  try {
    return await listOwn(place, prefix, oneLevel);
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'list', key: prefix });
  }
}

/** What is the target's own comes where its name does. */
function withOwn(roots: readonly string[]): string[] {
  return [...roots, OWN_FOLDER].sort((left, right) => compareKeys(`${left}/`, `${right}/`));
}

/** Lists what one archive holds below a prefix. */
async function* listOne(place: Place, prefix: string, options: ListOptions): AsyncGenerator<ObjectInfo> {
  const at = { url: place.url, operation: 'list', key: prefix === '' ? undefined : prefix } as const;
  try {
    const opened = await openRoot(place, prefix, 'list', options);
    if (opened === undefined) return;
    try {
      let count = 0;
      for (const info of listArchive(opened, prefix, options.oneLevel ?? false)) {
        // It all comes from memory: a long listing must leave signals and timers their turn.
        if (++count % LISTED_AT_ONCE === 0) await setImmediate();
        enter(place, 'list', options);
        yield info;
      }
      assertComplete(place, opened);
    } finally {
      await opened.release();
    }
  } catch (error) {
    throw asTargetError(error, at);
  }
}

/** The roots in a folder of archives, by their file names and in the order of their keys. No archive is opened, no link followed. */
async function rootsOf(place: Place): Promise<string[]> {
  try {
    const entries = await readdir(place.path, { withFileTypes: true, encoding: 'buffer' });
    return entries
      .filter((entry) => entry.isFile() && isUtf8(entry.name))
      .map((entry) => rootOfFile(place, entry.name.toString('utf8')))
      .filter((root) => root !== undefined)
      .sort((left, right) => compareKeys(`${left}/`, `${right}/`));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw asTargetError(error, { url: place.url, operation: 'list' });
  }
}

async function stat(place: Place, key: string, options?: StatOptions): Promise<ObjectInfo | undefined> {
  enter(place, 'stat', options, key);
  assertKey(key, place.url, 'stat');
  try {
    if (isOwn(place, key)) return await statOwn(place, key, options);
    const opened = await openRoot(place, key, 'stat', options);
    if (opened === undefined) return undefined;
    try {
      // Sizes and types stand in the directory alone: where that is damaged, only a content can prove itself.
      if (opened.archive.directory.brokenSeal) throw brokenSealFault(place, 'stat', key);
      return findInfo(opened, key)?.info;
    } finally {
      await opened.release();
    }
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'stat', key });
  }
}

async function* get(place: Place, key: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
  enter(place, 'get', options, key);
  // What an archive holds can be read, also under a name that none is given any more.
  assertKey(key, place.url, 'get');
  if (options.range !== undefined) {
    throw fault(place, 'UNSUPPORTED', 'a range does not prove itself by a checksum: read the whole object', 'get', key);
  }
  try {
    if (isOwn(place, key)) {
      yield* getOwn(place, key);
      return;
    }
    const opened = await openRoot(place, key, 'get', options);
    try {
      const found = opened === undefined ? undefined : findInfo(opened, key);
      if (opened === undefined || found?.info.type !== 'file') {
        if (opened?.archive.directory.brokenSeal === true) throw brokenSealFault(place, 'get', key);
        throw fault(place, 'NOT_FOUND', 'no such object', 'get', key);
      }
      for await (const piece of opened.archive.content(found.position)) {
        enter(place, 'get', options, key);
        yield piece;
      }
    } finally {
      await opened?.release();
    }
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'get', key });
  }
}
