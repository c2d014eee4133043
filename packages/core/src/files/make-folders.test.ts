import { mkdirSync, mkdtempSync, realpathSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders, syncMadeFolders } from './make-folders.js';
import type { FileStep } from './step.js';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-folders-')));
});
afterEach(() => rmSync(base, { recursive: true }));

test('every folder that was made is reported, outermost first, and the one that stood', async () => {
  mkdirSync(join(base, 'a'));
  const path = join(base, 'a', 'b', 'c', 'd');
  expect(await makeFolders(path)).toEqual({
    made: [join(base, 'a', 'b'), join(base, 'a', 'b', 'c'), path],
    stood: join(base, 'a'),
  });
  expect(statSync(path).isDirectory()).toBe(true);
});

test('where all stands nothing is made', async () => {
  expect(await makeFolders(base)).toEqual({ made: [], stood: base });
});

test('what was made is flushed innermost first, then the folder that stood', async () => {
  const steps: FileStep[] = [];
  const onStep = (step: FileStep) => void steps.push(step);
  const made = await makeFolders(join(base, 'a', 'b'), { onStep });
  await syncMadeFolders(made, { onStep });
  expect(steps.map(({ kind, path }) => `${kind} ${path.slice(base.length)}`)).toEqual([
    'mkdir /a',
    'mkdir /a/b',
    'sync /a/b',
    'sync /a',
    'sync ',
  ]);
});

test('a link to a folder is a folder; a file in the way is ENOTDIR', async () => {
  mkdirSync(join(base, 'real'));
  symlinkSync('real', join(base, 'link'));
  await makeFolders(join(base, 'link', 'new'));
  expect(statSync(join(base, 'real', 'new')).isDirectory()).toBe(true);
  writeFileSync(join(base, 'file'), '');
  await expect(makeFolders(join(base, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolders(join(base, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('an ancestor that another removes meanwhile is made again', async () => {
  let removed = 0;
  const onStep = ({ path }: FileStep) => {
    if (path.endsWith('/a/b') && removed < 3) {
      removed += 1;
      rmdirSync(join(base, 'a'));
    }
  };
  const folders = await makeFolders(join(base, 'a', 'b'), { onStep });
  expect(removed).toBe(3);
  expect(folders).toEqual({ made: [join(base, 'a'), join(base, 'a', 'b')], stood: base });
  expect(statSync(join(base, 'a', 'b')).isDirectory()).toBe(true);
});

test('a folder that another makes at the same moment is flushed as well: the other may not have come to it', async () => {
  const onStep = ({ path }: FileStep) => {
    if (path.endsWith('/a')) mkdirSync(path);
  };
  expect(await makeFolders(join(base, 'a', 'b'), { onStep })).toEqual({
    made: [join(base, 'a'), join(base, 'a', 'b')],
    stood: base,
  });
});

test('folders are made with the mode that is asked for', async () => {
  await makeFolders(join(base, 'a', 'b'), { mode: 0o700 });
  expect(statSync(join(base, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(join(base, 'a', 'b')).mode & 0o777).toBe(0o700);
});

test.runIf(process.platform === 'linux')(
  'a place where no folder can ever be made is an error, not an endless trying',
  async () => {
    await expect(makeFolders('/proc/holdfast/nothing')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
