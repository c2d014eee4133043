import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BackupTarget, emptySource } from '@holdfast/core/target';
import { afterAll, expect, test } from 'vitest';
import { body, keysOf, type TestStore, testStore, text, textOf } from './store.js';

const CHILD = fileURLToPath(new URL('kill-child.mjs', import.meta.url));
const RECORD = 'snap/.holdfast/record';
const WHOLE: Readonly<Record<string, string>> = {
  'snap/a/one': 'one',
  'snap/b/c/two': 'two',
  'snap/copy': 'two',
  'snap/large': 'x'.repeat(1_500_000),
  [RECORD]: 'record',
};
const ALL_KEYS = [...Object.keys(WHOLE), 'snap/link'].sort();

const FLUSHES: ReadonlySet<string> = new Set(['sync', 'syncfs']);

let points = 0;
afterAll(() => console.info(`kill -9: ${points} points tried`));

/**
 * Runs to the end, and gives the numbers of the steps before which to kill. A kill leaves what the system has been told, flushed or
 * not, so that before the step after a flush there lies what lay before the flush: that one is tried already.
 */
function stepsOf(store: TestStore, action: string): number[] {
  const kinds = execFileSync(process.execPath, [CHILD, store.root, action, '0'], { encoding: 'utf8' }).split(' ');
  return kinds.flatMap((_, index) => (FLUSHES.has(kinds[index - 1] ?? '') ? [] : [index + 1]));
}

/** Runs until it kills itself. */
function runUntil(store: TestStore, action: string, step: number): Promise<void> {
  points += 1;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CHILD, store.root, action, String(step)], (error, _output, errors) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(new Error(`step ${step} of ${action} was not reached: ${errors}`, { cause: error }));
    });
  });
}

/** Law 1: no record without everything it stands for; and whatever is visible is whole. */
async function assertLawful(target: BackupTarget, all: readonly string[] = ALL_KEYS): Promise<readonly string[]> {
  const keys = (await keysOf(target)).filter((key) => key.startsWith('snap/'));
  if (keys.includes(RECORD)) expect(keys.sort()).toEqual(all);
  for (const key of keys) {
    const whole = WHOLE[key];
    if (whole !== undefined) expect((await textOf(target, key)) === whole, `${key} is whole`).toBe(true);
  }
  return keys;
}

/** Two children at a time: so many processors has the smallest machine this runs on. */
async function atEach(steps: readonly number[], attempt: (step: number) => Promise<void>): Promise<void> {
  const left = steps.values();
  const runner = async (): Promise<void> => {
    for (const step of left) await attempt(step);
  };
  await Promise.all([runner(), runner()]);
}

test('killed at any step, a batch with a root shows nothing or everything; the next one sweeps and does the same', async () => {
  const steps = stepsOf(testStore(), 'root');
  expect(steps.length).toBeGreaterThan(15);
  await atEach(steps, async (step) => {
    const store = testStore();
    await runUntil(store, 'root', step);
    const target = await store.open();
    const keys = await assertLawful(target);
    const visible = keys.includes(RECORD);
    expect(keys).toEqual(visible ? [...ALL_KEYS] : []);
    if (!visible) expect(topOf(store).filter((name) => name !== '.holdfast')).toEqual([]);
    const next = await target.begin({ root: visible ? 'again' : 'snap' });
    expect(store.residue()).toHaveLength(1);
    await next.put(`${visible ? 'again' : 'snap'}/file`, text('1'));
    await next.commit();
    expect(store.residue()).toEqual([]);
  });
});

test.each([
  { action: 'loose', record: 'a record', keys: ALL_KEYS },
  { action: 'ifAbsent', record: 'a record that must be new', keys: [RECORD, 'snap/a/one'] },
])(
  'killed at any step, a batch without a root shows $record last, and only whole objects',
  async ({ action, keys }) => {
    const store = async () => {
      const place = testStore();
      const batch = await (await place.open()).begin();
      await batch.put('old/file', text('old'));
      await batch.commit({ key: 'old/record', body: body('r') });
      return place;
    };
    const steps = stepsOf(await store(), action);
    expect(steps.length).toBeGreaterThan(10);
    await atEach(steps, async (step) => {
      const place = await store();
      await runUntil(place, action, step);
      const target = await place.open();
      await assertLawful(target, keys);
      expect(await keysOf(target, 'old/')).toEqual(['old/file', 'old/record']);
      await (await target.begin()).commit();
      expect(place.residue()).toEqual([]);
    });
  },
);

test('killed at any step of a removal, record first, no record stands without its objects', async () => {
  const store = async () => {
    const place = testStore();
    const batch = await (await place.open()).begin({ root: 'snap' });
    for (const [key, value] of Object.entries(WHOLE)) if (key !== RECORD) await batch.put(key, text(value));
    await batch.put('snap/link', emptySource, { attributes: { type: 'symlink', linkTarget: body('a/one') } });
    await batch.commit({ key: RECORD, body: body('record') });
    return place;
  };
  const steps = stepsOf(await store(), 'delete');
  expect(steps.length).toBeGreaterThan(7);
  await atEach(steps, async (step) => {
    const place = await store();
    await runUntil(place, 'delete', step);
    const target = await place.open();
    await assertLawful(target);
    await target.delete(await keysOf(target));
    expect(topOf(place)).toEqual([]);
  });
});

function topOf(store: TestStore): string[] {
  try {
    return readdirSync(store.root);
  } catch {
    return [];
  }
}
