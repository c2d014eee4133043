import { type BigIntStats, closeSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type FolderHandle, type FolderTrail, lookAt, nameOf, type OpenFolder } from '../../destination/index.js';
import { readOpenXattrs, xattrTools } from '../../files/index.js';
import type { After, Keeper } from '../../kept/index.js';
import { type Entry, linkTargetBytesOf } from '../../snapshot/index.js';
import { type Deletion, isAsListed } from './deletion-list.js';

/** A name in a folder of the destination. */
export interface PlannedPlace {
  readonly handle: FolderHandle | undefined;
  /** The absolute path of the folder. */
  readonly folder: Buffer;
  /** The top of its file system, or where that would be. */
  readonly volume: string;
  readonly name: Buffer;
}

/**
 * Is told by a dry run what the restore will change, in the order in which it would, and has it kept. Nothing is changed before all is told.
 */
export class RestorePlanner {
  readonly #keeper: Keeper;
  /** The top of a file system, which may have to be made: then the folder that stands above it. */
  readonly #topOf: (volume: string) => string;
  /** Bytes that will be written. */
  bytesToWrite = 0;

  constructor(keeper: Keeper, topOf: (volume: string) => string) {
    this.#keeper = keeper;
    this.#topOf = topOf;
  }

  /**
   * A file or link comes, and what stands there goes. What it gives is to be waited for, where it gives anything.
   *
   * @param isCleared a folder stands there, and is deleted first: of that it has been told.
   */
  comes(
    place: PlannedPlace,
    stats: BigIntStats | undefined,
    entry: Entry,
    isCleared = false,
  ): Promise<void> | undefined {
    if (entry.type === 'file') this.bytesToWrite += entry.sizeBytes;
    if (isCleared) return undefined;
    return this.#keeper.keep({ ...this.#at(place), stats, isOnlySet: false, after: afterEntry(entry) });
  }

  /** A file or link stays, and gets attributes. @param descriptor open to the file where its extended attributes are to change. */
  async isSet(place: PlannedPlace, stats: BigIntStats, entry: Entry, descriptor?: number): Promise<void> {
    const xattrs = descriptor === undefined ? undefined : await this.#xattrsOf(descriptor);
    this.#keeper.note({ ...this.#at(place), stats, isOnlySet: true, after: afterEntry(entry), xattrs });
  }

  /** The content of a file or link whose name a folder gets; it is written down with the folder. */
  makesWay(place: PlannedPlace, stats: BigIntStats): Promise<void> | undefined {
    return this.#keeper.keepContent({ ...this.#at(place), stats, isOnlySet: false, after: undefined });
  }

  /** A folder is made, or stays and gets attributes. @param stood what had its name, if anything. */
  folder(folder: OpenFolder, stood: BigIntStats | undefined, xattrs?: Readonly<Record<string, string>>): void {
    const { parent, entry, volume, handle } = folder.place;
    const location = folder.location;
    const above = parent?.place.handle;
    const address = handle?.address ?? above?.child(nameOf(folder)) ?? location;
    this.#keeper.note({
      location,
      volume: this.#topOf(volume?.path ?? ''),
      address,
      stats: stood,
      isOnlySet: false,
      after: afterEntry(entry),
      xattrs,
    });
  }

  /**
   * Something is deleted, if it is still what was listed: what is not, stays.
   *
   * @param names from a folder that stands to the thing itself.
   * @param isCleared something else gets its name.
   */
  goes(
    from: { readonly folder: string },
    names: readonly Buffer[],
    trail: FolderTrail,
    listed: Deletion,
    isCleared: boolean,
  ): Promise<void> | undefined {
    const name = names.at(-1);
    const address = name === undefined ? undefined : trail.find(names.slice(0, -1), name);
    const stats = address && lstatSync(address, { bigint: true, throwIfNoEntry: false });
    if (address === undefined || stats === undefined || !isAsListed(stats, listed)) return undefined;
    const location = Buffer.concat([Buffer.from(from.folder), ...names.flatMap((one) => [Buffer.from('/'), one])]);
    const volume = topOfDevice(from.folder, location, stats.dev);
    const after = isCleared ? undefined : ({ type: 'absent' } as const);
    return this.#keeper.keep({ location, volume, address, stats, isOnlySet: false, after });
  }

  /** A folder that leads to the destination is made. */
  ancestor(path: string, volume: string): void {
    const at = { location: Buffer.from(path), volume: this.#topOf(volume), address: path };
    this.#keeper.note({ ...at, stats: undefined, isOnlySet: false, after: undefined });
  }

  async xattrsOf(handle: FolderHandle): Promise<Readonly<Record<string, string>> | undefined> {
    const descriptor = handle.openToFlush();
    if (descriptor === undefined) return undefined;
    try {
      return await this.#xattrsOf(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  async #xattrsOf(descriptor: number): Promise<Readonly<Record<string, string>> | undefined> {
    if (!xattrTools().canRead) return undefined;
    const [found] = await readOpenXattrs([descriptor]);
    return found;
  }

  #at({ handle, folder, volume, name }: PlannedPlace): { location: Buffer; volume: string; address: Buffer } {
    const location = Buffer.concat([folder, Buffer.from('/'), name]);
    return { location, volume: this.#topOf(volume), address: handle?.child(name) ?? location };
  }
}

/** A name in a folder that entries are met in. */
export function plannedPlace(folder: OpenFolder, name: Buffer): PlannedPlace {
  const { handle, volume } = folder.place;
  return { handle, folder: folder.location, volume: volume?.path ?? '', name };
}

/** What stands there just now. */
export function standsAt({ handle, name }: PlannedPlace): BigIntStats | undefined {
  return handle === undefined ? undefined : lookAt(handle, name);
}

/** The highest folder on the way down to a path that is on this device, as the path itself is. */
function topOfDevice(folder: string, location: Buffer, device: bigint): string {
  let top = folder;
  for (const name of location.toString('utf8').slice(folder.length).split('/').filter(Boolean)) {
    if (lstatSync(top, { bigint: true, throwIfNoEntry: false })?.dev === device) return top;
    top = join(top, name);
  }
  return folder;
}

function afterEntry(entry: Entry | undefined): After | undefined {
  if (entry === undefined) return undefined;
  if (entry.type === 'file') return { type: 'file', sizeBytes: entry.sizeBytes, mtimeNs: entry.mtimeNs };
  if (entry.type === 'directory') return { type: 'directory', mtimeNs: entry.mtimeNs };
  return { type: 'symlink', linkTarget: linkTargetBytesOf(entry).toString('base64') };
}
