import { crc32, deflateRawSync } from 'node:zlib';

/** A member to be written. */
export interface WrittenMember {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  /** What is stored instead of the deflated content, to lie. */
  readonly packed?: Uint8Array;
}

/** Writes a zip archive, as small as APPNOTE.TXT allows it to be: tests need some that no library writes. */
export function writtenArchive(members: readonly WrittenMember[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated = false, packed } of members) {
    const nameBytes = Buffer.from(name);
    const stored = packed ?? (deflated ? deflateRawSync(content) : content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(deflated || packed !== undefined ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, stored]);
    parts.push(local);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, place, nameBytes]));
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
