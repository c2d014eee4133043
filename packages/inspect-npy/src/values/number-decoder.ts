import { endianness } from 'node:os';
import type { ScalarType } from '../header/element-type.js';
import { float16Table } from './float16.js';

const HOST_IS_BIG: boolean = endianness() === 'BE';

/** Complex values have two numbers, the others one. */
export function numbersIn(scalar: ScalarType): number {
  return scalar.kind === 'complex' ? 2 : 1;
}

/** Are its values numbers of at most 53 bits, which a double holds exactly? Those of complex ones are. */
export function isNumeric(scalar: ScalarType): boolean {
  const { kind, itemBytes } = scalar;
  return (
    kind === 'bool' || kind === 'float' || kind === 'complex' || ((kind === 'int' || kind === 'uint') && itemBytes <= 4)
  );
}

/** Are its values whole numbers of 64 bits? Times are. */
export function isWhole64(scalar: ScalarType): boolean {
  const { kind, itemBytes } = scalar;
  return itemBytes === 8 && (kind === 'int' || kind === 'uint' || kind === 'datetime' || kind === 'timedelta');
}

/**
 * Makes numbers of stored bytes, a chunk at a time. All kinds become doubles first, which engines do in native code, so that there
 * is one loop over one kind of array behind it. What it returns is memory that the next call uses again, or the bytes themselves.
 */
export class NumberDecoder {
  #bytes = new Uint8Array(0);
  #numbers = new Float64Array(0);

  /** Of values that are {@link isNumeric}; complex ones give two each. NaN stays NaN, True is 1. */
  numbers(bytes: Uint8Array, scalar: ScalarType): Float64Array {
    const unitBytes = scalar.itemBytes / numbersIn(scalar);
    const native = this.native(bytes, unitBytes, scalar.bigEndian);
    if (native.length === 0) return new Float64Array(0);
    const { buffer, byteOffset } = native;
    const length = native.length / unitBytes;
    const isFloat = scalar.kind === 'float' || scalar.kind === 'complex';
    if (isFloat && unitBytes === 8) return new Float64Array(buffer, byteOffset, length);
    if (this.#numbers.length < length) this.#numbers = new Float64Array(length);
    const numbers = this.#numbers.subarray(0, length);
    if (isFloat && unitBytes === 2) {
      const table = float16Table();
      const halves = new Uint16Array(buffer, byteOffset, length);
      for (let index = 0; index < length; index++) numbers[index] = table[halves[index] ?? 0] ?? 0;
      return numbers;
    }
    if (isFloat) numbers.set(new Float32Array(buffer, byteOffset, length));
    else if (scalar.kind === 'bool')
      for (let index = 0; index < length; index++) numbers[index] = native[index] === 0 ? 0 : 1;
    else if (scalar.kind === 'int') numbers.set(signed(buffer, byteOffset, length, unitBytes));
    else numbers.set(unsigned(buffer, byteOffset, length, unitBytes));
    return numbers;
  }

  /** Of values that are {@link isWhole64}. */
  wholes(bytes: Uint8Array, scalar: ScalarType): BigInt64Array | BigUint64Array {
    const { buffer, byteOffset, length } = this.native(bytes, 8, scalar.bigEndian);
    return scalar.kind === 'uint'
      ? new BigUint64Array(buffer, byteOffset, length / 8)
      : new BigInt64Array(buffer, byteOffset, length / 8);
  }

  /** The bytes as this machine has numbers of this size: in its own byte order, and aligned. */
  native(bytes: Uint8Array, unitBytes: number, bigEndian: boolean): Uint8Array {
    const swaps = unitBytes > 1 && bigEndian !== HOST_IS_BIG;
    if (!swaps && bytes.byteOffset % unitBytes === 0) return bytes;
    if (this.#bytes.length < bytes.length) this.#bytes = new Uint8Array(bytes.length);
    this.#bytes.set(bytes);
    const copy = Buffer.from(this.#bytes.buffer, 0, bytes.length);
    if (swaps && unitBytes === 2) copy.swap16();
    if (swaps && unitBytes === 4) copy.swap32();
    if (swaps && unitBytes === 8) copy.swap64();
    return copy;
  }
}

function signed(
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
  unitBytes: number,
): Int8Array | Int16Array | Int32Array {
  if (unitBytes === 1) return new Int8Array(buffer, offset, length);
  return unitBytes === 2 ? new Int16Array(buffer, offset, length) : new Int32Array(buffer, offset, length);
}

function unsigned(
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
  unitBytes: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (unitBytes === 1) return new Uint8Array(buffer, offset, length);
  return unitBytes === 2 ? new Uint16Array(buffer, offset, length) : new Uint32Array(buffer, offset, length);
}
