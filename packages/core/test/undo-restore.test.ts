import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newestRestore, undoableRestores, undoRestore } from '../src/index.js';
import { Lab } from './lab.js';
import { expectSameTree, scratch } from './workspace.js';

function copyOf(path: string): string {
  const copy = join(scratch(), 'copy');
  execFileSync('cp', ['-a', path, copy]);
  return copy;
}

it('undo', async () => {
  const lab = new Lab({
    'same.txt': 'same',
    'edited.txt': 'before',
    'gone/away.txt': 'gone',
    'sub/deep/x': 'x',
    l: '-> same.txt',
    'f/g': 'file',
    d: 'a file',
  });
  await lab.backup();
  writeFileSync(lab.path('edited.txt'), 'after');
  rmSync(lab.path('gone'), { recursive: true });
  chmodSync(lab.path('sub/deep/x'), 0o600);
  rmSync(lab.path('l'));
  symlinkSync('elsewhere', lab.path('l'));
  mkdirSync(lab.path('new/er'), { recursive: true });
  writeFileSync(lab.path('new/er/n'), 'new');
  rmSync(lab.path('f'), { recursive: true });
  writeFileSync(lab.path('f'), 'now a file');
  rmSync(lab.path('d'));
  mkdirSync(lab.path('d/e'), { recursive: true });
  writeFileSync(lab.path('d/e/y'), 'y');
  const before = copyOf(lab.source);
  const summary = await lab.restoreInPlace({ delete: true });
  expect(summary.problems).toEqual([]);
  const after = copyOf(lab.source);
  const stateDirectory = lab.state;
  for (const expected of [before, after, before, after]) {
    const planned = newestRestore(stateDirectory);
    if (planned === undefined) throw new Error('nothing');
    const undone = await undoRestore({ stateDirectory, planned });
    expect(undone.problems).toEqual([]);
    expectSameTree(lab.source, expected);
    expect(undoableRestores(stateDirectory).length).toBe(1);
  }
});
