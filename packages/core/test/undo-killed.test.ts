import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { newestRestore, undoableRestores } from '../src/index.js';
import { bury, dyingAt } from './dying-process.js';
import { Lab } from './lab.js';
import { copyOf, expectJustTheSame, undo } from './undo-lab.js';
import { scratch } from './workspace.js';

const tried: string[] = [];
afterAll(() => console.log(`killed at ${tried.join(', ')}`));

/** A tree that has become another one in every way, and what it is now. */
async function changedLab(): Promise<{ lab: Lab; old: string }> {
  const lab = new Lab({
    'a.txt': 'a',
    'gone/b.txt': 'b',
    'set.txt': 'set',
    link: '-> a.txt',
    'was/file': 'x',
    twin: 'twin',
  });
  linkSync(lab.path('twin'), lab.path('twin2'));
  await lab.backup();
  writeFileSync(lab.path('a.txt'), 'changed');
  rmSync(lab.path('gone'), { recursive: true });
  chmodSync(lab.path('set.txt'), 0o600);
  rmSync(lab.path('link'));
  symlinkSync('elsewhere', lab.path('link'));
  rmSync(lab.path('was'), { recursive: true });
  writeFileSync(lab.path('was'), 'a file now');
  mkdirSync(lab.path('new'));
  writeFileSync(lab.path('new/n.txt'), 'new');
  writeFileSync(lab.path('twin'), 'changed twin');
  return { lab, old: copyOf(lab.source) };
}

const restoreAll = (lab: Lab): Promise<unknown> => lab.restoreInPlace({ delete: true });

/** Everything is undone until it is as it was: what was begun is one thing to undo, or none. */
async function undoWhatIsThere(lab: Lab): Promise<void> {
  bury(lab.state);
  expect(undoableRestores(lab.state).length).toBeLessThanOrEqual(1);
  if (newestRestore(lab.state) !== undefined) expect(await undo(lab.state)).toMatchObject({ problems: [] });
}

/** All points of some work, or as many as there is time for, spread over all. */
function points(changes: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(changes / (process.env.EVERY_POINT === undefined ? most : changes)));
  return Array.from({ length: Math.ceil(changes / step) }, (_, index) => 1 + index * step);
}

async function changesOf(
  prepare: (lab: Lab) => Promise<unknown>,
  work: (lab: Lab) => Promise<unknown>,
): Promise<number> {
  const { lab } = await changedLab();
  await prepare(lab);
  return (await dyingAt(Number.POSITIVE_INFINITY, () => work(lab))).changes;
}

describe('wherever a process is killed', () => {
  it('a restore, undo brings back what was there', async () => {
    const all = await changesOf(async () => undefined, restoreAll);
    const at = points(all, 12);
    for (const nth of at) {
      const { lab, old } = await changedLab();
      expect(await dyingAt(nth, () => restoreAll(lab))).toMatchObject({ died: true });
      await undoWhatIsThere(lab);
      rmSync(lab.path('.holdfast-restore'), { recursive: true, force: true });
      expectTreeButTop(lab.source, old, nth);
    }
    tried.push(`${at.length} of ${all} points of a restore`);
  }, 120_000);

  it('a restore, and it is run again, undo brings back what was there before both', async () => {
    const all = await changesOf(async () => undefined, restoreAll);
    const at = points(all, 6);
    for (const nth of at) {
      const { lab, old } = await changedLab();
      await dyingAt(nth, () => restoreAll(lab));
      bury(lab.state);
      expect(await restoreAll(lab)).toMatchObject({ problems: [] });
      await undoWhatIsThere(lab);
      rmSync(lab.path('.holdfast-restore'), { recursive: true, force: true });
      expectTreeButTop(lab.source, old, nth);
    }
    tried.push(`${at.length} of ${all} points of a restore that is run again`);
  }, 120_000);

  it('an undo, it goes on when it is run again, and can be undone', async () => {
    const all = await changesOf(restoreAll, (lab) => undo(lab.state));
    const at = points(all, 12);
    for (const nth of at) {
      const { lab, old } = await changedLab();
      await restoreAll(lab);
      const restored = copyOf(lab.source);
      expect(await dyingAt(nth, () => undo(lab.state))).toMatchObject({ died: true });
      bury(lab.state);
      const next = newestRestore(lab.state);
      // It may have come to its end, and only not have tidied up.
      if (next?.kind === 'restore') await undo(lab.state);
      expectTreeButTop(lab.source, old, nth);
      expect(newestRestore(lab.state)).toMatchObject({ kind: 'undo' });
      expect(await undo(lab.state)).toMatchObject({ problems: [] });
      expectTreeButTop(lab.source, restored, nth);
    }
    tried.push(`${at.length} of ${all} points of an undo`);
  }, 120_000);
});

/** The time of the top itself is that of the staging folder, which a killed restore has left in it. */
function expectTreeButTop(actual: string, expected: string, nth: number): void {
  try {
    expectJustTheSame(actual, expected);
  } catch (error) {
    throw new Error(`killed at ${nth}`, { cause: error });
  }
}

it('a restore in a process of its own, at random times, undo brings back what was there', async () => {
  const script = join(import.meta.dirname, 'undo-killed.mjs');
  let killed = 0;
  for (let trial = 0; trial < 4; trial += 1) {
    const [source, state] = [scratch(), scratch()];
    const child = spawn(process.execPath, [script, source, state], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    for (let folder = 0; folder < 10; folder += 1) {
      writeFileSync(join(source, `d${folder}`, 'f0'), 'changed');
      writeFileSync(join(source, `d${folder}`, 'extra'), 'extra');
      rmSync(join(source, `d${folder}`, 'f1'));
    }
    const old = copyOf(source);
    child.stdin.write('go');
    await delay(10 + Math.random() * 250);
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) killed += 1;
    await ended;
    if (newestRestore(state) !== undefined) expect(await undo(state)).toMatchObject({ problems: [] });
    rmSync(join(source, '.holdfast-restore'), { recursive: true, force: true });
    expectJustTheSame(source, old);
  }
  tried.push(`${killed} random times`);
}, 60_000);

it('what is kept is durable before the first change', async () => {
  const { lab } = await changedLab();
  const steps: string[] = [];
  const { fsyncSync, renameSync } = fs;
  fs.fsyncSync = (descriptor) => {
    steps.push(`sync ${basename(readlinkSync(`/proc/self/fd/${descriptor}`))}`);
    fsyncSync(descriptor);
  };
  fs.renameSync = (from, to) => {
    if (String(to).startsWith('/proc/')) steps.push('change');
    renameSync(from, to);
  };
  const rename = fs.promises.rename;
  fs.promises.rename = async (from, to) => {
    const text = String(to).endsWith('record.json') ? readFileSync(from, 'utf8') : '';
    if (text !== '') steps.push(text.includes('"items"') ? 'record' : 'begun');
    await rename(from, to);
  };
  syncBuiltinESMExports();
  try {
    await restoreAll(lab);
  } finally {
    Object.assign(fs, { fsyncSync, renameSync });
    fs.promises.rename = rename;
    syncBuiltinESMExports();
  }
  const first = ['begun', 'sync items-1.jsonl', 'record', 'change'].map((step) => steps.indexOf(step));
  expect(first).not.toContain(-1);
  expect(first).toEqual([...first].sort((left, right) => left - right));
});
