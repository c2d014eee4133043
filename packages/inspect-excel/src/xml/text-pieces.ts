import { isAscii, isUtf8 } from 'node:buffer';
import { ContentError } from '../content-error.js';

/**
 * The bytes of an XML part as text, in pieces that never cut a character. UTF-8, or UTF-16 where the first bytes say so: OPC allows no other.
 *
 * @throws ContentError `INVALID`: the bytes are no text of that encoding.
 */
export async function* textPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let decode: ((piece: Buffer, last: boolean) => string) | undefined;
  for await (const piece of bytes) {
    decode ??= decoderFor(piece);
    const text = decode(piece, false);
    if (text !== '') yield text;
  }
  const rest = decode?.(Buffer.alloc(0), true) ?? '';
  if (rest !== '') yield rest;
}

function decoderFor(first: Buffer): (piece: Buffer, last: boolean) => string {
  const [a, b] = first;
  if (a === 0xff && b === 0xfe) return wideDecoder('utf-16le');
  if (a === 0xfe && b === 0xff) return wideDecoder('utf-16be');
  return utf8Decoder();
}

function wideDecoder(encoding: string): (piece: Buffer, last: boolean) => string {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (piece, last) => {
    try {
      return decoder.decode(piece, { stream: !last });
    } catch {
      throw notText();
    }
  };
}

/** Twice as fast as a TextDecoder that streams: what is ASCII, which is nearly all, is not decoded at all. */
function utf8Decoder(): (piece: Buffer, last: boolean) => string {
  let carried: Buffer = Buffer.alloc(0);
  let isFirst = true;
  return (piece, last) => {
    const joined = carried.length === 0 ? piece : Buffer.concat([carried, piece]);
    const end = last ? joined.length : lengthOfWhole(joined);
    const whole = joined.subarray(0, end);
    carried = Buffer.from(joined.subarray(end));
    if (isAscii(whole)) {
      if (whole.length > 0) isFirst = false;
      return whole.toString('latin1');
    }
    if (!isUtf8(whole)) throw notText();
    const text = whole.toString('utf8');
    const begin = isFirst && text.startsWith('\uFEFF') ? 1 : 0;
    isFirst = false;
    return begin === 0 ? text : text.slice(begin);
  };
}

/** Without the bytes at the end that begin a character, which at most three do. */
function lengthOfWhole(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function notText(): ContentError {
  return new ContentError('INVALID', 'a part of it is no text');
}
