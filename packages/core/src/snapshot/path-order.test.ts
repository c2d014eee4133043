import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../target/index.js';
import { orderKey, pathFault } from './path-order.js';

/** Segments of the characters that tell orders apart: around the slash, above ASCII, above the BMP. */
const segment = fc.string({
  unit: fc.constantFrom('!', '.', '-', '0', 'a', 'é', '\uff5e', '😀'),
  minLength: 1,
  maxLength: 4,
});
const paths = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));

const bytes = (path: string): Buffer => Buffer.from(path, 'utf8');

describe('the order of entries', () => {
  it('is for files the order of their keys in a listing', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const byPath = Buffer.compare(orderKey(bytes(left), false), orderKey(bytes(right), false));
        expect(Math.sign(byPath)).toBe(Math.sign(compareKeys(left, right)));
      }),
    );
  });

  it('puts a folder right before what is in it: nothing else stands between, and nothing of it elsewhere', () => {
    fc.assert(
      fc.property(paths, paths, segment, (folder, other, name) => {
        const start = orderKey(bytes(folder), true);
        const inside = orderKey(bytes(`${folder}/${name}`), false);
        expect(Buffer.compare(start, inside)).toBe(-1);
        const between = orderKey(bytes(other), false);
        const isBetween = Buffer.compare(start, between) < 0 && Buffer.compare(between, inside) < 0;
        if (isBetween) expect(other.startsWith(`${folder}/`)).toBe(true);
      }),
    );
  });
});

describe('a path', () => {
  it.each(['a', 'a/b', 'a b', '...', '..a', 'a\\b', 'C:', 'a\n', '.hold', '.holdfast2', 'data/.holdfast/x'])(
    '%j is sound',
    (path) => {
      expect(pathFault(bytes(path))).toBeUndefined();
    },
  );

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/..',
    '../a',
    'a/./b',
    'a\0b',
    '.holdfast',
    '.HoldFast/x',
    '.holdfast-restore/x',
  ])('%j has a fault', (path) => {
    expect(pathFault(bytes(path))).toEqual(expect.any(String));
  });

  it('may hold any other byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (array) => {
        const path = Buffer.from(array);
        fc.pre(!path.includes(0x2f));
        const sound = !path.includes(0) && !['.', '..'].includes(path.toString('latin1'));
        expect(pathFault(path) === undefined).toBe(sound);
      }),
    );
  });
});
