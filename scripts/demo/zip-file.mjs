// The least of a zip writer, for the workbook: a few small deflated entries (APPNOTE.TXT 6.3, sections 4.3.7 to 4.3.16).
import { crc32, deflateRawSync } from 'node:zlib';

/** Bit 11: names are UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;
const VERSION = 20;
/** 1980-01-01 00:00: the same bytes in each run. */
const DOS_DATE = 0x0021;

/** @param {{ name: string, text: string }[]} entries */
export function zipFile(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, text } of entries) {
    const nameBytes = Buffer.from(name, 'utf8');
    const plain = Buffer.from(text, 'utf8');
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(FLAGS, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, nameBytes);
    offset += 4 + common.length + nameBytes.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
