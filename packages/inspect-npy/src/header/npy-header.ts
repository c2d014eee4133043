import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import { type ElementType, hasObjects } from './element-type.js';
import { foreignFormat } from './foreign-format.js';
import { DescrError, MAX_DIMENSIONS, parseDescr } from './parse-descr.js';
import { LiteralError, type PythonLiteral, parsePythonLiteral } from './python-literal.js';

/** What stands before the values. */
export interface NpyHeader {
  /** `1.0`, `2.0`, `3.0`. */
  readonly formatVersion: string;
  readonly element: ElementType;
  /** Which index changes fastest in the file: the last one (C) or the first one (F). */
  readonly order: 'C' | 'F';
  /** The size in each dimension; none for a single value. */
  readonly shape: readonly bigint[];
  readonly valueCount: bigint;
  /** Where the values begin. */
  readonly dataOffset: number;
  /** How long they must be; of pickled objects nobody knows. */
  readonly dataBytes: bigint | undefined;
}

/** How every array begins. */
export const MAGIC: Uint8Array = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);
/** Version 1 has at most 64 KiB. Version 2 exists for records of thousands of fields; NumPy by itself refuses above 10,000 characters. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** Magic, version and the length of the header are in it, and nearly every header as a whole. */
const FIRST_READ_BYTES = 512;
/** More bytes than any file system or memory has: NumPy counts them in 63 bits. */
const MAX_ARRAY_BYTES = 2n ** 63n - 1n;

/**
 * Reads the header of an array, and checks that it can be true.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function readNpyHeader(reader: ContentReader, budget: Budget): Promise<NpyHeader> {
  const first = await reader.read(0, FIRST_READ_BYTES);
  if (!MAGIC.every((byte, index) => first[index] === byte)) {
    const { code, message } = await foreignFormat(first, { expected: '\x93NUMPY', reader, budget });
    throw new FoundFault(code, message);
  }
  if (first.length < 8) throw new FoundFault('TRUNCATED', 'it ends before its header');
  const major = first[6] ?? 0;
  const minor = first[7] ?? 0;
  if (major < 1 || major > 3 || minor !== 0)
    throw new FoundFault('UNSUPPORTED', `it is of version ${major}.${minor} of the format, which is not known here`);
  const lengthBytes = major === 1 ? 2 : 4;
  if (first.length < 8 + lengthBytes) throw new FoundFault('TRUNCATED', 'it ends before its header');
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const headerBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = 8 + lengthBytes + headerBytes;
  if (dataOffset > reader.sizeBytes) throw new FoundFault('TRUNCATED', 'it ends within its header');
  if (headerBytes > MAX_HEADER_BYTES) throw new FoundFault('TOO_LARGE', 'its header is larger than 1 MiB');
  const bytes = dataOffset <= first.length ? first : await reader.read(0, dataOffset);
  if (bytes.length < dataOffset) throw new FoundFault('TRUNCATED', 'it ends within its header');
  const text = decodeHeader(bytes.subarray(8 + lengthBytes, dataOffset), major);
  return { ...headerOf(text), formatVersion: `${major}.${minor}`, dataOffset };
}

type HeaderText = Omit<NpyHeader, 'formatVersion' | 'dataOffset'>;

/** Thousands of arrays have the same header: those that were read last are kept. */
const known = new Map<string, HeaderText>();
const MAX_KNOWN = 32;
const MAX_KNOWN_CHARACTERS = 512;

function headerOf(text: string): HeaderText {
  const found = known.get(text);
  if (found !== undefined) return found;
  const header = parseHeader(text);
  if (text.length <= MAX_KNOWN_CHARACTERS) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, header);
  }
  return header;
}

function decodeHeader(bytes: Uint8Array, major: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (major < 3) return buffer.toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    throw new FoundFault('INVALID', 'its header is no UTF-8');
  }
}

function parseHeader(text: string): HeaderText {
  const literal = parsed(() => parsePythonLiteral(text));
  if (literal.type !== 'dictionary') throw new FoundFault('INVALID', 'its header is no dictionary');
  const { entries } = literal;
  const descr = entries.get('descr');
  const fortran = entries.get('fortran_order');
  const shapeItem = entries.get('shape');
  if (descr === undefined || fortran === undefined || shapeItem === undefined || entries.size !== 3)
    throw new FoundFault('INVALID', 'its header has not just descr, fortran_order and shape');
  if (fortran.type !== 'boolean') throw new FoundFault('INVALID', 'its header has no yes or no as fortran_order');
  const element = parsed(() => parseDescr(descr));
  const shape = parseShape(shapeItem);
  const valueCount = shape.reduce((product, size) => product * size, 1n);
  const isPickled = hasObjects(element);
  const dataBytes = valueCount * BigInt(element.itemBytes);
  if (!isPickled && dataBytes > MAX_ARRAY_BYTES)
    throw new FoundFault('INVALID', 'its header announces more than any array can have');
  return { element, order: fortran.value ? 'F' : 'C', shape, valueCount, dataBytes: isPickled ? undefined : dataBytes };
}

function parseShape(item: PythonLiteral): readonly bigint[] {
  if (item.type !== 'tuple') throw new FoundFault('INVALID', 'its header has no tuple as shape');
  if (item.items.length > MAX_DIMENSIONS)
    throw new FoundFault('INVALID', `its shape has more than ${MAX_DIMENSIONS} dimensions`);
  return item.items.map((size) => {
    if (size.type !== 'integer') throw new FoundFault('INVALID', 'its shape has something that is no whole number');
    if (size.value < 0n) throw new FoundFault('INVALID', 'its shape has a negative size');
    if (size.value > MAX_ARRAY_BYTES) throw new FoundFault('INVALID', 'its shape has a size of more than 63 bits');
    return size.value;
  });
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (error instanceof LiteralError)
      throw new FoundFault('INVALID', `its header cannot be read: it ${error.message}`);
    if (error instanceof DescrError) throw new FoundFault('INVALID', `its header cannot be read: ${error.message}`);
    throw error;
  }
}
