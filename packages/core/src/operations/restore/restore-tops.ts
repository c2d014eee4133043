import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type FinishFolder,
  type FlushMeans,
  FolderHandle,
  NotAFolder,
  nameOf,
  OpenFolder,
  Volume,
} from '../../destination/index.js';
import { type FileSystem, makeFolders, realPathToBe, syncMadeFolders } from '../../files/index.js';
import type { LocatedEntry } from '../../snapshot/index.js';
import { placePath, type RestorePlace } from './restore-places.js';

const NOTHING: Buffer = Buffer.alloc(0);

/** A place that has been looked at: its folder stands, or, where nothing is to be written, may not. */
interface Ground {
  readonly place: RestorePlace;
  /** Real path, or the path it would have. */
  readonly path: string;
  /** What a lone file is called there: a source that was a symlink stands for what it points to. */
  readonly fileName?: string;
  readonly isAbsent: boolean;
  /** What it was before anything was done in it; `undefined` if it had to be made. */
  readonly before: BigIntStats | undefined;
  readonly volume: Volume;
}

/** How grounds are opened. */
export interface TopsOptions {
  readonly dryRun: boolean;
  readonly fileSystemOf: (path: string) => Promise<FileSystem>;
  readonly flushMeans?: FlushMeans | undefined;
}

/** The folders of the destination that a snapshot's top lies in: one for all of it, or one for each source. */
export class RestoreTops {
  readonly #grounds: readonly Ground[];
  readonly volumes: Volume[];

  private constructor(grounds: readonly Ground[]) {
    this.#grounds = grounds;
    this.volumes = [...new Set(grounds.map(({ volume }) => volume))];
  }

  /**
   * Makes the folders of the places durably, unless nothing is to be written, and opens the file systems they are on.
   *
   * @throws the error of the system; NotAFolder.
   */
  static async open(places: readonly RestorePlace[], options: TopsOptions): Promise<RestoreTops> {
    const grounds: Ground[] = [];
    const volumes = new Map<string, Volume>();
    try {
      for (const place of places) {
        const seen = await prepare(place, options.dryRun);
        const volume = volumes.get(seen.path) ?? (await openVolume(seen, options));
        volumes.set(seen.path, volume);
        grounds.push({ ...seen, place, volume });
      }
      return new RestoreTops(grounds);
    } catch (error) {
      for (const volume of volumes.values()) await volume.close();
      throw error;
    }
  }

  /** The folders of the places, and whether they would have to be made. */
  get folders(): readonly { readonly path: string; readonly isAbsent: boolean }[] {
    return this.#grounds;
  }

  /** Real paths that something may be written to. */
  paths(): string[] {
    return this.#grounds.map(pathOf);
  }

  /**
   * The folder that an entry at the snapshot's top lies in or is; `undefined` if it has no place.
   *
   * @returns `isEntry`: it is the entry itself, and not what it lies in.
   */
  folderFor(
    located: LocatedEntry,
    root: OpenFolder,
    finish: FinishFolder,
  ): { readonly folder: OpenFolder; readonly isEntry: boolean } | undefined {
    const { entry, pathBytes } = located;
    const ground = this.#grounds.find(({ place }) => place.source === undefined || place.source.name === entry.path);
    if (ground === undefined) return undefined;
    const { place, volume } = ground;
    if (place.source === undefined) {
      volume.touch(Buffer.concat([Buffer.from(`${ground.path}/`), pathBytes]));
      return { folder: root, isEntry: false };
    }
    const isFolder = entry.type === 'directory';
    if (place.fileName === undefined && !isFolder) return undefined;
    // A lone file lies at the top, or in a folder that was made for it and is nowhere else.
    if (place.fileName !== undefined && !isFolder && nameOf(located).toString() !== place.fileName) return undefined;
    volume.touch(Buffer.from(pathOf(ground)));
    return { folder: openGround(ground, located, root, finish), isEntry: isFolder };
  }

  /** The folder that everything lies in, or one that nothing lies in where each source has its own. */
  openRoot(finish: FinishFolder): OpenFolder {
    const ground = this.#grounds.find(({ place }) => place.source === undefined);
    const common = { pathBytes: NOTHING, entry: undefined, parent: undefined };
    if (ground === undefined) return new OpenFolder({ ...common, handle: undefined, volume: undefined }, finish);
    const handle = ground.isAbsent ? undefined : FolderHandle.open(ground.path);
    const { isAbsent, volume, path } = ground;
    return new OpenFolder({ ...common, handle, isAbsent, volume, location: Buffer.from(path) }, finish);
  }
}

function openGround(
  ground: Ground,
  { entry, pathBytes }: LocatedEntry,
  root: OpenFolder,
  finish: FinishFolder,
): OpenFolder {
  const { place, fileName, volume, isAbsent } = ground;
  const handle = isAbsent ? undefined : FolderHandle.open(ground.path);
  const common = { pathBytes, parent: root, handle, isAbsent, volume, location: Buffer.from(ground.path) };
  if (place.fileName !== undefined && fileName !== undefined) {
    const onlyFile = { recordedName: Buffer.from(place.fileName), name: Buffer.from(fileName) };
    return new OpenFolder({ ...common, entry: undefined, onlyFile }, finish);
  }
  if (entry.type !== 'directory') throw new TypeError('a folder has the entry of a folder');
  const own = place.isNamed === true ? undefined : entry;
  return new OpenFolder({ ...common, entry: own, before: ground.before }, finish);
}

async function openVolume(
  { path, isAbsent }: Pick<Ground, 'path' | 'isAbsent'>,
  { dryRun, fileSystemOf, flushMeans }: TopsOptions,
): Promise<Volume> {
  const fileSystem = await fileSystemOf(path);
  return dryRun || isAbsent ? Volume.forLooking(path, fileSystem) : Volume.open(path, fileSystem, flushMeans);
}

function pathOf({ path, fileName }: Pick<Ground, 'path' | 'fileName'>): string {
  return fileName === undefined ? path : join(path, fileName);
}

/** Looks at a place's folder, and makes it with its parents if it is missing and something is to be written. */
async function prepare(place: RestorePlace, dryRun: boolean): Promise<Omit<Ground, 'volume'>> {
  const { folder, fileName } = resolveLink(place);
  const common = { place, ...(fileName === undefined ? {} : { fileName }) };
  if (dryRun && lstatSync(folder, { throwIfNoEntry: false }) === undefined)
    return { ...common, path: await realPathToBe(folder), isAbsent: true, before: undefined };
  const made = dryRun ? undefined : await makeFolders(folder);
  if (made !== undefined) await syncMadeFolders(made);
  const path = realpathSync.native(folder);
  if (!statSync(path).isDirectory()) throw new NotAFolder(`${path} is no folder`);
  const stood = made === undefined || made.made.length === 0;
  return { ...common, path, isAbsent: false, before: stood ? statSync(path, { bigint: true }) : undefined };
}

/** A lone file that is a symlink now, as it may have been when it was named as a source, stands for what it points to. */
function resolveLink(place: RestorePlace): Pick<RestorePlace, 'folder' | 'fileName'> {
  if (place.fileName === undefined) return place;
  const path = placePath(place);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return place;
  try {
    const real = realpathSync.native(path);
    return { folder: dirname(real), fileName: basename(real) };
  } catch {
    // It points to nothing: the link itself is replaced.
    return place;
  }
}
