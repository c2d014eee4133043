import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realPathToBe } from './real-path.js';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-real-')));
});
afterEach(() => rmSync(base, { recursive: true }));

test('links on the way are resolved, also where the rest of the path does not exist yet', async () => {
  mkdirSync(join(base, 'real'));
  symlinkSync(join(base, 'real'), join(base, 'link'));
  expect(await realPathToBe(join(base, 'link'))).toBe(join(base, 'real'));
  expect(await realPathToBe(join(base, 'link', 'new', 'deep'))).toBe(join(base, 'real', 'new', 'deep'));
});

test('a path through a file is an error, not a path', async () => {
  writeFileSync(join(base, 'file'), '');
  await expect(realPathToBe(join(base, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
