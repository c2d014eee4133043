import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { StepOptions } from '@holdfast/core/files';
import { readUpTo } from '../reader/read-up-to.js';
import { onMedium } from './medium-error.js';

/** A file that is written at given positions. Every method throws a `MediumError` where the system refuses. */
export interface PositionedFile {
  readonly path: string;
  /** All of the bytes, or an error; what part of them was written then does not count. */
  write(bytes: readonly Uint8Array[], position: number): Promise<void>;
  /** Up to `length` bytes, fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  truncate(sizeBytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a new file. */
export async function createFile(path: string, options: StepOptions): Promise<PositionedFile> {
  options.onStep?.({ kind: 'write', path });
  const handle = await onMedium(() => open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  return {
    path,
    write: (bytes, position) =>
      onMedium(() => writeAll(handle, bytes, position, () => options.onStep?.({ kind: 'write', path }))),
    read: (position, length) => onMedium(() => readUpTo(handle, position, length)),
    truncate: (sizeBytes) => onMedium(() => handle.truncate(sizeBytes)),
    async sync() {
      options.onStep?.({ kind: 'sync', path });
      await onMedium(() => handle.sync());
    },
    close: () => onMedium(() => handle.close()),
  };
}

async function writeAll(
  handle: FileHandle,
  bytes: readonly Uint8Array[],
  position: number,
  onWrite: () => void,
): Promise<void> {
  let at = position;
  for (const piece of bytes) {
    for (let written = 0; written < piece.byteLength; ) {
      onWrite();
      const { bytesWritten } = await handle.write(piece, written, piece.byteLength - written, at);
      written += bytesWritten;
      at += bytesWritten;
    }
  }
}
