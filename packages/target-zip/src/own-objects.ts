import { createReadStream } from 'node:fs';
import { link, lstat, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, makeFolders, removeEmptyFolders, syncFolders, syncMadeFolders } from '@holdfast/core/files';
import { type CommitRecord, compareKeys, type ObjectInfo, type StatOptions } from '@holdfast/core/target';
import { fault, folderOf, OWN_FOLDER, ownFolders, type Place } from './place.js';

/** The folder in it that holds unfinished work: no objects. */
const STAGING = `${OWN_FOLDER}/staging`;
/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/** Is this the key of an object of the target's own, which lies beside the archives as a file? One archive has no place for such. */
export function isOwn(place: Place, keyOrPrefix: string): boolean {
  return place.form === 'folder' && keyOrPrefix.startsWith(`${OWN_FOLDER}/`);
}

/** Below staging nothing is an object. */
export function isStaging(keyOrPrefix: string): boolean {
  return keyOrPrefix === STAGING || keyOrPrefix.startsWith(`${STAGING}/`);
}

function pathOf(place: Place, key: string): string {
  return join(folderOf(place), key);
}

/** One level or all of what lies below a prefix that begins with the own folder; in order. There are few, and they are small. */
export async function listOwn(place: Place, prefix: string, oneLevel: boolean): Promise<ObjectInfo[]> {
  const lines: ObjectInfo[] = [];
  for (const { name, isFolder } of await namesIn(place, prefix)) {
    const key = prefix + name;
    if (isStaging(key)) continue;
    if (!isFolder) {
      const info = await statOwn(place, key);
      if (info !== undefined) lines.push(info);
      continue;
    }
    const below = await listOwn(place, `${key}/`, oneLevel);
    if (oneLevel && below.length > 0) lines.push({ key: `${key}/`, type: 'prefix', sizeBytes: 0 });
    if (!oneLevel) lines.push(...below);
  }
  return lines.sort((left, right) => compareKeys(left.key, right.key));
}

/** Never through a link: one in the place of a folder holds nothing. */
async function namesIn(place: Place, prefix: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    let folder = folderOf(place);
    for (const segment of prefix.split('/').slice(0, -1)) {
      folder = join(folder, segment);
      if (!(await lstat(folder)).isDirectory()) return [];
    }
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** The file of a key; `undefined` for what is none. */
export async function statOwn(place: Place, key: string, options?: StatOptions): Promise<ObjectInfo | undefined> {
  if (isStaging(key)) return undefined;
  try {
    const folders = key.split('/').slice(0, -1);
    for (let depth = 1; depth <= folders.length; depth++) {
      if (!(await lstat(pathOf(place, folders.slice(0, depth).join('/')))).isDirectory()) return undefined;
    }
    const stats = await lstat(pathOf(place, key));
    if (!stats.isFile()) return undefined;
    const info = { key, type: 'file', sizeBytes: stats.size } as const;
    return options?.storedAt === true ? { ...info, storedAtMs: stats.mtimeMs } : info;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Its bytes. @throws TargetError `NOT_FOUND` */
export async function* getOwn(place: Place, key: string): AsyncGenerator<Uint8Array> {
  if ((await statOwn(place, key)) === undefined) throw fault(place, 'NOT_FOUND', 'no such object', 'get', key);
  for await (const piece of createReadStream(pathOf(place, key))) yield piece as Buffer;
}

/** Writes one object as a file that is there as a whole, and durable, or not at all; what was there is replaced, unless `ifAbsent`. */
export async function putOwn(place: Place, staging: string, record: CommitRecord): Promise<void> {
  const { onStep } = place;
  const staged = join(staging, 'own');
  const path = pathOf(place, record.key);
  const file = await open(staged, 'w');
  try {
    await file.writeFile(record.body);
    await file.sync();
  } finally {
    await file.close();
  }
  for (let attempt = 1; ; attempt++) {
    const folders = await makeFolders(dirname(path), { onStep });
    try {
      if (record.ifAbsent === true) await linkIfAbsent(place, record, staged, path);
      else await rename(staged, path);
      await syncMadeFolders(folders, { onStep });
      await syncFolders([dirname(path)], { onStep });
      return;
    } catch (error) {
      // The folder was empty, and another has just removed it.
      const vanished = errorCode(error) === 'ENOENT' && attempt < MAX_ATTEMPTS;
      if (!vanished || (await lstat(staged).catch(() => undefined)) === undefined) throw error;
    }
  }
}

async function linkIfAbsent(place: Place, record: CommitRecord, staged: string, path: string): Promise<void> {
  try {
    await link(staged, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (Buffer.from(record.body).equals(await readFile(path))) return;
    throw fault(place, 'ALREADY_EXISTS', 'the record is taken', 'commit', record.key, { cause: error });
  }
}

/** Removes them, then the folders that became empty. Absent ones are no error. */
export async function deleteOwn(place: Place, keys: readonly string[]): Promise<void> {
  const { own } = ownFolders(place);
  for (const key of keys) {
    if ((await statOwn(place, key)) === undefined) continue;
    const path = pathOf(place, key);
    await unlink(path).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    await syncFolders([dirname(path)], { onStep: place.onStep, ignoreMissing: true });
    const above: string[] = [];
    for (let folder = dirname(path); folder.startsWith(own); folder = dirname(folder)) above.push(folder);
    await removeEmptyFolders(above);
  }
}
