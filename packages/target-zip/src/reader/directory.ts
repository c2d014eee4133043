import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { CENTRAL_HEADER_BYTES, END_SIGNATURE, ZIP64_END_SIGNATURE } from '../format/numbers.js';
import { type DirectorySeal, readSeal } from '../format/seal.js';
import { readName } from './entry-name.js';
import { type EntryTable, tableBuilder } from './entry-table.js';
import { FormatError } from './format-error.js';
import { WindowReader } from './window-reader.js';

/** The directory of an archive, as far as it can be read. */
export interface ArchiveDirectory {
  readonly table: EntryTable;
  /** Where the directory begins: no content reaches beyond. */
  readonly offset: number;
  /** Entries that cannot be objects, the first by name. What can be read of the others is in the table. */
  readonly refused: { readonly name: string; readonly fault: string; readonly count: number } | undefined;
  /**
   * The archive has a seal, and its directory is not the one that was sealed: something was damaged or changed. Each
   * content that can be read still proves itself, but nothing is surely absent.
   */
  readonly brokenSeal: boolean;
}

const CHECKSUM_PIECE_BYTES = 1024 * 1024;
const CUT = 'Copy it again from where it came from; `zip -FF` can rescue what is left of it.';

/**
 * Reads the directory of an archive with yauzl.
 *
 * @throws FormatError if it is no zip archive, is cut off, or its directory cannot be followed; the error of the system.
 */
export async function readDirectory(handle: FileHandle): Promise<ArchiveDirectory> {
  const { size } = await handle.stat();
  const reader = new WindowReader(handle, size);
  try {
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
    const zip = await fromRandomAccessReaderPromise(reader, size, options);
    return await readEntries(handle, reader, zip);
  } catch (error) {
    throw formatErrorFrom(error);
  }
}

async function readEntries(handle: FileHandle, reader: WindowReader, zip: ZipFile): Promise<ArchiveDirectory> {
  const offset = Number(zip.readEntryCursor);
  if (zip.entryCount * CENTRAL_HEADER_BYTES > zip.fileSize - offset) {
    throw new FormatError('damaged', 'the archive announces more entries than it has room for', { hint: CUT });
  }
  const builder = tableBuilder(zip.entryCount);
  let refused: ArchiveDirectory['refused'];
  reader.lastEnd = offset;
  for await (const entry of zip.eachEntry()) {
    const read = readName({
      nameBytes: entry.fileNameRaw,
      flags: entry.generalPurposeBitFlag,
      extraFields: entry.extraFields,
      versionMadeBy: entry.versionMadeBy,
      externalAttributes: entry.externalFileAttributes,
    });
    if (read.fault === undefined) {
      builder.add(Buffer.from(read.key, 'utf8'), { ...contentOf(entry), kind: read.kind });
    } else {
      refused =
        refused === undefined
          ? { name: read.key, fault: read.fault, count: 1 }
          : { ...refused, count: refused.count + 1 };
    }
  }
  const end = reader.lastEnd;
  await assertEndsHere(handle, end);
  const seal = readSeal(zip.comment.toString());
  const brokenSeal = seal !== undefined && !(await matches(seal, handle, zip.entryCount, offset, end));
  return { table: builder.build(), offset, refused, brokenSeal };
}

function contentOf(entry: Entry): Omit<ReturnType<EntryTable['entryAt']>, 'kind'> {
  return {
    sizeBytes: entry.uncompressedSize,
    packedBytes: entry.compressedSize,
    crc32: entry.crc32,
    method: entry.compressionMethod,
    flags: entry.generalPurposeBitFlag,
    offset: entry.relativeOffsetOfLocalHeader,
  };
}

/** A count that was changed to a smaller one would hide entries: after the last must come what ends a directory. */
async function assertEndsHere(handle: FileHandle, end: number): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, end);
  const signature = bytesRead === 4 ? buffer.readUInt32LE(0) : 0;
  if (signature === END_SIGNATURE || signature === ZIP64_END_SIGNATURE) return;
  throw new FormatError('damaged', 'the directory of the archive does not end where it says', { hint: CUT });
}

async function matches(
  seal: DirectorySeal,
  handle: FileHandle,
  entries: number,
  start: number,
  end: number,
): Promise<boolean> {
  if (seal.entries !== entries || seal.directoryBytes !== end - start) return false;
  const piece = Buffer.allocUnsafe(Math.min(CHECKSUM_PIECE_BYTES, end - start));
  let checksum = 0;
  for (let position = start; position < end; ) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.byteLength, end - position), position);
    if (bytesRead === 0) return false;
    checksum = crc32(piece.subarray(0, bytesRead), checksum);
    position += bytesRead;
  }
  return checksum === seal.crc32;
}

/** What yauzl says, in the words of this package. An error of the system stays what it is. */
export function formatErrorFrom(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof FormatError || 'errno' in error) return error;
  const { message } = error;
  if (message.includes('multi-disk')) {
    return new FormatError('unsupported', 'the archive is one part of several', {
      cause: error,
      hint: 'Join its parts first.',
    });
  }
  if (message.includes('strong encryption')) {
    return new FormatError('unsupported', 'the archive is encrypted', {
      cause: error,
      hint: 'Unpack it with the program that made it.',
    });
  }
  if (message.includes('signature not found')) {
    return new FormatError('damaged', 'the file is no zip archive, or its end is missing', { cause: error, hint: CUT });
  }
  if (message.includes('comment length')) {
    return new FormatError('damaged', 'the file does not end where the archive says', { cause: error, hint: CUT });
  }
  return new FormatError('damaged', 'the directory of the archive cannot be read', { cause: error, hint: CUT });
}
