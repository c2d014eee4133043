import { isUtf8 } from 'node:buffer';

/** A byte that is no UTF-8 becomes a lone surrogate of this block (as in PEP 383): no valid name holds one, so none is mistaken for it. */
const BYTE_AS_TEXT = 0xdc00;

/**
 * The bytes of a name as text that can be compared with patterns: UTF-8 where they are, and each byte that is none a character
 * of its own. Different bytes always give different texts.
 */
export function nameText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = validLength(bytes, at);
    text +=
      length === 0 ? String.fromCharCode(BYTE_AS_TEXT + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** The length of the character that begins here; 0 where none does. */
function validLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
