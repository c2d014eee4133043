import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
} from 'node:fs';
import { errorCode } from '../files/index.js';

/** Linux names what a descriptor has open (proc(5), `/proc/pid/fd`): a path below it cannot be led astray by a swapped folder. */
const DESCRIPTOR_PATHS = '/proc/self/fd';
const SLASH = Buffer.from('/');
const FOLDER_FLAGS = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Something else than a folder stands where a folder should be. */
export class NotAFolder extends Error {
  override readonly name = 'NotAFolder';
}

/**
 * A folder of the destination, held so that nobody who can write there can make a restore write elsewhere. On Linux it is
 * an open descriptor and what lies in it is addressed through that; elsewhere Node has no such way: there the folder's
 * real path is compared before each use, which a quick attacker inside the destination can still win.
 */
export class FolderHandle {
  /** Where it is, for messages. */
  readonly path: Buffer;
  /** Did it stand before? */
  readonly stood: boolean;
  readonly #descriptor: number | undefined;
  readonly #realPath: string | undefined;
  /** Its mode, where that had to be changed to open it. */
  readonly #closedMode: bigint | undefined;

  private constructor(path: Buffer, stood: boolean, { descriptor, closedMode }: Opened) {
    this.path = path;
    this.stood = stood;
    this.#descriptor = descriptor;
    this.#closedMode = closedMode;
    this.#realPath = descriptor === undefined ? realpathSync.native(path) : undefined;
  }

  /** Opens a folder that the user has named; symlinks on the way to it are the user's. */
  static open(path: string | Buffer): FolderHandle {
    const real = realpathSync.native(path, { encoding: 'buffer' });
    return new FolderHandle(real, true, openFolder(real));
  }

  /** How a thing of this name in the folder is addressed. @throws {@link NotAFolder} if the folder is no longer where it was. */
  child(name: Buffer): Buffer {
    if (this.#descriptor !== undefined)
      return Buffer.concat([Buffer.from(`${DESCRIPTOR_PATHS}/${this.#descriptor}/`), name]);
    if (realpathSync.native(this.path) !== this.#realPath)
      throw new NotAFolder('its folder was moved or replaced meanwhile');
    return Buffer.concat([this.path, SLASH, name]);
  }

  /**
   * Enters a folder in this one, and makes it if it is missing.
   *
   * @throws {@link NotAFolder} if a file or a symlink has its name; the error of the system.
   */
  enter(name: Buffer): FolderHandle {
    const address = this.child(name);
    const path = Buffer.concat([this.path, SLASH, name]);
    let stood = false;
    try {
      mkdirSync(address, { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      stood = true;
    }
    if (!lstatSync(address).isDirectory()) throw new NotAFolder('something that is no folder has its name');
    return new FolderHandle(path, stood, openFolder(address));
  }

  /**
   * Enters a folder in this one, if it is there.
   *
   * @throws {@link NotAFolder} if a file or a symlink has its name; the error of the system.
   */
  enterIfThere(name: Buffer): FolderHandle | undefined {
    const address = this.child(name);
    const seen = lstatSync(address, { throwIfNoEntry: false });
    if (seen === undefined) return undefined;
    if (!seen.isDirectory()) throw new NotAFolder('something that is no folder has its name');
    return new FolderHandle(Buffer.concat([this.path, SLASH, name]), true, openFolder(address));
  }

  /** What the folder is now: its mode and times, and which folder of which file system. */
  stats(): BigIntStats {
    return this.#descriptor === undefined
      ? lstatSync(this.path, { bigint: true })
      : fstatSync(this.#descriptor, { bigint: true });
  }

  /** What it was before it was opened: its own mode may have closed it. */
  statsBefore(): BigIntStats {
    const stats = this.stats();
    if (this.#closedMode !== undefined) stats.mode = this.#closedMode;
    return stats;
  }

  /** Gives it back the mode that closed it, where it had to be opened. */
  closeAgain(): void {
    if (this.#closedMode !== undefined) chmodSync(this.address, Number(this.#closedMode & 0o7777n));
  }

  /** An address of the folder itself, for its mode and times. */
  get address(): string | Buffer {
    return this.#descriptor === undefined ? this.path : `${DESCRIPTOR_PATHS}/${this.#descriptor}`;
  }

  /** A further descriptor of the folder, to flush it with; `undefined` where the system has none for folders. */
  openToFlush(): number | undefined {
    if (process.platform === 'win32') return undefined;
    try {
      return openSync(this.address, 'r');
    } catch (error) {
      if (errorCode(error) !== 'EACCES' || this.#descriptor === undefined) throw error;
      // It has the mode again that closes it to its owner.
      const { mode } = fstatSync(this.#descriptor);
      chmodSync(this.address, (mode & 0o7777) | 0o400);
      try {
        return openSync(this.address, 'r');
      } finally {
        chmodSync(this.address, mode & 0o7777);
      }
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }
}

interface Opened {
  readonly descriptor?: number;
  readonly closedMode?: bigint;
}

function openFolder(address: Buffer): Opened {
  if (process.platform !== 'linux' || !existsSync(DESCRIPTOR_PATHS)) return {};
  try {
    const opened = openUnclosed(address);
    if (fstatSync(opened.descriptor).isDirectory()) return opened;
    closeSync(opened.descriptor);
    throw new NotAFolder('something that is no folder has its name');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP' || code === 'ENOTDIR')
      throw new NotAFolder('something that is no folder has its name', { cause: error });
    throw error;
  }
}

/** A folder that its own mode closes to its owner is opened all the same: the owner may change the mode. It is given back at the end. */
function openUnclosed(address: Buffer): Opened & { readonly descriptor: number } {
  try {
    return { descriptor: openSync(address, FOLDER_FLAGS) };
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    const { mode: closedMode } = lstatSync(address, { bigint: true });
    if (!openToOwner(address, 0o700)) throw error;
    return { descriptor: openSync(address, FOLDER_FLAGS), closedMode };
  }
}

/** A descriptor that only says which file is meant, not its content: open(2), `O_PATH`; Node has no name for it. */
const PATH_ONLY = 0o10000000;

/**
 * Gives the owner of a file or folder these rights in it, where this process is that owner and the system is Linux; follows no
 * link. The mode it should have is the caller's to set, later.
 *
 * @returns false where that could not be done.
 */
export function openToOwner(address: Buffer, mode: number): boolean {
  if (process.platform !== 'linux' || !existsSync(DESCRIPTOR_PATHS)) return false;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(address, PATH_ONLY | (constants.O_NOFOLLOW ?? 0));
    const stats = fstatSync(descriptor);
    if (stats.isSymbolicLink() || stats.uid !== process.getuid?.() || (stats.mode & mode) === mode) return false;
    chmodSync(`${DESCRIPTOR_PATHS}/${descriptor}`, (stats.mode & 0o7777) | mode);
    return true;
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
