import {
  type BigIntStats,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readlinkSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, type FileSystem } from '../files/index.js';
import { GatheredText } from '../flow/gathered-text.js';
import { copyAside } from './copy-aside.js';
import { flushHome } from './flush-home.js';
import { assertRoom, cannotKeep } from './keep-faults.js';
import { homeAtPlace, homeBelow, makeHome } from './kept-home.js';
import { type After, type Before, beforeOf, itemLine } from './kept-item.js';
import { itemsFile, type KeptSegment, noteHome, recordFolder } from './kept-record.js';
import { filesWrittenNow, inodeKey } from './written-now.js';

/** Behind the name of what is kept of a file: its copy, where the file itself may still be written to. */
export const COPY = '.copy';

/** A file system answers one of these where a file cannot have one more name there: it has none, too many, or not for this user (proc_sys_fs(5), `protected_hardlinks`). */
const NO_LINK: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
]);

/** What a keeper works with. */
export interface KeeperContext {
  readonly stateDirectory: string;
  readonly id: string;
  /** Counted from 0. */
  readonly segment: number;
  /** Real paths of the folders that the items lie below. */
  readonly roots: readonly string[];
  readonly fileSystemOf: (path: string) => Promise<FileSystem>;
  /** How many of a file's names are those that earlier restores have kept it by. */
  readonly ownNames: (stats: BigIntStats) => bigint;
}

/** Something that is about to be changed. */
export interface Keeping {
  /** Its absolute path. */
  readonly location: Buffer;
  /** The top of the file system that it is on. */
  readonly volume: string;
  /** How to reach it now; not looked at where nothing stands. */
  readonly address: Buffer | string;
  readonly stats: BigIntStats | undefined;
  /** Only attributes are changed. */
  readonly isOnlySet: boolean;
  readonly after: After | undefined;
  /** Its extended attributes, where these are changed. */
  readonly xattrs?: Readonly<Record<string, string>> | undefined;
}

/** The top of a file system, and the folder that has what is kept of it, once anything is. */
interface KeptVolume {
  readonly path: string;
  readonly index: number;
  home?: string;
}

/** A file that may be written to by another name, or by a program that has it open. */
interface Shared {
  readonly home: string;
  readonly sizeBytes: bigint;
  readonly isWritten: boolean;
  namesLeft: bigint;
}

/**
 * Keeps what is about to be changed, as one segment of a record. A file gets a second name, which costs nothing: when it is replaced
 * or deleted, that name still has it. A file that could be written to after that is copied, sharing blocks where the file system can.
 * Nothing is changed meanwhile, and nothing kept counts before {@link finish} has made it durable and the record names it.
 */
export class Keeper {
  readonly #context: KeeperContext;
  readonly #volumes = new Map<string, KeptVolume>();
  readonly #homes = new Set<string>();
  readonly #shared = new Map<string, Shared>();
  #written: ReadonlySet<string> | undefined;
  #descriptor: number | undefined;
  readonly #lines: GatheredText<void>;
  #items = 0;
  #bytes = 0;
  /** How many of the items stood there before: all but those that are new. */
  replaced = 0;

  constructor(context: KeeperContext) {
    this.#context = context;
    this.#lines = new GatheredText((bytes) => this.#write(bytes));
  }

  get items(): number {
    return this.#items;
  }

  /** Keeps what stands there, and writes it down. @throws HoldfastError `NOT_KEPT`, `NO_ROOM`; the error of the system. */
  keep(keeping: Keeping): Promise<void> | undefined {
    const copying = this.keepContent(keeping);
    this.note(keeping);
    return copying;
  }

  /** Keeps the content of what stands there, to be written down later. What it gives is to be waited for before anything is changed. */
  keepContent({ location, volume, address, stats, isOnlySet }: Keeping): Promise<void> | undefined {
    if (stats === undefined || isOnlySet || stats.isDirectory()) return undefined;
    try {
      return this.#keepContent(this.#volume(volume), address, stats)?.catch((error: unknown) => {
        throw cannotKeep(location, error);
      });
    } catch (error) {
      throw cannotKeep(location, error);
    }
  }

  /** Writes down what stands there and what comes. */
  note({ location, volume, address, stats, isOnlySet, after, xattrs }: Keeping): void {
    const seen = beforeOf(stats, address, isOnlySet);
    const before: Before = xattrs === undefined || seen.type === 'absent' ? seen : { ...seen, xattrs };
    if (before.type !== 'absent') this.replaced += 1;
    this.#items += 1;
    const common = { ...this.#below(location), volume: this.#volume(volume).index, before };
    this.#lines.add(itemLine(after === undefined ? common : { ...common, after }));
  }

  #volume(path: string): KeptVolume {
    const known = this.#volumes.get(path);
    if (known !== undefined) return known;
    const volume = { path, index: this.#volumes.size };
    this.#volumes.set(path, volume);
    return volume;
  }

  #below(location: Buffer): { readonly root: number; readonly path: Buffer } {
    for (const [root, folder] of this.#context.roots.entries()) {
      const bytes = Buffer.from(folder);
      if (bytes.equals(location)) return { root, path: Buffer.alloc(0) };
      const top = bytes.at(-1) === 0x2f ? bytes : Buffer.concat([bytes, Buffer.from('/')]);
      if (location.subarray(0, top.length).equals(top)) return { root, path: location.subarray(top.length) };
    }
    throw new Error(`nothing is kept outside of the places: ${location.toString()}`);
  }

  #homeOf(volume: KeptVolume, device: bigint): string {
    const { stateDirectory, id, segment } = this.#context;
    const folder = recordFolder(stateDirectory, id);
    if (volume.home !== undefined) return volume.home;
    const isHere = lstatSync(folder, { bigint: true }).dev === device;
    return this.#openHome(
      volume,
      isHere ? homeBelow(dirname(folder), id, segment) : homeAtPlace(volume.path, id, segment),
    );
  }

  /** What is made is written down first: a process that is killed leaves nothing that nobody knows of. */
  #openHome(volume: KeptVolume, path: string): string {
    const { stateDirectory, id } = this.#context;
    if (!this.#homes.has(path)) {
      noteHome(stateDirectory, id, path);
      makeHome(path);
    }
    this.#homes.add(path);
    volume.home = path;
    return path;
  }

  #keepContent(volume: KeptVolume, address: Buffer | string, stats: BigIntStats): Promise<void> | undefined {
    const name = inodeKey(stats);
    const shared = this.#shared.get(name);
    if (shared !== undefined) {
      shared.namesLeft -= 1n;
      return undefined;
    }
    const home = this.#homeOf(volume, stats.dev);
    this.#bytes += Number(stats.size);
    if (stats.isSymbolicLink()) {
      unlessThere(() => symlinkSync(readlinkSync(address, 'buffer'), join(home, name)));
      return undefined;
    }
    this.#written ??= filesWrittenNow();
    const isWritten = this.#written.has(name);
    const namesLeft = stats.nlink - this.#context.ownNames(stats) - 1n;
    const linkedIn = this.#linkInto(volume, home, address, stats);
    if (linkedIn === undefined) {
      const last = volume.home ?? home;
      assertRoom(last, stats.size);
      return copyAside(address, join(last, name + COPY));
    }
    if (namesLeft > 0n || isWritten)
      this.#shared.set(name, { home: linkedIn, sizeBytes: stats.size, isWritten, namesLeft });
    return undefined;
  }

  /** Gives a file one more name, in the home; or in one at its own top, where the state is on what only looks like the same file system. */
  #linkInto(volume: KeptVolume, home: string, address: Buffer | string, stats: BigIntStats): string | undefined {
    try {
      unlessThere(() => linkSync(address, join(home, inodeKey(stats))));
      return home;
    } catch (error) {
      if (!NO_LINK.has(errorCode(error)) || !stats.isFile()) throw error;
      const { id, segment } = this.#context;
      const ownTop = homeAtPlace(volume.path, id, segment);
      if (errorCode(error) !== 'EXDEV' || home === ownTop) return undefined;
      return this.#linkInto(volume, this.#openHome(volume, ownTop), address, stats);
    }
  }

  /** Copies what must not be shared, and makes all durable. @throws HoldfastError `NO_ROOM`; the error of the system. */
  async finish(): Promise<KeptSegment> {
    this.#lines.flush();
    await this.#copyShared();
    for (const path of this.#homes) await flushHome(path, await this.#context.fileSystemOf(path));
    if (this.#descriptor === undefined) this.#write(Buffer.alloc(0));
    if (this.#descriptor !== undefined) {
      fsyncSync(this.#descriptor);
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
    const { roots } = this.#context;
    const volumes = [...this.#volumes.values()].map(({ path, home }) =>
      home === undefined ? { path } : { path, home },
    );
    return { roots, volumes, items: this.#items, bytes: this.#bytes };
  }

  async #copyShared(): Promise<void> {
    const toCopy = [...this.#shared].filter(([, { isWritten, namesLeft }]) => isWritten || namesLeft > 0n);
    for (const home of this.#homes) {
      const here = toCopy.filter(([, shared]) => shared.home === home);
      assertRoom(
        home,
        here.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0n),
      );
      for (const [name] of here) {
        const kept = join(home, name);
        try {
          await copyAside(kept, kept + COPY);
        } catch (error) {
          throw cannotKeep(Buffer.from(kept), error);
        }
      }
    }
  }

  /** Lets everything go. Harmless after {@link finish}. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #write(bytes: Buffer): void {
    const { stateDirectory, id, segment } = this.#context;
    this.#descriptor ??= openSync(itemsFile(stateDirectory, id, segment), 'w', 0o600);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
  }
}

function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
