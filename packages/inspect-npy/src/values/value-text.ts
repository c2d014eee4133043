import type { ElementType, ScalarType } from '../header/element-type.js';
import { shownName } from '../shown-name.js';
import { isNumeric, isWhole64, NumberDecoder } from './number-decoder.js';
import { numberText, wholeText } from './number-text.js';

const decoder = new NumberDecoder();
const MAX_RAW_BYTES = 16;
const MAX_FIELDS = 20;

/** One value as text: numbers so that they can be read back exactly, texts as they are. */
export function scalarText(bytes: Uint8Array, scalar: ScalarType): string {
  if (isWhole64(scalar)) return wholeText(BigInt(decoder.wholes(bytes, scalar)[0] ?? 0), scalar);
  if (isNumeric(scalar)) {
    const [first = 0, second = 0] = decoder.numbers(bytes, scalar);
    if (scalar.kind !== 'complex') return numberText(first, scalar);
    const imaginary = numberText(second, scalar);
    return `${numberText(first, scalar)}${imaginary.startsWith('-') ? '' : '+'}${imaginary}j`;
  }
  if (scalar.kind === 'text') return unicodeText(decoder.native(bytes, 4, scalar.bigEndian));
  if (scalar.kind === 'bytes') return byteText(bytes);
  return rawText(bytes);
}

/** A value, or a record as NumPy shows it: `(1, 2.5, 'text')` without the quotes. */
export function elementText(bytes: Uint8Array, element: ElementType): string {
  if (element.type === 'scalar') return scalarText(bytes, element);
  const fields = element.fields.slice(0, MAX_FIELDS).map((field) => {
    const fieldBytes = bytes.subarray(field.offset, field.offset + field.element.itemBytes);
    return field.shape.length === 0 ? elementText(fieldBytes, field.element) : `[${field.shape.join(' x ')} values]`;
  });
  return `(${fields.join(', ')}${element.fields.length > MAX_FIELDS ? ', …' : ''})`;
}

function unicodeText(native: Uint8Array): string {
  const units = new Uint32Array(native.buffer, native.byteOffset, native.length / 4);
  let end = units.length;
  while (end > 0 && units[end - 1] === 0) end -= 1;
  let text = '';
  for (let index = 0; index < end; index++) {
    const codePoint = units[index] ?? 0;
    text += codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
  }
  return text;
}

/** Byte strings have no encoding: UTF-8 where it is one, else Latin-1. */
function byteText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  const used = bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(used);
  } catch {
    return Buffer.from(used).toString('latin1');
  }
}

function rawText(bytes: Uint8Array): string {
  const hexadecimal = Buffer.from(bytes.subarray(0, MAX_RAW_BYTES)).toString('hex');
  return `0x${hexadecimal}${bytes.length > MAX_RAW_BYTES ? '…' : ''}`;
}

const MAX_TEXT_CHARACTERS = 60;

/** A value as a list of changes has it: shortened, and safe to show. */
export function shownValue(bytes: Uint8Array, scalar: ScalarType): string {
  return shownName(scalarText(bytes.subarray(0, shownBytes(scalar)), scalar), MAX_TEXT_CHARACTERS);
}

/** No more of a long text is decoded than is shown. */
function shownBytes({ kind, itemBytes }: ScalarType): number {
  return kind === 'text' || kind === 'bytes' ? Math.min(itemBytes, MAX_TEXT_CHARACTERS * 16) : itemBytes;
}
