import type { FileHandle } from 'node:fs/promises';
import { RandomAccessReader } from 'yauzl';

/** The directory of an archive is read in pieces of this size, not in two reads an entry as yauzl by itself does. */
const WINDOW_BYTES = 512 * 1024;

type ReadCallback = (error: Error | null, bytesRead?: number) => void;

/**
 * What yauzl reads an archive's directory through: a window that moves over the file. (A class, because yauzl takes
 * nothing but heirs of its own.) The caller keeps the handle and closes it.
 */
export class WindowReader extends RandomAccessReader {
  /** Where the last read ended: after the last entry, the end of the directory. */
  lastEnd = 0;
  readonly #handle: FileHandle;
  readonly #window: Buffer;
  #start = 0;
  #length = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    super();
    this.#handle = handle;
    this.#window = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, fileBytes));
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: ReadCallback): void {
    this.lastEnd = position + length;
    const deliver = (): void => {
      const start = position - this.#start;
      callback(null, this.#window.copy(buffer, offset, start, Math.min(start + length, this.#length)));
    };
    if (position >= this.#start && position + length <= this.#start + this.#length) deliver();
    else this.#moveTo(position).then(deliver, (error: unknown) => callback(error as Error));
  }

  /** Fills the window from `position`, as far as the file has bytes. No read of yauzl's is longer than it: names, extra fields and comments have at most 64 KiB each. */
  async #moveTo(position: number): Promise<void> {
    this.#start = position;
    this.#length = 0;
    while (this.#length < this.#window.byteLength) {
      const space = this.#window.byteLength - this.#length;
      const { bytesRead } = await this.#handle.read(this.#window, this.#length, space, position + this.#length);
      if (bytesRead === 0) return;
      this.#length += bytesRead;
    }
  }
}
