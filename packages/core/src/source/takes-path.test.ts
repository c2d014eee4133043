import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceTaking } from './takes-path.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-takes-')));
  mkdirSync(join(root, 'data/sub'), { recursive: true });
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string): string => join(root, path);
const taken = (path: string, filter = {}): boolean =>
  sourceTaking([{ path: at('data'), filter }], at(path)) !== undefined;

test('a source takes what is to be made anywhere in it, and nothing beside it', () => {
  expect(['data/x.zip', 'data/sub/x.zip', 'data/new/deeper/x.zip'].map((path) => taken(path))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['x.zip', 'data2/x.zip', 'data.zip'].map((path) => taken(path))).toEqual([false, false, false]);
});

test('the rules of the source leave it out, by its own name or by that of a folder above', () => {
  expect(taken('data/sub/x.zip', { exclude: ['/sub/'] })).toBe(false);
  expect(taken('data/new/x.zip', { exclude: ['/sub/'] })).toBe(true);
  expect(taken('data/x.zip', { exclude: ['*.zip', '!x.zip'] })).toBe(true);
  expect(taken('data/x.zip', { include: ['*.txt'] })).toBe(false);
});

test('so do the rules that lie in its folders', () => {
  writeFileSync(at('data/sub/.holdfastignore'), '*.zip\n');
  expect(taken('data/sub/x.zip')).toBe(false);
  expect(taken('data/x.zip')).toBe(true);
});

test('links are followed to where the file comes to lie, and a source that is the very file takes it', () => {
  symlinkSync(at('data'), at('link'));
  symlinkSync(root, at('data/up'));
  expect(taken('link/x.zip')).toBe(true);
  expect(taken('data/up/x.zip')).toBe(false);
  writeFileSync(at('x.zip'), '');
  expect(sourceTaking([{ path: at('x.zip') }, { path: at('data') }], at('x.zip'))).toEqual({ path: at('x.zip') });
  expect(sourceTaking([{ path: at('gone') }], at('gone/x.zip'))).toBeUndefined();
});
