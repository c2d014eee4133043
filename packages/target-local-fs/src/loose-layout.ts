import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode, type FlushWay, renameWithRetry } from '@holdfast/core/files';
import type { CallOptions, CommitRecord, ObjectAttributes } from '@holdfast/core/target';
import { syncNames } from './durable-names.js';
import type { LayoutContext, StagingLayout } from './layout.js';
import { enter, fault, pathOf } from './place.js';
import { publishRecord } from './publish-record.js';
import { longestFirst } from './remove.js';
import { type StoreFolders, storeFolders } from './store-folders.js';
import { setFolderAttributes } from './stored-attributes.js';

/** In the batch's own folder: the objects, by number. */
const OBJECTS = 'objects';
/** After this many renames others get their turn. */
const RENAMES_AT_ONCE = 64;

/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/** What was made visible, to be taken back if the rest fails. */
interface Published {
  readonly path: string;
  readonly inode: bigint;
}

/**
 * A batch without a root: objects are staged under numbers (a name may have no room for a suffix) and renamed one by one, then,
 * when their names are durable, the record. In memory is one entry an object.
 */
export async function looseLayout(context: LayoutContext): Promise<StagingLayout> {
  const { place, claim } = context;
  const staging = join(claim.path, OBJECTS);
  const numbers = new Map<string, number>();
  const folders = new Map<string, ObjectAttributes>();
  const underWay = new Set<string>();
  let nextNumber = 1;
  await mkdir(staging);

  function refuseIfStaged(key: string): void {
    if (numbers.has(key) || folders.has(key)) {
      throw fault(place, 'ALREADY_EXISTS', 'the batch has this object already', 'put', key);
    }
  }

  function prepare(): void {
    const found = readdirSync(staging).length;
    if (found !== numbers.size) {
      throw fault(place, 'ABORTED', `${found} of the ${numbers.size} staged objects are there`, 'commit');
    }
  }

  async function publish(record: CommitRecord | undefined, _way: FlushWay, call: CallOptions): Promise<void> {
    const published: Published[] = [];
    const into = storeFolders(place);
    try {
      for (const [key, number] of numbers) {
        if (published.length % RENAMES_AT_ONCE === RENAMES_AT_ONCE - 1) await nextTurn();
        enter(place, 'commit', call, key);
        published.push(await publishOne(key, join(staging, String(number)), into));
      }
      for (const key of folders.keys()) into.need(key);
      decorateFolders();
      if (into.touched.size > 0) await syncNames(place, claim, into.touched);
      enter(place, 'commit', call, record?.key);
      if (record !== undefined) await publishRecord(context, record, into, decorateFolders);
    } catch (error) {
      takeBack(published);
      into.takeBack();
      throw error;
    }
  }

  async function publishOne(key: string, staged: string, into: StoreFolders): Promise<Published> {
    const path = pathOf(place, key);
    for (let attempt = 1; ; attempt++) {
      const inode = lstatSync(staged, { bigint: true }).ino;
      into.need(dirname(key));
      try {
        await renameWithRetry(staged, path, { onStep: place.onStep, rename: place.means.rename });
        return { path, inode };
      } catch (error) {
        // ENOENT: a folder that was empty has been removed by another, or what was staged is gone; the next round tells.
        if (errorCode(error) !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw error;
        into.forget(dirname(path));
      }
    }
  }

  function decorateFolders(): void {
    for (const key of longestFirst(folders.keys())) {
      const attributes = folders.get(key);
      if (attributes?.mode === undefined && attributes?.mtimeNs === undefined) continue;
      place.onStep?.({ kind: 'attributes', path: pathOf(place, key) });
      setFolderAttributes(pathOf(place, key), attributes);
    }
  }

  /** Best effort, and never another's object that has taken the name since. */
  function takeBack(published: readonly Published[]): void {
    for (const { path, inode } of published) {
      try {
        if (lstatSync(path, { bigint: true }).ino === inode) unlinkSync(path);
      } catch {
        // Gone, or out of reach: what is left is no snapshot, it has no record.
      }
    }
  }

  return {
    reserve(key) {
      refuseIfStaged(key);
      const number = nextNumber++;
      numbers.set(key, number);
      underWay.add(key);
      return join(staging, String(number));
    },
    keep(key) {
      underWay.delete(key);
    },
    forget(key) {
      underWay.delete(key);
      numbers.delete(key);
    },
    addFolder(key, attributes) {
      refuseIfStaged(key);
      folders.set(key, attributes);
    },
    pathOfKept(key) {
      const number = underWay.has(key) ? undefined : numbers.get(key);
      return number === undefined ? undefined : join(staging, String(number));
    },
    *files() {
      for (const entry of readdirSync(staging, { withFileTypes: true })) {
        if (entry.isFile()) yield join(staging, entry.name);
      }
    },
    prepare,
    publish,
  };
}
