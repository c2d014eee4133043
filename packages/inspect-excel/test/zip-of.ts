import { crc32, deflateRawSync } from 'node:zlib';

/** A member as a test wants it: right, or wrong in one of these. */
export interface TestMember {
  readonly name: string;
  readonly text: string | Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly announcedBytes?: number;
}

/** A zip archive of a few members, deflated. */
export function zipOf(members: readonly TestMember[]): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const plain = Buffer.from(member.text as string);
    const packed = deflateRawSync(plain);
    const name = Buffer.from(member.name);
    // From "version needed" to "extra field length": the same in both headers.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? 8, 4);
    common.writeUInt32LE(member.crc ?? crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(member.announcedBytes ?? plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    contents.push(Buffer.from('PK\x03\x04'), common, name, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, name);
    offset += 30 + name.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...contents, listed, Buffer.from('PK\x05\x06'), end]);
}
