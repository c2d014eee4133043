import type { ContentFault, ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';

/** How some formats begin that lie about under wrong names: what they are called, and their first bytes (Latin-1). */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['a zip archive (perhaps an .npz, or a workbook)', 'PK\x03\x04'],
  ['an empty zip archive', 'PK\x05\x06'],
  ['an array', '\x93NUMPY'],
  ['an HDF5 file', '\x89HDF\r\n\x1a\n'],
  ['a MATLAB file', 'MATLAB 5.0'],
  ['an Excel 97 workbook, or another OLE file', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a PNG image', '\x89PNG\r\n\x1a\n'],
  ['a JPEG image', '\xff\xd8\xff'],
  ['a PDF', '%PDF-'],
  ['compressed by gzip', '\x1f\x8b\x08'],
  ['compressed by zstd', '\x28\xb5\x2f\xfd'],
  ['compressed by xz', '\xfd7zXZ\x00'],
  ['compressed by bzip2', 'BZh'],
  ['a Parquet file', 'PAR1'],
  ['an Arrow file', 'ARROW1'],
  ['an SQLite database', 'SQLite format 3\x00'],
  ['a page of a web server', '<!DOCTYPE'],
  ['a page of a web server', '<html'],
];
const TEXT = /^[\t\n\f\r\x20-\x7e\x80-\xff]+$/;
/** A pickle begins with this byte and the version of its protocol, 2 to 5. */
const PICKLE_PROTOCOL = 0x80;
/** The first byte of an array, as programs leave it that take the file for text. */
const CONVERTED = /^(?:\xc2\x93|\xef\xbf\xbd|\?)NUMPY/;
const ZERO_BLOCK_BYTES = 1024 * 1024;

/** What was looked for, and where. */
export interface SoughtFormat {
  /** How the file should begin (Latin-1). */
  readonly expected: string;
  readonly reader: ContentReader;
  readonly budget: Budget;
}

/** What a file is that does not begin as it should. */
export async function foreignFormat(
  first: Uint8Array,
  { expected, reader, budget }: SoughtFormat,
): Promise<ContentFault> {
  const head = Buffer.from(first.buffer, first.byteOffset, first.byteLength).toString('latin1');
  if (head === '') return { code: 'TRUNCATED', message: 'it is empty' };
  if (expected.startsWith(head)) return { code: 'TRUNCATED', message: 'it ends before its header' };
  const zeros = head.startsWith('\0') ? await leadingZeros(reader, budget) : 0;
  if (zeros > 0 && zeros === reader.sizeBytes) return { code: 'INVALID', message: 'all its bytes are zero' };
  if (zeros >= expected.length) return { code: 'INVALID', message: `its first ${zeros} bytes are zero` };
  const found = BEGINNINGS.find(([, start]) => head.startsWith(start));
  if (found !== undefined) return { code: 'MISNAMED', message: `it is ${found[0]}` };
  if (CONVERTED.test(head)) return { code: 'INVALID', message: 'it was an array, and was changed as if it were text' };
  if (sameBytes(head, expected) * 3 >= expected.length * 2)
    return { code: 'INVALID', message: 'its first bytes are damaged' };
  if (first[0] === PICKLE_PROTOCOL && (first[1] ?? 0) <= 5)
    return { code: 'MISNAMED', message: 'it is a pickle, which is never loaded' };
  if (TEXT.test(head)) return { code: 'MISNAMED', message: 'it is text' };
  return { code: 'MISNAMED', message: 'it does not begin as an array does' };
}

/** How many zero bytes a content begins with, to the last one of a block. */
async function leadingZeros(reader: ContentReader, budget: Budget): Promise<number> {
  const zeros = Buffer.alloc(ZERO_BLOCK_BYTES);
  for (let offset = 0; ; offset += ZERO_BLOCK_BYTES) {
    await budget.pause();
    const block = await reader.read(offset, ZERO_BLOCK_BYTES);
    if (zeros.compare(block, 0, block.length, 0, block.length) !== 0)
      return offset + block.findIndex((byte) => byte !== 0);
    if (block.length < ZERO_BLOCK_BYTES) return offset + block.length;
  }
}

function sameBytes(head: string, start: string): number {
  return [...start].filter((character, index) => head[index] === character).length;
}
