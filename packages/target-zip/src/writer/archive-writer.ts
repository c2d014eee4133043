import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StepOptions } from '@holdfast/core/files';
import { METHOD_DEFLATED, METHOD_STORED } from '../format/numbers.js';
import { centralHeader, type EntryHead, endRecords, localHeader, localHeaderBytes } from '../format/records.js';
import { sealText } from '../format/seal.js';
import { createFile, type PositionedFile } from './archive-file.js';
import { blocksOf, deflateBlock, shrinks } from './blocks.js';
import { type DirectorySpool, directorySpool } from './directory-spool.js';
import type { PackedContent } from './packing.js';

/** An entry whose content is in memory. */
export interface ArchiveEntry {
  readonly head: EntryHead;
  readonly packed: PackedContent;
}

/**
 * A growing archive. An entry is in it as a whole, header with sizes and CRC before the content, or not at all: whatever
 * fails, the next entry takes its place. Calls may be made side by side; each waits for its turn.
 */
export interface ArchiveWriter {
  readonly path: string;
  /** Entries added so far. */
  readonly entries: number;
  /** Adds an entry whose content is in memory. */
  add(head: EntryHead, packed: PackedContent): Promise<void>;
  /** Adds many of them in one turn, with an outcome for each. */
  addAll(entries: readonly ArchiveEntry[]): Promise<readonly PromiseSettledResult<void>[]>;
  /**
   * Adds an entry whose content comes in pieces, `sizeBytes` in all (the caller sees to that: an iteration that ends without
   * an error was exact). It is written where it will stay, behind the place of its header; the header comes when all is known.
   */
  addPieces(head: EntryHead, sizeBytes: number, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Adds the last entry, writes the directory and flushes all of it. It changes nothing that an earlier call relied on: after
   * a failure more can be added, or it can be called again.
   */
  finish(last?: ArchiveEntry): Promise<void>;
  /** Closes the files. Whatever is still being added fails. */
  close(): Promise<void>;
}

/** Small entries are gathered to writes of this size. */
const GATHER_BYTES = 1024 * 1024;
/** Blocks of a large entry that are deflated at once: as many as Node's pool has threads. */
const BLOCKS_IN_FLIGHT = 4;

/** Begins an archive in `folder`, which is the caller's alone. Throws a `MediumError`, like every call of the writer. */
export async function archiveWriter(folder: string, options: StepOptions): Promise<ArchiveWriter> {
  const file = await createFile(join(folder, 'archive'), options);
  const directory = directorySpool(folder, options);
  const gathered = Buffer.allocUnsafeSlow(GATHER_BYTES);
  let gatheredBytes = 0;
  let fileBytes = 0;
  let tail: Promise<unknown> = Promise.resolve();

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
  const flush = async (): Promise<void> => {
    if (gatheredBytes === 0) return;
    await file.write([gathered.subarray(0, gatheredBytes)], fileBytes);
    fileBytes += gatheredBytes;
    gatheredBytes = 0;
  };

  async function add(head: EntryHead, { content, bytes }: PackedContent): Promise<void> {
    await directory.reserve();
    const header = localHeader(head, content);
    const length = header.byteLength + bytes.byteLength;
    if (gatheredBytes + length > GATHER_BYTES) await flush();
    const offset = fileBytes + gatheredBytes;
    if (length > GATHER_BYTES) {
      await writeOrTakeBack(file, offset, () => file.write([header, bytes], offset));
      fileBytes += length;
    } else {
      gathered.set(header, gatheredBytes);
      gathered.set(bytes, gatheredBytes + header.byteLength);
      gatheredBytes += length;
    }
    directory.add(centralHeader(head, content, offset));
  }

  async function addAll(entries: readonly ArchiveEntry[]): Promise<readonly PromiseSettledResult<void>[]> {
    const outcomes: PromiseSettledResult<void>[] = [];
    for (const { head, packed } of entries) outcomes.push(...(await Promise.allSettled([add(head, packed)])));
    return outcomes;
  }

  async function addPieces(head: EntryHead, sizeBytes: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await directory.reserve();
    await flush();
    const offset = fileBytes;
    const start = offset + localHeaderBytes(head);
    const content = await writeOrTakeBack(file, offset, async () => {
      const written = await writePieces(file, start, sizeBytes, pieces);
      await file.write([localHeader(head, written)], offset);
      return written;
    });
    fileBytes = start + content.packedBytes;
    directory.add(centralHeader(head, content, offset));
  }

  async function finish(last?: ArchiveEntry): Promise<void> {
    await flush();
    await writeOrTakeBack(file, fileBytes, async () => {
      const sizeBytes = await writeEnd(file, fileBytes, directory, last);
      await file.truncate(sizeBytes);
      await file.sync();
    });
  }

  return {
    path: file.path,
    get entries() {
      return directory.entries;
    },
    add: (head, packed) => inTurn(() => add(head, packed)),
    addAll: (entries) => inTurn(() => addAll(entries)),
    addPieces: (head, sizeBytes, pieces) => inTurn(() => addPieces(head, sizeBytes, pieces)),
    finish: (last) => inTurn(() => finish(last)),
    async close() {
      await directory.close();
      await file.close();
    },
  };
}

/** Gives the space back when the writing fails: on a full disk the record may still need it. */
async function writeOrTakeBack<Result>(
  file: PositionedFile,
  sizeBefore: number,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    await file.truncate(sizeBefore).catch(() => undefined);
    throw error;
  }
}

/** Writes a content in blocks from `start` on, deflated if its first block shrinks. */
async function writePieces(
  file: PositionedFile,
  start: number,
  sizeBytes: number,
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ method: number; crc32: number; sizeBytes: number; packedBytes: number }> {
  const waiting: Promise<Uint8Array>[] = [];
  let method: number | undefined;
  let checksum = 0;
  let readBytes = 0;
  let packedBytes = 0;
  const writeFirst = async (): Promise<void> => {
    const bytes = await waiting.shift();
    if (bytes === undefined) return;
    await file.write([bytes], start + packedBytes);
    packedBytes += bytes.byteLength;
  };
  try {
    for await (const block of blocksOf(pieces)) {
      method ??= (await shrinks(block)) ? METHOD_DEFLATED : METHOD_STORED;
      checksum = crc32(block, checksum);
      readBytes += block.byteLength;
      const packed = method === METHOD_STORED ? Promise.resolve(block) : deflateBlock(block, readBytes === sizeBytes);
      packed.catch(() => undefined); // It comes out when its turn has come.
      waiting.push(packed);
      if (waiting.length >= BLOCKS_IN_FLIGHT) await writeFirst();
    }
    while (waiting.length > 0) await writeFirst();
  } finally {
    await Promise.allSettled(waiting); // Nothing goes on behind the caller's back.
  }
  return { method: method ?? METHOD_STORED, crc32: checksum, sizeBytes: readBytes, packedBytes };
}

/** Writes the last entry, the directory and the end from `position` on, and says how long the archive is now. */
async function writeEnd(
  file: PositionedFile,
  position: number,
  directory: DirectorySpool,
  last: ArchiveEntry | undefined,
): Promise<number> {
  let at = position;
  const write = async (...bytes: Uint8Array[]): Promise<void> => {
    await file.write(bytes, at);
    for (const piece of bytes) at += piece.byteLength;
  };
  if (last !== undefined) await write(localHeader(last.head, last.packed.content), last.packed.bytes);
  const directoryOffset = at;
  let checksum = 0;
  const writeLines = async (lines: Buffer): Promise<void> => {
    checksum = crc32(lines, checksum);
    await write(lines);
  };
  for await (const lines of directory.read()) await writeLines(lines);
  if (last !== undefined) await writeLines(centralHeader(last.head, last.packed.content, position));
  const entries = directory.entries + (last === undefined ? 0 : 1);
  const directoryBytes = at - directoryOffset;
  const comment = Buffer.from(sealText({ entries, directoryBytes, crc32: checksum }), 'latin1');
  await write(endRecords({ entries, directoryOffset, directoryBytes, comment }));
  return at;
}
