import { join } from 'node:path';
import type { StepOptions } from '@holdfast/core/files';
import { createFile, type PositionedFile } from './archive-file.js';

/** The directory of a growing archive: in memory while it is short, beyond that in a file, so that a million entries cost no memory. */
export interface DirectorySpool {
  readonly entries: number;
  readonly sizeBytes: number;
  /** Makes room for one more line. May write to the disk; changes nothing if that fails. */
  reserve(): Promise<void>;
  /** Adds the line of one entry. Cannot fail after {@link reserve}. */
  add(line: Buffer): void;
  /** All lines so far, in pieces. May be read again and again. */
  read(): AsyncIterable<Buffer>;
  /** Closes the file. It goes with the folder. */
  close(): Promise<void>;
}

/** This much is kept in memory. */
const MEMORY_BYTES = 1024 * 1024;

/** @param folder where the file is made when it is needed */
export function directorySpool(folder: string, options: StepOptions): DirectorySpool {
  let lines: Buffer[] = [];
  let linesBytes = 0;
  let file: PositionedFile | undefined;
  let fileBytes = 0;
  let entries = 0;
  return {
    get entries() {
      return entries;
    },
    get sizeBytes() {
      return fileBytes + linesBytes;
    },
    async reserve() {
      if (linesBytes < MEMORY_BYTES) return;
      file ??= await createFile(join(folder, 'directory'), options);
      const written = Buffer.concat(lines);
      await file.write([written], fileBytes);
      fileBytes += written.byteLength;
      lines = [];
      linesBytes = 0;
    },
    add(line) {
      lines.push(line);
      linesBytes += line.byteLength;
      entries += 1;
    },
    async *read() {
      for (let position = 0; file !== undefined && position < fileBytes; ) {
        const piece = await file.read(position, Math.min(MEMORY_BYTES, fileBytes - position));
        position += piece.byteLength;
        yield piece;
      }
      if (linesBytes > 0) yield Buffer.concat(lines);
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}
