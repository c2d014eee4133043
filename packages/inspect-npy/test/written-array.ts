/** What an array is written from. The header can be given as it is, to lie. */
export interface WrittenArray {
  readonly descr?: string;
  readonly shape?: readonly (number | bigint)[];
  readonly fortran?: boolean;
  readonly data?: Uint8Array;
  readonly version?: 1 | 2 | 3;
  /** The whole text of the header, instead of the three above. */
  readonly header?: string;
}

/** Writes an array as the format says, so that tests need no Python for it: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
export function writtenArray(array: WrittenArray): Uint8Array {
  const { descr = "'<f8'", shape = [], fortran = false, data = new Uint8Array(0), version = 1 } = array;
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text =
    array.header ?? `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${sizes}, }`;
  const lengthBytes = version === 1 ? 2 : 4;
  const body = Buffer.from(text, version === 3 ? 'utf8' : 'latin1');
  const spaces = 63 - ((8 + lengthBytes + body.length) % 64);
  const head = Buffer.alloc(8 + lengthBytes);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(body.length + spaces + 1, 8);
  else head.writeUInt32LE(body.length + spaces + 1, 8);
  return Buffer.concat([head, body, Buffer.from(`${' '.repeat(spaces)}\n`), data]);
}
