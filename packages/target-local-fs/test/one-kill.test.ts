import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openLocalFs } from '../src/index.js';
import { afterThisTest, body, keysOf, text, textOf } from './store.js';

const CHILD = fileURLToPath(new URL('one-child.mjs', import.meta.url));
const CONTENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  old: {
    '.holdfast/snapshot.json': 'record of old',
    'excel/data.xlsx': 'old',
    'left.csv': 'old',
    'npy/a.npy': 'same',
    'npy/gone.npy': 'old',
  },
  new: {
    '.holdfast/snapshot.json': 'record of new',
    'data.csv': 'new',
    'excel/data.xlsx': 'new',
    'more/deep/b': 'new',
    'npy/a.npy': 'same',
  },
};

let points = 0;
afterAll(() => console.info(`one snapshot, kill -9: ${points} points tried`));

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-one-kill-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder with one snapshot, made once: every attempt gets a copy, with its hard links and times. */
const standing = join(scratch, 'standing');
execFileSync(process.execPath, [CHILD, standing, 'old', '0']);

let copies = 0;
function copyOfStanding(from: string = standing): string {
  copies += 1;
  const root = join(scratch, String(copies));
  execFileSync('cp', ['-a', from, root]);
  return root;
}

/** Of a kill before the step after a flush there lies what lay before the flush: that one is tried already. */
const FLUSHES: ReadonlySet<string> = new Set(['sync', 'syncfs']);

/** Runs to the end, and gives the numbers of the steps before which to kill. */
function stepsOf(root: string, action: string): number[] {
  const kinds = execFileSync(process.execPath, [CHILD, root, action, '0'], { encoding: 'utf8' }).split(' ');
  return kinds.flatMap((_, index) => (FLUSHES.has(kinds[index - 1] ?? '') ? [] : [index + 1]));
}

function runUntil(root: string, action: string, step: number): Promise<void> {
  points += 1;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CHILD, root, action, String(step)], (error, _output, errors) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(new Error(`step ${step} of ${action} was not reached: ${errors}`, { cause: error }));
    });
  });
}

/** Two children at a time: so many processors has the smallest machine this runs on. */
async function atEach(steps: readonly number[], attempt: (step: number) => Promise<void>): Promise<void> {
  const left = steps.values();
  const runner = async (): Promise<void> => {
    for (const step of left) await attempt(step);
  };
  await Promise.all([runner(), runner()]);
}

/** What stands at the top of the folder, but for the folder of our own. */
function treeOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.holdfast') && statSync(join(root, path)).isFile())
    .sort();
}

/** Opens the folder and sees that one of the roots is there, as a whole, and nothing else. */
async function rootIn(root: string, allowed: readonly (string | undefined)[]): Promise<string | undefined> {
  const target = await openLocalFs(root, { single: true, replace: true });
  afterThisTest(() => target.close());
  const keys = await keysOf(target);
  const name = keys[0]?.split('/', 1)[0];
  expect(allowed).toContain(name);
  const contents = name === undefined ? {} : (CONTENTS[name] ?? {});
  expect(keys).toEqual(Object.keys(contents).map((key) => `${name}/${key}`));
  for (const [key, value] of Object.entries(contents)) expect(await textOf(target, `${name}/${key}`)).toBe(value);
  expect(existsSync(root) ? treeOf(root) : []).toEqual(Object.keys(contents).filter((key) => !key.startsWith('.')));
  expect(existsSync(join(root, '.holdfast', 'swap'))).toBe(false);
  return name;
}

/** What kills in the midst of a replacement have left: the one rename that makes it count had been done. */
const half: string[] = [];

test('killed at any step of a replacement, the old snapshot or the new one is there, whole, and the next one can be taken', async () => {
  const steps = stepsOf(copyOfStanding(), 'replace');
  expect(steps.length).toBeGreaterThan(20);
  const seen = new Set<string | undefined>();
  await atEach(steps, async (step) => {
    const root = copyOfStanding();
    await runUntil(root, 'replace', step);
    if (existsSync(join(root, '.holdfast', 'swap'))) half.push(copyOfStanding(root));
    const name = await rootIn(root, ['old', 'new']);
    seen.add(name);
    const next = await openLocalFs(root, { replace: true });
    const batch = await next.begin({ root: 'next' });
    await batch.put('next/only', text('next'));
    await batch.commit({ key: 'next/.holdfast/snapshot.json', body: body('record of next') });
    expect(treeOf(root)).toEqual(['only']);
    expect(readdirSync(join(root, '.holdfast')).sort()).toEqual(['root.json', 'snapshot.json']);
    await next.close();
  });
  expect([...seen].sort()).toEqual(['new', 'old']);
});

test('killed again at any step of putting a replacement right, it is put right by the next one', async () => {
  expect(half.length).toBeGreaterThan(10);
  const root = half[Math.floor(half.length / 3)] ?? '';
  await atEach(stepsOf(copyOfStanding(root), 'settle'), async (step) => {
    const again = copyOfStanding(root);
    await runUntil(again, 'settle', step);
    await rootIn(again, ['new']);
  });
});

test('killed at any step of a removal, the snapshot is there, whole, or nothing is', async () => {
  const seen = new Set<string | undefined>();
  await atEach(stepsOf(copyOfStanding(), 'remove'), async (step) => {
    const root = copyOfStanding();
    await runUntil(root, 'remove', step);
    seen.add(await rootIn(root, ['old', undefined]));
  });
  expect(seen).toEqual(new Set(['old', undefined]));
});
