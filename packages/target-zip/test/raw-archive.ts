import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { FLAG_ENCRYPTED, METHOD_DEFLATED, TYPE_FILE } from '../src/format/numbers.js';
import { centralHeader, endRecords, localHeader } from '../src/format/records.js';
import { scratch } from './help.js';

/** An entry as no packer would make it: nothing of it is checked. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Type and permission bits. */
  readonly mode?: number;
  /** 0 by default; 8 deflates, any other is only announced. */
  readonly method?: number;
  /** The size it announces, where that is not the true one. */
  readonly announcedBytes?: number;
  readonly encrypted?: boolean;
}

/** How the archive as a whole may lie. */
export interface RawOptions {
  /** How many entries it announces. */
  readonly announcedEntries?: number;
  /** So many bytes of nothing come first, and take no room on the disk. */
  readonly startBytes?: number;
  readonly diskNumber?: number;
}

/** Writes an archive entry by entry, without a seal, and gives its path. */
export function rawArchive(
  entries: readonly RawEntry[],
  options: RawOptions = {},
  path = join(scratch(), 'x.zip'),
): string {
  const { startBytes = 0, announcedEntries = entries.length, diskNumber = 0 } = options;
  const file = openSync(path, 'w');
  let position = startBytes;
  const write = (bytes: Uint8Array): void => {
    position += writeSync(file, bytes, 0, bytes.byteLength, position);
  };
  const lines = entries.map((entry) => {
    const { content = 'x', mode = TYPE_FILE | 0o644, method = 0, announcedBytes, encrypted = false } = entry;
    const bytes = Buffer.from(content);
    const packed = method === METHOD_DEFLATED ? deflateRawSync(bytes) : bytes;
    const head = { name: Buffer.from(entry.name), unixMode: mode, mtimeSeconds: 1_700_000_000, zip64: false };
    const about = {
      method,
      crc32: crc32(bytes),
      sizeBytes: announcedBytes ?? bytes.byteLength,
      packedBytes: packed.byteLength,
    };
    const [local, central] = [localHeader(head, about), centralHeader(head, about, position)];
    if (encrypted) {
      local.writeUInt16LE(local.readUInt16LE(6) | FLAG_ENCRYPTED, 6);
      central.writeUInt16LE(central.readUInt16LE(8) | FLAG_ENCRYPTED, 8);
    }
    write(local);
    write(packed);
    return central;
  });
  const directory = Buffer.concat(lines);
  const end = endRecords({
    entries: announcedEntries,
    directoryOffset: position,
    directoryBytes: directory.byteLength,
    comment: new Uint8Array(0),
  });
  end.writeUInt16LE(diskNumber, end.byteLength - 18);
  write(directory);
  write(end);
  closeSync(file);
  return path;
}
