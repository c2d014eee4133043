import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderKey } from '../snapshot/path-order.js';
import { type MetEntry, walkEverything } from './walk-everything.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-walk-')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const walk = (leaveOut: readonly string[] = [], source = { realPath: root, entryPath: 'data' }): MetEntry[] => [
  ...walkEverything(source, { leaveOut: new Set(leaveOut) }),
];
const told = (found: readonly MetEntry[]): string[] => found.map(({ kind, pathBytes }) => `${kind} ${pathBytes}`);

test.skipIf(process.platform === 'win32')(
  'gives all that stands in a source, whatever its rules say of it, in the order of the manifest',
  () => {
    mkdirSync(join(root, 'a'));
    mkdirSync(join(root, 'cache'));
    for (const name of ['.holdfastignore', 'a.txt', 'a/x', 'a-b', 'x.tmp', 'cache/y'])
      writeFileSync(join(root, name), '*');
    writeFileSync(join(root, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55');
    symlinkSync('/etc', join(root, 'link'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const found = walk();
    expect(told(found).sort()).toEqual([
      'directory data',
      'directory data/a',
      'directory data/cache',
      'file data/.holdfastignore',
      'file data/a-b',
      'file data/a.txt',
      'file data/a/x',
      'file data/cache/CACHEDIR.TAG',
      'file data/cache/y',
      'file data/x.tmp',
      'special data/pipe',
      'symlink data/link',
    ]);
    const keys = found.map(({ pathBytes, kind }) => Buffer.from(orderKey(pathBytes, kind === 'directory')));
    expect(keys).toEqual([...keys].sort(Buffer.compare));
  },
);

test('passes over what is ours: places that it is told, folders that restores stage in, and what restores have replaced', () => {
  for (const name of ['store', '.holdfast-restore', '.holdfast-undo', 'own']) mkdirSync(join(root, name));
  writeFileSync(join(root, '.holdfast-undo/kept'), 'x');
  expect(told(walk([join(root, 'store')]))).toEqual(['directory data', 'directory data/own']);
});

test('of a lone file gives that, and of nothing nothing', () => {
  writeFileSync(join(root, 'a.txt'), 'a');
  expect(told(walk([], { realPath: join(root, 'a.txt'), entryPath: 'excel/a.txt' }))).toEqual(['file excel/a.txt']);
  expect(walk([], { realPath: join(root, 'none'), entryPath: 'none' })).toEqual([]);
});
