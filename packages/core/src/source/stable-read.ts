import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { withinReach } from '../files/index.js';

const readAsync = promisify(read);

/** Files up to this size are read whole, in one go. */
export const WHOLE_FILE_BYTES: number = 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

// O_NOFOLLOW: the walk saw a file, so a symlink met now was put there since. O_NONBLOCK: opening a pipe put there must not hang.
export const OPEN_FLAGS: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What a reading of a file gave. */
export interface Reading {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Nothing changed from before the first byte to after the last: not the file, and not which file the name means. */
  readonly stable: boolean;
  /** As seen through the descriptor before the first byte. */
  readonly stats: BigIntStats;
}

/** Thrown out of {@link SourceFile.pieces} when the file changed under the reading and the caller wanted to know. */
export class ChangedWhileRead extends Error {
  override readonly name = 'ChangedWhileRead';
}

/**
 * The file gives more bytes than the file system says it has, and has not grown: files of `/proc`, or a file system in user space that
 * knows no sizes. Where it ends only reading it tells: {@link SourceFile.piecesToEnd}.
 */
export class LongerThanSaid extends Error {
  override readonly name = 'LongerThanSaid';
}

/** The name no longer means a regular file. */
export class NoLongerAFile extends Error {
  override readonly name = 'NoLongerAFile';
}

/**
 * A file opened for reading. It is taken at the size it has when it is opened: what grows is cut there, and what was longer all along is no
 * reading at all. All
 * looks are through the one descriptor, and at the end the name must still mean this very file.
 */
export class SourceFile {
  readonly stats: BigIntStats;
  readonly #location: Buffer;
  readonly #descriptor: number;

  /** @throws the error of the system; {@link NoLongerAFile}. */
  constructor(location: Buffer) {
    this.#location = location;
    this.#descriptor = withinReach(location, (address) => openSync(address, OPEN_FLAGS));
    try {
      this.stats = fstatSync(this.#descriptor, { bigint: true });
      if (!this.stats.isFile()) throw new NoLongerAFile('it is no regular file any more');
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  get sizeBytes(): number {
    return Number(this.stats.size);
  }

  /**
   * Reads all of a small file. What is there is what counts: a file that shrank gives fewer bytes, and is not stable.
   *
   * @throws the error of the system; {@link LongerThanSaid}.
   */
  readWhole(): { bytes: Buffer; reading: Reading } {
    const buffer = Buffer.allocUnsafe(this.sizeBytes);
    let filled = 0;
    while (filled < buffer.length) {
      const count = readSync(this.#descriptor, buffer, filled, buffer.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    this.#assertEnd(filled);
    const bytes = buffer.subarray(0, filled);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const stable = filled === buffer.length && this.#unchanged();
    return { bytes, reading: { sizeBytes: filled, sha256, stable, stats: this.stats } };
  }

  /**
   * The file's bytes from the beginning, in pieces; may be called again. When they end, `done` gets the reading.
   *
   * @param strict throw {@link ChangedWhileRead} at the end if the reading was not stable.
   * @throws the error of the system; {@link LongerThanSaid} behind the last byte that the file was said to have.
   */
  pieces(strict: boolean, done: (reading: Reading) => void): AsyncGenerator<Uint8Array> {
    return this.#read(this.sizeBytes, strict, done);
  }

  /** The same for a file that is {@link LongerThanSaid}: to where nothing comes any more. */
  piecesToEnd(done: (reading: Reading) => void): AsyncGenerator<Uint8Array> {
    return this.#read(Number.POSITIVE_INFINITY, false, done);
  }

  async *#read(endBytes: number, strict: boolean, done: (reading: Reading) => void): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let position = 0;
    while (position < endBytes) {
      const length = Math.min(PIECE_BYTES, endBytes - position);
      const { bytesRead, buffer } = await readAsync(this.#descriptor, Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      yield piece;
    }
    const isToEnd = endBytes === Number.POSITIVE_INFINITY;
    if (!isToEnd) this.#assertEnd(position);
    const stable = (isToEnd || position === endBytes) && this.#unchanged();
    if (strict && !stable) throw new ChangedWhileRead('it changed while it was read');
    done({ sizeBytes: position, sha256: hash.digest('hex'), stable, stats: this.stats });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Asks for one byte more: what a file system says of a size is no reason to leave anything out. A file that has grown shows it. */
  #assertEnd(position: number): void {
    if (position < this.sizeBytes || readSync(this.#descriptor, Buffer.allocUnsafe(1), 0, 1, position) === 0) return;
    if (fstatSync(this.#descriptor, { bigint: true }).size > this.stats.size) return;
    throw new LongerThanSaid(`it gives more than the ${this.sizeBytes} bytes that the file system says it has`);
  }

  #unchanged(): boolean {
    const after = fstatSync(this.#descriptor, { bigint: true });
    if (!sameVersion(this.stats, after)) return false;
    try {
      const named = withinReach(this.#location, (address) => lstatSync(address, { bigint: true }));
      return named.ino === this.stats.ino && named.dev === this.stats.dev;
    } catch {
      return false;
    }
  }
}

/** Equal size and times: nothing was written in between, as far as the file system tells. */
export function sameVersion(left: BigIntStats, right: BigIntStats): boolean {
  return left.size === right.size && left.mtimeNs === right.mtimeNs && left.ctimeNs === right.ctimeNs;
}
