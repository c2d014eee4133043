// NumPy arrays as np.save writes them: format 1.0 of numpy.lib.format, little-endian float64, C order.

/** @param {number[]} values @param {number[]} shape */
export function npyFile(values, shape) {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Magic, version and length take 10 bytes; the data begins at a multiple of 64, the header ends with a newline.
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 10 - 1)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 0xff, padded.length >> 8]);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), Buffer.from(new Float64Array(values).buffer)]);
}

/** A face encoding as the attendance program keeps it: 128 numbers, here from a seed, so that each run makes the same. */
export function encoding(seed) {
  let state = seed >>> 0;
  const next = () => {
    // Numerical Recipes' linear congruential generator: any numbers will do.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return npyFile(Array.from({ length: 128 }, next), [128]);
}
