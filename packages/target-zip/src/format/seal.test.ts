import { expect, test } from 'vitest';
import { readSeal, sealText } from './seal.js';

test('a seal reads back what it says, zeros in front included', () => {
  for (const crc32 of [0, 1, 0x0abc, 0xffff_ffff]) {
    const seal = { entries: 70_001, directoryBytes: 5_000_000_000, crc32 };
    expect(readSeal(sealText(seal))).toEqual(seal);
  }
});

test('what is not exactly a seal is a comment like any other', () => {
  const text = sealText({ entries: 3, directoryBytes: 300, crc32: 7 });
  for (const comment of [
    '',
    'made by hand',
    `${text} `,
    ` ${text}`,
    `${text}\n`,
    text.slice(0, -1),
    text.replace('3 e', 'x e'),
  ]) {
    expect(readSeal(comment)).toBeUndefined();
  }
});
