import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileStep } from './step.js';
import { syncFolders } from './sync-folder.js';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-sync-')));
});
afterEach(() => rmSync(base, { recursive: true }));

test('folders are flushed in the order given, each announced', async () => {
  for (const name of ['a', 'b', 'c']) mkdirSync(join(base, name));
  const steps: FileStep[] = [];
  const paths = ['c', 'a', 'b'].map((name) => join(base, name));
  await syncFolders([...paths, base], { onStep: (step) => void steps.push(step) });
  expect(steps).toEqual([...paths, base].map((path) => ({ kind: 'sync', path })));
});

test('a folder that is missing is an error, unless it is said to be none', async () => {
  await expect(syncFolders([join(base, 'gone'), base])).rejects.toMatchObject({ code: 'ENOENT' });
  await syncFolders([join(base, 'gone'), base], { ignoreMissing: true });
});

test('procfs, which cannot flush folders, is no error', async () => {
  await syncFolders(['/proc/self/fdinfo', base].filter((path) => process.platform === 'linux' || path === base));
});
