import { expect, it } from 'vitest';
import type { ComparedFile } from './diff-entry.js';
import { MoveFinder } from './diff-moves.js';

const file = (path: string, sha256: string | undefined, sizeBytes = 5): ComparedFile => ({
  type: 'file',
  path,
  mode: '0644',
  mtimeNs: '0',
  sizeBytes,
  ...(sha256 === undefined ? {} : { sha256 }),
});

/** The moves as `from -> to`. */
async function moves(
  finder: MoveFinder,
  gone: readonly ComparedFile[],
  come: readonly (readonly [ComparedFile, (() => Promise<string | undefined>)?])[],
): Promise<string[]> {
  for (const [number, entry] of gone.entries()) finder.removed(number, entry);
  for (const [number, [entry, read]] of come.entries()) finder.added(gone.length + number, entry, read);
  const found = await finder.find();
  return [...found].map(([number, { before }]) => `${before.path} -> ${come[number - gone.length]?.[0].path}`);
}

it('pairs equal files of one name first, and the rest in the order of their paths', async () => {
  const gone = [file('a/LICENSE', 'x'), file('b/LICENSE', 'x'), file('c/COPYING', 'x')];
  const come = [file('d/COPYING', 'x'), file('e/LICENSE', 'x'), file('f/other', 'x'), file('g/more', 'x')];
  expect(
    (
      await moves(
        new MoveFinder(),
        gone,
        come.map((entry) => [entry]),
      )
    ).sort(),
  ).toEqual(['a/LICENSE -> e/LICENSE', 'b/LICENSE -> f/other', 'c/COPYING -> d/COPYING']);
});

it('never takes an empty file for a moved one', async () => {
  expect(await moves(new MoveFinder(), [file('a', 'e', 0)], [[file('b', 'e', 0)]])).toEqual([]);
});

it('reads only files of a size that is gone, and believes only what was read', async () => {
  const read: string[] = [];
  const reader = (path: string, hash: string | undefined) => async () => {
    read.push(path);
    return hash;
  };
  const found = await moves(
    new MoveFinder(),
    [file('a', 'x', 5), file('b', 'y', 6)],
    [
      [file('c', undefined, 5), reader('c', 'other')],
      [file('d', undefined, 6), reader('d', 'y')],
      [file('e', undefined, 7), reader('e', 'x')],
      [file('f', undefined, 5), reader('f', undefined)],
    ],
  );
  expect(found).toEqual(['b -> d']);
  expect(read).toEqual(['c', 'd', 'f']);
});

it('gives up when there are too many, says so, and lets go of what it held', async () => {
  const finder = new MoveFinder(2);
  expect(await moves(finder, [file('a', 'x')], [[file('b', 'x')], [file('c', 'y')]])).toEqual([]);
  expect(finder.isSearching).toBe(false);
  const enough = new MoveFinder(2);
  expect(await moves(enough, [file('a', 'x')], [[file('b', 'x')]])).toEqual(['a -> b']);
  expect(enough.isSearching).toBe(true);
});
