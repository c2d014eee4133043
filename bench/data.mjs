import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** NumPy's .npy header, version 1.0, for 128 float64 (numpy.lib.format). */
const HEADER = Buffer.concat([
  Buffer.from([0x93]),
  Buffer.from('NUMPY'),
  Buffer.from([1, 0, 118, 0]),
  Buffer.from(`${"{'descr': '<f8', 'fortran_order': False, 'shape': (128,), }".padEnd(117)}\n`),
]);
const BASE_TIME = 1_780_000_000;

/** The first user's folder: face encodings of 128 numbers each, and one larger file. The same bytes in every run. */
export function plantSource(folder, files) {
  mkdirSync(folder, { recursive: true });
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let number = 0; number < files; number += 1) {
    const values = Float64Array.from({ length: 128 }, () => Math.fround(random() - 0.5));
    put(
      join(folder, `Person_${Math.floor(number / 5)}_EMP${number}_${number % 5}.npy`),
      Buffer.concat([HEADER, Buffer.from(values.buffer)]),
    );
  }
  put(join(folder, 'attendance.bin'), Buffer.from(Float64Array.from({ length: 200_000 }, random).buffer));
}

function put(path, bytes) {
  writeFileSync(path, bytes);
  utimesSync(path, BASE_TIME, BASE_TIME);
}
