import { lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, type FlushWay, syncFolders } from '@holdfast/core/files';
import type { CallOptions, CommitRecord, ObjectAttributes } from '@holdfast/core/target';
import type { LayoutContext, StagingLayout } from './layout.js';
import { below, enter, fault, syncOptions } from './place.js';
import type { PublishTree } from './publish-root.js';
import { longestFirst } from './remove.js';
import { writeDurably } from './stage-file.js';
import { setFolderAttributes } from './stored-attributes.js';

/** In the batch's own folder: holds what becomes the root, under its name. So whoever finds it knows which root it was to be. */
export const TREE = 'tree';

/**
 * A batch with a root: everything is staged under its real name below one hidden folder, the record too, and one rename
 * makes it visible ({@link PublishTree}). Whatever is killed before leaves nothing that looks like a snapshot.
 *
 * In memory are the folders, with what was asked for them: their times can only be set when nothing is put into them any more.
 */
export async function treeLayout(
  { place, claim }: LayoutContext,
  root: string,
  publishTree: PublishTree,
): Promise<StagingLayout> {
  const tree = join(claim.path, TREE, root);
  /** By path; `undefined` for a folder that nobody put, and that stands only because something lies in it. */
  const folders = new Map<string, ObjectAttributes | undefined>([[tree, undefined]]);
  const underWay = new Set<string>();
  let kept = 0;
  await mkdir(tree, { recursive: true });

  const pathIn = (key: string): string => below(tree, key.slice(root.length + 1));

  function makeFolder(path: string): void {
    place.onStep?.({ kind: 'mkdir', path });
    mkdirSync(path);
  }

  function needFolder(path: string): void {
    if (folders.has(path)) return;
    needFolder(dirname(path));
    try {
      makeFolder(path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (!lstatSync(path).isDirectory()) {
        throw Object.assign(new Error('no folder', { cause: error }), { code: 'ENOTDIR' });
      }
    }
    folders.set(path, undefined);
  }

  /** What was put must be there, and nothing else: another's hand in our staging must not get into a snapshot. */
  function prepare(): void {
    let found = 0;
    const counted = new Set<bigint>();
    for (const path of longestFirst(folders.keys())) {
      // Where case does not count two paths may be one folder.
      const inode = place.fileSystem.caseSensitive ? undefined : lstatSync(path, { bigint: true }).ino;
      if (inode !== undefined && counted.has(inode)) continue;
      if (inode !== undefined) counted.add(inode);
      const entries = readdirSync(path, { withFileTypes: true });
      found += entries.filter((entry) => !entry.isDirectory()).length;
      const attributes = folders.get(path);
      if (entries.length === 0 && attributes === undefined && path !== tree) {
        // Made for a put that failed.
        rmdirSync(path);
        folders.delete(path);
      } else {
        decorate(path, attributes);
      }
    }
    if (found !== kept) {
      throw fault(place, 'ABORTED', `${found} of the ${kept} staged objects are there`, 'commit', root);
    }
  }

  function decorate(path: string, attributes: ObjectAttributes | undefined): void {
    if (attributes?.mode === undefined && attributes?.mtimeNs === undefined) return;
    place.onStep?.({ kind: 'attributes', path });
    setFolderAttributes(path, attributes);
  }

  async function publish(record: CommitRecord | undefined, way: FlushWay, call: CallOptions): Promise<void> {
    if (kept === 0 && folders.size === 1 && record === undefined) return;
    const changed = record === undefined ? [] : await stageRecord(record);
    // A flush of the whole file system has taken the folders along, as they were before the record.
    await syncFolders(longestFirst(way === 'syncfs' ? changed : folders.keys()), syncOptions(place));
    enter(place, 'commit', call, record?.key);
    await publishTree(tree, record);
  }

  /** Returns the folders that this changed. */
  async function stageRecord(record: CommitRecord): Promise<string[]> {
    const path = pathIn(record.key);
    needFolder(dirname(path));
    await writeDurably(place, path, record.body);
    const changed = [tree];
    for (let folder = dirname(path); folder !== tree; folder = dirname(folder)) changed.push(folder);
    for (const folder of longestFirst(changed)) decorate(folder, folders.get(folder));
    return changed;
  }

  return {
    reserve(key) {
      const path = pathIn(key);
      needFolder(dirname(path));
      underWay.add(key);
      return path;
    },
    keep(key) {
      underWay.delete(key);
      kept += 1;
    },
    forget(key) {
      underWay.delete(key);
    },
    addFolder(key, attributes) {
      const path = pathIn(key);
      if (folders.get(path) !== undefined) throw fault(place, 'ALREADY_EXISTS', 'the name is taken', 'put', key);
      needFolder(dirname(path));
      if (!folders.has(path)) makeFolder(path);
      folders.set(path, attributes);
    },
    pathOfKept(key) {
      if (underWay.has(key)) return undefined;
      const path = pathIn(key);
      return key.startsWith(`${root}/`) && folders.has(dirname(path)) ? path : undefined;
    },
    *files() {
      for (const path of folders.keys()) {
        for (const entry of readdirSync(path, { withFileTypes: true })) {
          if (entry.isFile()) yield join(path, entry.name);
        }
      }
    },
    prepare,
    publish,
  };
}
