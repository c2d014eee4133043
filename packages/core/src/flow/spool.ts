import { createHash, type Hash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectSource } from '../target/index.js';
import { GatheredText } from './gathered-text.js';

/** Up to here a spool stays in memory, unless its maker says otherwise. */
const MEMORY_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
/** Small appends are gathered to this size, so that a manifest of many lines is not one write a line. */
const GATHER_BYTES = 64 * 1024;

/** Where a file without a name can be opened again through the descriptor that holds it (proc(5), "/proc/pid/fd/"), in every thread of the process. */
const OPEN_AGAIN = '/proc/self/fd';

/** All bytes of a spool, as they can be read at any place. */
export type HeldBytes = { readonly bytes: Uint8Array } | { readonly path: string };

export interface SpoolOptions {
  /** {@link Spool.held} will be asked for: beyond memory the file has a path then. */
  readonly byPath?: boolean | undefined;
  /** The path is a name, also where there is a way without one. */
  readonly keepsName?: boolean | undefined;
  /** Up to here it stays in memory; 8 MiB where it is left out. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Bytes that are written once and then read any number of times: in memory while they are few, in a temporary file
 * beyond. On systems that allow it the file has no name while it is in use, so that a killed process leaves nothing.
 */
export class Spool {
  readonly #hash: Hash = createHash('sha256');
  #memory: Uint8Array[] = [];
  #memoryBytes = 0;
  #file: FileHandle | undefined;
  /** What goes with {@link close}. */
  #path: string | undefined;
  readonly #byPath: boolean;
  readonly #keepsName: boolean;
  readonly #memoryLimit: number;
  #fileBytes = 0;
  /** The last write to the file; each waits for the one before it. */
  #writing: Promise<void> = Promise.resolve();
  #sha256: string | undefined;
  readonly #text = new GatheredText((bytes) => this.#take(bytes));

  constructor({
    byPath = false,
    keepsName = byPath && !existsSync(OPEN_AGAIN),
    memoryBytes = MEMORY_BYTES,
  }: SpoolOptions = {}) {
    this.#memoryLimit = memoryBytes;
    this.#byPath = byPath;
    this.#keepsName = keepsName;
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    this.#text.flush();
    return this.#takenBytes;
  }

  get #takenBytes(): number {
    return this.#fileBytes + this.#memoryBytes;
  }

  /**
   * Adds bytes, in the order of the calls: a caller may add more before an earlier call has resolved. The array is kept, and
   * must not be used again.
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.#text.flush();
    await this.#take(bytes);
  }

  /** Adds text in UTF-8. The promise, where there is one, is for back-pressure and for errors of the disk. */
  appendText(text: string): Promise<void> | undefined {
    return this.#text.add(text);
  }

  #take(bytes: Uint8Array): Promise<void> | undefined {
    this.#hash.update(bytes);
    this.#memory.push(bytes);
    this.#memoryBytes += bytes.byteLength;
    return this.#takenBytes <= this.#memoryLimit || this.#memoryBytes < GATHER_BYTES ? undefined : this.#writeOut();
  }

  #writeOut(): Promise<void> {
    // Taken out of memory before anything is awaited: what is added meanwhile must not be written twice.
    const gathered = Buffer.concat(this.#memory);
    const position = this.#fileBytes;
    this.#memory = [];
    this.#memoryBytes = 0;
    this.#fileBytes += gathered.byteLength;
    this.#writing = this.#writing.then(() => this.#spill(gathered, position));
    // Whoever reads meets the error of a write that nobody waited for.
    this.#writing.catch(() => undefined);
    return this.#writing;
  }

  /** SHA-256 of all that was written, hex. No more can be added after it. */
  get sha256(): string {
    this.#text.flush();
    this.#sha256 ??= this.#hash.digest('hex');
    return this.#sha256;
  }

  /** The bytes as a source for a put. */
  get source(): ObjectSource {
    return { sizeBytes: this.sizeBytes, open: () => this.read() };
  }

  /**
   * The bytes from `start` to before `end`; all of them where these are left out. Call it when every `append` has resolved.
   */
  async *read(start: number = 0, end: number = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    this.#text.flush();
    await this.#writing;
    const fileEnd = Math.min(this.#fileBytes, end);
    for (let position = start; this.#file !== undefined && position < fileEnd; ) {
      const length = Math.min(READ_BYTES, fileEnd - position);
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) throw new Error('the temporary file was cut short by someone else');
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
    }
    let position = this.#fileBytes;
    for (const piece of this.#memory) {
      const part = piece.subarray(Math.max(0, start - position), Math.max(0, end - position));
      if (part.byteLength > 0) yield part;
      position += piece.byteLength;
    }
  }

  /** All bytes, until it is closed: in memory while they are few, else a private file. Call it when every `append` has resolved; nothing can be added after it. */
  async held(): Promise<HeldBytes> {
    if (!this.#byPath) throw new Error('the spool was not made to be held by its path');
    this.#text.flush();
    await this.#writing;
    if (this.#file === undefined) return { bytes: Buffer.concat(this.#memory) };
    if (this.#memoryBytes > 0) await this.#writeOut();
    return { path: this.#keepsName ? join(this.#path ?? '', FILE_NAME) : `${OPEN_AGAIN}/${this.#file.fd}` };
  }

  /** Frees memory and disk. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    this.#memory = [];
    this.#memoryBytes = 0;
    await this.#file?.close();
    this.#file = undefined;
    if (this.#path !== undefined) await rm(this.#path, { force: true, recursive: true });
  }

  async #spill(bytes: Buffer, position: number): Promise<void> {
    this.#file ??= await this.#create();
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
  }

  async #create(): Promise<FileHandle> {
    // For its owner alone (mkdtemp(3)).
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-spool-'));
    this.#path = folder;
    const file = await open(join(folder, FILE_NAME), constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    // Windows keeps the name of an open file: there it goes with `close`.
    if (process.platform !== 'win32' && !this.#keepsName) {
      await rm(folder, { recursive: true });
      this.#path = undefined;
    }
    return file;
  }
}

const FILE_NAME = 'spooled';
