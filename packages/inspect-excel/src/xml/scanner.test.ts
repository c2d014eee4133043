import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xmlScanner } from './scanner.js';
import { textPieces } from './text-pieces.js';

const DOCUMENT =
  "\uFEFF<?xml version='1.0'?>\r\n<!-- <no> --><a:b x=\"1>2\" y='\"'>one &amp; &#x1F600;\r\ntwo<c/>東&lt;<![CDATA[<&amp;\r]]>\r<d e = '&quot;' ></d ></a:b>\n";

/** All that is told, with the pieces of one text put together. */
async function told(pieces: AsyncIterable<string> | Iterable<string>): Promise<string[]> {
  const events: string[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') events.push(`text ${text}`);
    text = '';
  };
  const scanner = xmlScanner({
    open(name, attributes) {
      flush();
      events.push(`open ${name}${attributes}`);
    },
    close(name) {
      flush();
      events.push(`close ${name}`);
    },
    text(piece) {
      text += piece;
    },
  });
  for await (const piece of pieces) scanner.feed(piece);
  scanner.end();
  return events;
}

const EXPECTED = [
  `open b x="1>2" y='"'`,
  'text one & 😀\ntwo',
  'open c',
  'close c',
  'text 東<<&amp;\n\n',
  "open d e = '&quot;' ",
  'close d',
  'close b',
];

async function* bytesInPieces(bytes: Buffer, ends: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const end of [...ends.toSorted((a, b) => a - b), bytes.length]) {
    if (end > from) yield bytes.subarray(from, end);
    from = Math.max(from, end);
  }
}

describe('an XML part', () => {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    it(`is told as it is, wherever its bytes are cut (${encoding})`, async () => {
      const bytes = Buffer.from(DOCUMENT, encoding);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 3, max: bytes.length }), { maxLength: 12 }), async (ends) => {
          expect(await told(textPieces(bytesInPieces(bytes, ends)))).toEqual(EXPECTED);
        }),
      );
      const each = Array.from({ length: bytes.length - 3 }, (_, index) => index + 3);
      expect(await told(textPieces(bytesInPieces(bytes, each)))).toEqual(EXPECTED);
    });
  }

  for (const [what, text] of [
    ['a tag without an end', '<a'],
    ['an attribute without an end', '<a b="'],
    ['an element without an end', '<a><b></b>'],
    ['another end than its beginning', '<a></b>'],
    ['a tag within a tag', '<a <b></b>'],
    ['a tag without a name', '<a>< b></a>'],
    ['text outside of it', '<a></a>x'],
    ['an entity that is not known', '<a>&b;</a>'],
    ['an entity without an end', '<a>&amp</a>'],
    ['a character that is none', '<a>&#x110000;</a>'],
    ['half a character', '<a>&#xD800;</a>'],
    ['types', '<!DOCTYPE a><a></a>'],
    ['types that are cut', '<!DOC'],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      await expect(told([text])).rejects.toThrow(expect.objectContaining({ name: 'ContentError' }));
      await expect(told([...text])).rejects.toThrow(expect.objectContaining({ name: 'ContentError' }));
    });
  }
});
