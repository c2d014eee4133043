import type { ScalarType } from '../header/element-type.js';
import { NumberDecoder } from './number-decoder.js';
import type { Tally } from './tally.js';

const decoder = new NumberDecoder();
const LAST_CODE_POINT = 0x10ffff;

/** Of texts and byte strings: how long the longest is, and how many are empty. Zeros fill them up at the end. */
export function textTally(scalar: ScalarType): Tally {
  const isText = scalar.kind === 'text';
  const size = isText ? scalar.itemBytes / 4 : scalar.itemBytes;
  let longest = 0;
  let empty = 0;
  let impossible = 0;
  return {
    add(bytes) {
      const native = isText ? decoder.native(bytes, 4, scalar.bigEndian) : bytes;
      const units = isText ? new Uint32Array(native.buffer, native.byteOffset, native.length / 4) : native;
      for (let start = 0; start < units.length; start += size) {
        let end = start + size;
        while (end > start && units[end - 1] === 0) end -= 1;
        if (end === start) empty += 1;
        else if (end - start > longest) longest = end - start;
        if (isText) for (let at = start; at < end; at++) if ((units[at] as number) > LAST_CODE_POINT) impossible += 1;
      }
    },
    facts: () => ({ longest, empty }),
    fault: () => (impossible === 0 ? undefined : `${impossible} characters in its texts are none of Unicode`),
  };
}
