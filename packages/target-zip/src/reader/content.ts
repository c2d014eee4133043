import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import {
  FLAG_DATA_DESCRIPTOR,
  FLAG_ENCRYPTED,
  LOCAL_HEADER_BYTES,
  LOCAL_HEADER_SIGNATURE,
  METHOD_DEFLATED,
  METHOD_STORED,
  ZIP64_MARK_32,
} from '../format/numbers.js';
import type { ArchiveBytes } from './archive-bytes.js';
import { readName } from './entry-name.js';
import type { TableEntry } from './entry-table.js';
import { FormatError } from './format-error.js';

/** Up to here, packed, an entry is read with its header in one read and inflated in one call. */
const ONE_READ_BYTES = 128 * 1024;
/** Up to here, unpacked: a bomb unfolds into pieces, not into memory. */
const ONE_PIECE_BYTES = 1024 * 1024;
/** Pieces of larger entries. */
const PIECE_BYTES = 256 * 1024;
/** Room for the extra fields that local headers usually have; where there are more, one more read fetches the content. */
const USUAL_EXTRA_BYTES = 64;

/** An entry, where it lies, and what may be read for it. */
export interface EntryPlace {
  readonly bytes: ArchiveBytes;
  readonly key: Buffer;
  readonly entry: TableEntry;
  /** No content reaches beyond: here the directory begins. */
  readonly limit: number;
}

/**
 * The content of a file entry, checked: local header against directory before the first byte, size at each byte (a
 * decompression bomb ends at the size that was announced), CRC before the end.
 *
 * @throws FormatError when anything disagrees; the error of the system.
 */
export async function* readContent(place: EntryPlace): AsyncGenerator<Buffer, void, undefined> {
  const { entry } = place;
  if ((entry.flags & FLAG_ENCRYPTED) !== 0) {
    throw new FormatError('unsupported', 'the entry is encrypted', {
      hint: 'Unpack it with the program that made it.',
    });
  }
  if (entry.method !== METHOD_STORED && entry.method !== METHOD_DEFLATED) {
    throw new FormatError('unsupported', `the entry is packed by method ${entry.method}, which is not read here`);
  }
  if (entry.method === METHOD_STORED && entry.packedBytes !== entry.sizeBytes) {
    throw new FormatError('damaged', 'the two sizes of the entry disagree');
  }
  const small = entry.packedBytes <= ONE_READ_BYTES && entry.sizeBytes <= ONE_PIECE_BYTES;
  const { start, following } = await locate(place, small ? entry.packedBytes : 0);
  if (start + entry.packedBytes > place.limit)
    throw new FormatError('damaged', 'the entry reaches beyond the contents');
  const check = contentCheck(entry);
  if (small) {
    const packed =
      following.byteLength >= entry.packedBytes
        ? following.subarray(0, entry.packedBytes)
        : await readExactly(place.bytes, start, entry.packedBytes);
    // What the reader does with its bytes is its own affair: a stored content is copied out of what was read.
    const content = entry.method === METHOD_STORED ? Buffer.from(packed) : inflateWhole(packed, entry.sizeBytes);
    check.add(content);
    check.finish();
    if (content.byteLength > 0) yield content;
    return;
  }
  const packed = readRange(place.bytes, start, start + entry.packedBytes);
  for await (const piece of entry.method === METHOD_STORED ? packed : inflate(packed)) {
    check.add(piece);
    yield piece;
  }
  check.finish();
}

/** Counts bytes and sums them up, against what the directory says. */
function contentCheck(entry: TableEntry): { add(piece: Uint8Array): void; finish(): void } {
  let seenBytes = 0;
  let checksum = 0;
  return {
    add(piece) {
      seenBytes += piece.byteLength;
      if (seenBytes > entry.sizeBytes) throw new FormatError('damaged', 'the entry unpacks to more than it announces');
      checksum = crc32(piece, checksum);
    },
    finish() {
      if (seenBytes !== entry.sizeBytes)
        throw new FormatError('damaged', 'the entry unpacks to less than it announces');
      if (checksum !== entry.crc32) throw new FormatError('damaged', 'the checksum (CRC-32) of the entry is wrong');
    },
  };
}

/**
 * Reads the local header and compares it with the directory: a directory that was damaged or forged may point at the
 * content of another entry.
 *
 * @param followingBytes how many bytes of content to read along with it
 */
async function locate(place: EntryPlace, followingBytes: number): Promise<{ start: number; following: Buffer }> {
  const { entry, key, limit } = place;
  const length = LOCAL_HEADER_BYTES + key.byteLength + 1 + USUAL_EXTRA_BYTES + followingBytes;
  const bytes = await place.bytes.peek(entry.offset, Math.min(length, Math.max(0, limit - entry.offset)));
  if (bytes.byteLength < LOCAL_HEADER_BYTES || bytes.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw new FormatError('damaged', 'the entry does not begin where the directory says');
  }
  const flags = bytes.readUInt16LE(6);
  const nameBytes = bytes.readUInt16LE(26);
  const contentAt = LOCAL_HEADER_BYTES + nameBytes + bytes.readUInt16LE(28);
  const sizesAgree =
    (flags & FLAG_DATA_DESCRIPTOR) !== 0 ||
    (bytes.readUInt32LE(14) === entry.crc32 &&
      agrees(bytes.readUInt32LE(18), entry.packedBytes) &&
      agrees(bytes.readUInt32LE(22), entry.sizeBytes));
  const name = bytes.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes);
  if (flags !== entry.flags || bytes.readUInt16LE(8) !== entry.method || !sizesAgree || !isNamed(name, flags, key)) {
    throw new FormatError('damaged', 'the header of the entry and the directory of the archive disagree');
  }
  return { start: entry.offset + contentAt, following: bytes.subarray(contentAt) };
}

/** A size in the local header; where it stands in 64 bits, the content itself must prove it. */
function agrees(local: number, announced: number): boolean {
  return local === announced || local === ZIP64_MARK_32;
}

/** Is this the name of the key? As it is, or in the encoding that names had before UTF-8. */
function isNamed(nameBytes: Buffer, flags: number, key: Buffer): boolean {
  if (nameBytes.equals(key)) return true;
  const read = readName({ nameBytes, flags, extraFields: [], versionMadeBy: 0, externalAttributes: 0 });
  return Buffer.from(read.key, 'utf8').equals(key);
}

function inflateWhole(packed: Buffer, sizeBytes: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch (error) {
    throw inflateError(error);
  }
}

async function* inflate(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const stream = createInflateRaw({ chunkSize: PIECE_BYTES });
  const feeding = pipeline(Readable.from(packed, { objectMode: false, highWaterMark: PIECE_BYTES }), stream);
  feeding.catch(() => undefined); // What goes wrong comes out of the stream too.
  try {
    for await (const piece of stream) yield piece;
  } catch (error) {
    throw inflateError(error);
  } finally {
    stream.destroy();
    await feeding.catch(() => undefined);
  }
}

/** An error of the system, met while the stream was fed, stays what it is; what zlib refuses is damage. */
function inflateError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return new FormatError('damaged', 'the entry unpacks to more than it announces');
  if (code.startsWith('Z_')) return new FormatError('damaged', 'the entry cannot be unpacked', { cause: error });
  return error;
}

async function* readRange(file: ArchiveBytes, start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
  for (let position = start; position < end; ) {
    const piece = await readExactly(file, position, Math.min(PIECE_BYTES, end - position));
    position += piece.byteLength;
    yield piece;
  }
}

async function readExactly(file: ArchiveBytes, position: number, length: number): Promise<Buffer> {
  const bytes = await file.read(position, length);
  if (bytes.byteLength < length) throw new FormatError('damaged', 'the archive is shorter than its directory says');
  return bytes;
}
