import {
  CENTRAL_HEADER_BYTES,
  CENTRAL_HEADER_SIGNATURE,
  END_BYTES,
  END_SIGNATURE,
  EXTRA_TIME,
  EXTRA_ZIP64,
  FLAG_UTF8,
  HOST_UNIX,
  LOCAL_HEADER_BYTES,
  LOCAL_HEADER_SIGNATURE,
  METHOD_DEFLATED,
  TYPE_FOLDER,
  TYPE_MASK,
  ZIP64_END_BYTES,
  ZIP64_END_SIGNATURE,
  ZIP64_LOCATOR_BYTES,
  ZIP64_LOCATOR_SIGNATURE,
  ZIP64_MARK_16,
  ZIP64_MARK_32,
} from './numbers.js';
import { dosDateTime, fitsExtendedTime } from './times.js';

/** What an entry is called and looks like, known before its content is read. */
export interface EntryHead {
  /** In UTF-8; of a folder with its closing `/`. At most 65,535 bytes. */
  readonly name: Uint8Array;
  /** Type and permission bits, as in `st_mode`. */
  readonly unixMode: number;
  /** Modification time, whole seconds since 1970. */
  readonly mtimeSeconds: number;
  /** Sizes stand in 64-bit fields, in both headers. Decided before the content is read, since the header's place is kept free. */
  readonly zip64: boolean;
}

/** What is known of the content when all of it has been read. */
export interface EntryContent {
  readonly method: number;
  readonly crc32: number;
  readonly sizeBytes: number;
  readonly packedBytes: number;
}

const VERSION_STORED = 10;
const VERSION_DEFLATED = 20;
const VERSION_ZIP64 = 45;
const TIME_EXTRA_BYTES = 9;
const ZIP64_SIZES_BYTES = 20;
/** MS-DOS attributes, the low byte of the external attributes. */
const DOS_FOLDER = 0x10;
const DOS_READ_ONLY = 0x01;
const OWNER_WRITE = 0o200;

/** Length of the local header of an entry, name and extra fields included. */
export function localHeaderBytes(head: EntryHead): number {
  return LOCAL_HEADER_BYTES + head.name.byteLength + timeExtra(head).byteLength + (head.zip64 ? ZIP64_SIZES_BYTES : 0);
}

/** The header before an entry's content. Sizes and CRC stand in it: no data descriptor follows, so it can be read as a stream. */
export function localHeader(head: EntryHead, content: EntryContent): Buffer {
  const extra = Buffer.concat([
    timeExtra(head),
    head.zip64 ? zip64Extra([content.sizeBytes, content.packedBytes]) : EMPTY,
  ]);
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  header.writeUInt32LE(LOCAL_HEADER_SIGNATURE, 0);
  writeShared(header, 4, head, content, head.zip64 ? VERSION_ZIP64 : versionNeeded(head, content));
  header.writeUInt16LE(extra.byteLength, 28);
  return Buffer.concat([header, head.name, extra]);
}

/** The entry's line in the central directory. `offset`: where its local header begins. */
export function centralHeader(head: EntryHead, content: EntryContent, offset: number): Buffer {
  const farAway = offset >= ZIP64_MARK_32;
  const values = head.zip64 ? [content.sizeBytes, content.packedBytes] : [];
  if (farAway) values.push(offset);
  const extra = Buffer.concat([timeExtra(head), values.length > 0 ? zip64Extra(values) : EMPTY]);
  const version = values.length > 0 ? VERSION_ZIP64 : versionNeeded(head, content);
  const header = Buffer.alloc(CENTRAL_HEADER_BYTES);
  header.writeUInt32LE(CENTRAL_HEADER_SIGNATURE, 0);
  header.writeUInt16LE((HOST_UNIX << 8) | VERSION_ZIP64, 4);
  writeShared(header, 6, head, content, version);
  header.writeUInt16LE(extra.byteLength, 30);
  header.writeUInt32LE(externalAttributes(head), 38);
  header.writeUInt32LE(farAway ? ZIP64_MARK_32 : offset, 42);
  return Buffer.concat([header, head.name, extra]);
}

/** What ends an archive. Zip64 records are in it only when a number needs them. */
export function endRecords(end: {
  readonly entries: number;
  readonly directoryOffset: number;
  readonly directoryBytes: number;
  readonly comment: Uint8Array;
}): Buffer {
  const { entries, directoryOffset, directoryBytes, comment } = end;
  const short = Buffer.alloc(END_BYTES);
  short.writeUInt32LE(END_SIGNATURE, 0);
  short.writeUInt16LE(Math.min(entries, ZIP64_MARK_16), 8);
  short.writeUInt16LE(Math.min(entries, ZIP64_MARK_16), 10);
  short.writeUInt32LE(Math.min(directoryBytes, ZIP64_MARK_32), 12);
  short.writeUInt32LE(Math.min(directoryOffset, ZIP64_MARK_32), 16);
  short.writeUInt16LE(comment.byteLength, 20);
  if (entries < ZIP64_MARK_16 && Math.max(directoryBytes, directoryOffset) < ZIP64_MARK_32) {
    return Buffer.concat([short, comment]);
  }
  const long = Buffer.alloc(ZIP64_END_BYTES);
  long.writeUInt32LE(ZIP64_END_SIGNATURE, 0);
  writeUint64(long, ZIP64_END_BYTES - 12, 4);
  long.writeUInt16LE((HOST_UNIX << 8) | VERSION_ZIP64, 12);
  long.writeUInt16LE(VERSION_ZIP64, 14);
  writeUint64(long, entries, 24);
  writeUint64(long, entries, 32);
  writeUint64(long, directoryBytes, 40);
  writeUint64(long, directoryOffset, 48);
  const locator = Buffer.alloc(ZIP64_LOCATOR_BYTES);
  locator.writeUInt32LE(ZIP64_LOCATOR_SIGNATURE, 0);
  writeUint64(locator, directoryOffset + directoryBytes, 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([long, locator, short, comment]);
}

const EMPTY = Buffer.alloc(0);

/** The ten fields that both headers have in the same order, from "version needed" to the length of the name. */
function writeShared(header: Buffer, at: number, head: EntryHead, content: EntryContent, version: number): void {
  const { date, time } = dosDateTime(head.mtimeSeconds * 1000);
  header.writeUInt16LE(version, at);
  header.writeUInt16LE(isPrintableAscii(head.name) ? 0 : FLAG_UTF8, at + 2);
  header.writeUInt16LE(content.method, at + 4);
  header.writeUInt16LE(time, at + 6);
  header.writeUInt16LE(date, at + 8);
  header.writeUInt32LE(content.crc32, at + 10);
  header.writeUInt32LE(head.zip64 ? ZIP64_MARK_32 : content.packedBytes, at + 14);
  header.writeUInt32LE(head.zip64 ? ZIP64_MARK_32 : content.sizeBytes, at + 18);
  header.writeUInt16LE(head.name.byteLength, at + 22);
}

function versionNeeded(head: EntryHead, content: EntryContent): number {
  const isFolder = (head.unixMode & TYPE_MASK) === TYPE_FOLDER;
  return isFolder || content.method === METHOD_DEFLATED ? VERSION_DEFLATED : VERSION_STORED;
}

function externalAttributes(head: EntryHead): number {
  const isFolder = (head.unixMode & TYPE_MASK) === TYPE_FOLDER;
  const dos = isFolder ? DOS_FOLDER : (head.unixMode & OWNER_WRITE) === 0 ? DOS_READ_ONLY : 0;
  return ((head.unixMode << 16) | dos) >>> 0;
}

function timeExtra(head: EntryHead): Buffer {
  if (!fitsExtendedTime(head.mtimeSeconds)) return EMPTY;
  const extra = Buffer.alloc(TIME_EXTRA_BYTES);
  extra.writeUInt16LE(EXTRA_TIME, 0);
  extra.writeUInt16LE(TIME_EXTRA_BYTES - 4, 2);
  extra.writeUInt8(1, 4); // Only the modification time is present.
  extra.writeInt32LE(head.mtimeSeconds, 5);
  return extra;
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(EXTRA_ZIP64, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [position, value] of values.entries()) writeUint64(extra, value, 4 + 8 * position);
  return extra;
}

function writeUint64(buffer: Buffer, value: number, at: number): void {
  buffer.writeBigUInt64LE(BigInt(value), at);
}

/** Names of these characters read the same in every encoding; control characters do not: in code page 437 they are pictures. */
function isPrintableAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e) return false;
  return true;
}
