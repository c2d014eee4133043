/**
 * A backup to a folder is killed, and run again: what it had staged is taken over, not put again; and nothing of it is believed that is
 * not read again and found to be what the live file still is.
 */

import { execFile } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type BackupSummary, backup, verify } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from '../script/run-holdfast.js';
import { assertNoResidue, assertOnlyFolders } from './checks.js';
import { type Operation, runChild } from './child.js';
import { wordsOf } from './command.js';
import { withPlaces } from './places.js';
import type { World } from './scenario.js';
import { treeOf } from './source-tree.js';

const SMALL = 240;
const isLong = (process.env.HOLDFAST_TEST_LONG ?? '') !== '';
const LARGE_BYTES = 1.5 * 1024 * 1024;
const FILES = SMALL + 3;
/** A time in whole seconds: who changes a file can put it back exactly. */
const OLD = 1_767_323_045;
/** Long enough that the file system's clock has moved on: only then may a version be remembered. */
const SETTLE_MS = 50;
const LIMIT_MS = 120_000;

interface Lab {
  readonly root: string;
  readonly temporary: string;
  readonly source: string;
  readonly store: string;
  readonly work: Extract<Operation, { operation: 'backup' }>;
}

let lab: Lab;
beforeEach(async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-adoption-')));
  const source = join(root, 'source');
  const store = join(root, 'store');
  const temporary = join(root, 'temporary');
  mkdirSync(temporary);
  for (let number = 0; number < SMALL; number++) {
    const folder = join(source, `d${number % 3}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `f${String(number).padStart(3, '0')}`), `content of ${number} `.repeat(number * 25));
  }
  for (const name of ['d0/large', 'd1/large', 'd2/large']) {
    writeFileSync(join(source, name), Buffer.alloc(LARGE_BYTES, name));
  }
  chmodSync(join(source, 'd0/f000'), 0o600);
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(source, path), OLD, OLD);
  await delay(SETTLE_MS);
  const sources = [{ path: source }];
  lab = {
    root,
    temporary,
    source,
    store,
    work: { operation: 'backup', sources, stateDirectory: join(root, 'state', 'holdfast'), targets: [store] },
  };
});
afterEach(() => rmSync(lab.root, { recursive: true, force: true }));

function worldOf({ root, temporary }: Lab): World {
  return { base: undefined as never, root, temporary, prefix: '' };
}

async function run(at?: string): Promise<readonly string[]> {
  const world = worldOf(lab);
  const ending = await runChild(lab.work, world, at === undefined ? {} : { kill: { at } });
  if (ending.how !== (at === undefined ? 'done' : 'killed'))
    throw new Error(`at ${at}: ${JSON.stringify(ending).slice(0, 2000)}`);
  return ending.how === 'done' ? ending.steps : [];
}

/** The backup that comes to its end: whole, equal to the live files, and without a trace of those that were killed. */
async function runAgain(): Promise<BackupSummary['targets'][number]> {
  const { sources, stateDirectory, targets } = lab.work;
  const summary = await withPlaces(targets, (...opened) => backup({ sources, stateDirectory, targets: opened }));
  expect(summary.problems).toEqual([]);
  const { problems } = await withPlaces(targets, (target) => verify({ target, data: true }));
  expect(problems).toEqual([]);
  const snapshot = join(lab.store, summary.snapshotId);
  assertOnlyFolders(lab.store, [summary.snapshotId]);
  assertNoResidue({ targets, states: [stateDirectory], temporary: lab.temporary });
  expect(
    readdirSync(join(stateDirectory, 'sources'), { recursive: true }).filter((name) => String(name).includes('staged')),
  ).toEqual([]);
  for (const path of readdirSync(lab.source, { recursive: true, encoding: 'utf8' })) {
    const [stored, live] = [lstatSync(join(snapshot, 'source', path)), lstatSync(join(lab.source, path))];
    if (live.isDirectory()) continue;
    expect(readFileSync(join(snapshot, 'source', path)).equals(readFileSync(join(lab.source, path))), path).toBe(true);
    expect([stored.nlink, Math.abs(stored.mtimeMs - live.mtimeMs) < 0.01], path).toEqual([1, true]);
  }
  const [target] = summary.targets;
  if (target === undefined) throw new Error('there is one target');
  expect(target.storedFiles + target.adoptedFiles).toBe(FILES);
  expect(target.storedBytes + target.adoptedBytes).toBe(summary.counts.bytes);
  expect(summary.readFiles).toBe(target.storedFiles);
  return target;
}

/** Of the puts of files, the ones at these shares of the whole. */
async function putsAt(...shares: number[]): Promise<string[]> {
  const elsewhere = join(lab.root, 'undisturbed');
  const { work } = lab;
  lab = { ...lab, work: { ...work, stateDirectory: join(elsewhere, 'state'), targets: [join(elsewhere, 'store')] } };
  const puts = (await run()).filter((step) => step.startsWith('after put <id>/source/'));
  lab = { ...lab, work };
  rmSync(elsewhere, { recursive: true });
  return shares.map((share) => puts[Math.floor(share * (puts.length - 1))] ?? '');
}

const READY = 'before commit <id>/.holdfast/snapshot.json#1';

/** Every file that a killed backup has staged. */
function stagedFiles(): string[] {
  const staging = join(lab.store, '.holdfast', 'staging');
  const paths = readdirSync(staging, { recursive: true, encoding: 'utf8' }).map((path) => join(staging, path));
  return paths.filter((path) => path.includes('/source/') && lstatSync(path).isFile());
}

describe.skipIf(process.platform === 'win32')('a backup that was killed', () => {
  test(
    'at any point is whole when it is run again, and what it had noted is not put a second time',
    async () => {
      const shares = isLong ? [0, 0.2, 0.4, 0.6, 0.8, 0.95, 1] : [0, 0.6, 0.8, 1];
      const points = [...(await putsAt(...shares)), READY];
      const adopted: number[] = [];
      for (const at of points) {
        await run(at);
        adopted.push((await runAgain()).adoptedFiles);
        rmSync(lab.store, { recursive: true });
        rmSync(lab.work.stateDirectory, { recursive: true });
      }
      process.stdout.write(`killed at ${points.length} points, taken over: ${adopted.join(', ')} of ${FILES} files\n`);
      // Not noted are what was under way, and the last dozens of files.
      expect(adopted.at(-1)).toBeGreaterThan(FILES * 0.7);
      expect(adopted.filter((count) => count > 0).length).toBeGreaterThanOrEqual(3);
    },
    LIMIT_MS,
  );

  test(
    'again and again loses nothing of what those before it had taken over',
    async () => {
      await run(READY);
      const staged = stagedFiles().length;
      await run('before adopt <id>/source/d0/f000#1');
      expect(stagedFiles()).toHaveLength(staged);
      await run('after adopt <id>/source/d0/f000#1');
      expect(stagedFiles()).toHaveLength(staged);
      await run(READY);
      const { adoptedFiles } = await runAgain();
      expect(adoptedFiles).toBe(FILES);
    },
    LIMIT_MS,
  );

  test('does not pass on what has rotted in its staging', async () => {
    await run(READY);
    const rotten = stagedFiles().filter((path) => lstatSync(path).size > 0);
    for (const path of rotten) {
      const { atime, mtime, mode } = lstatSync(path);
      const bytes = readFileSync(path);
      bytes[0] = (bytes[0] ?? 0) ^ 0x20;
      chmodSync(path, 0o600);
      writeFileSync(path, bytes);
      utimesSync(path, atime, mtime);
      chmodSync(path, mode);
    }
    const { adoptedBytes } = await runAgain();
    expect(adoptedBytes).toBe(0);
  });

  test('does not pass on a file that has changed since, not even when its size and time are as they were', async () => {
    const before = treeOf(lab.source);
    await run(READY);
    for (const name of ['d0/large', 'd1/f100', 'd2/f101']) {
      const path = join(lab.source, name);
      const { atime, mtime } = lstatSync(path);
      writeFileSync(path, readFileSync(path).fill('!'));
      utimesSync(path, atime, mtime);
    }
    appendFileSync(join(lab.source, 'd0/f003'), 'and more');
    expect(treeOf(lab.source)).not.toEqual(before);
    const { storedFiles } = await runAgain();
    expect(storedFiles).toBeGreaterThanOrEqual(4);
  });

  test('is taken over by one of two that are run at once, and both are whole', async () => {
    await run(READY);
    const { sources, stateDirectory, targets } = lab.work;
    const summaries = await Promise.all(
      [0, 1].map(() => withPlaces(targets, (...opened) => backup({ sources, stateDirectory, targets: opened }))),
    );
    const adopted = summaries
      .map((summary) => summary.targets[0]?.adoptedFiles ?? 0)
      .sort((left, right) => left - right);
    expect(adopted[0]).toBe(0);
    expect(adopted[1]).toBeGreaterThan(FILES * 0.7);
    const { problems, snapshots } = await withPlaces(targets, (target) => verify({ target, data: true }));
    expect([problems, snapshots]).toEqual([[], 2]);
    assertNoResidue({ targets, states: [stateDirectory], temporary: lab.temporary });
  });

  test('says how much was taken over, in words and for programs', async () => {
    await run(READY);
    const { words, environment } = wordsOf(lab.work, worldOf(lab));
    const command = (...more: string[]) =>
      promisify(execFile)(process.execPath, [PROGRAM, ...words, ...more], { cwd: lab.root, env: environment });
    const { stdout } = await command();
    expect(stdout).toMatch(/ took over 2\d\d files \(\d+ MiB\) from an interrupted backup;/);
    expect(stdout).not.toContain('unchanged since the last snapshot');
    rmSync(lab.store, { recursive: true });
    rmSync(lab.work.stateDirectory, { recursive: true });
    await run(READY);
    const lines = (await command('--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [summary] = lines.slice(-1) as { targets: Record<string, number>[] }[];
    const adopted = lines.filter(({ action }) => action === 'adopted').length;
    expect(adopted).toBeGreaterThan(FILES * 0.7);
    expect(summary?.targets[0]).toMatchObject({ adoptedFiles: adopted, storedFiles: FILES - adopted });
  });

  test('to several folders is taken over in each; with a place that cannot, all is put, and is whole', async () => {
    const { sources, stateDirectory } = lab.work;
    for (const second of [join(lab.root, 'second'), `zip:${join(lab.root, 'archives')}`]) {
      const targets = [lab.store, second];
      lab = { ...lab, work: { ...lab.work, targets } };
      await run(READY);
      const summary = await withPlaces(targets, (...opened) => backup({ sources, stateDirectory, targets: opened }));
      expect(summary.problems).toEqual([]);
      const counts = summary.targets.map(({ adoptedFiles, storedFiles }) => [adoptedFiles, storedFiles]);
      const [[adopted = 0] = []] = counts;
      expect(counts).toEqual([
        [adopted, FILES - adopted],
        [adopted, FILES - adopted],
      ]);
      if (second.startsWith('zip:')) expect(adopted).toBe(0);
      else expect(adopted).toBeGreaterThan(FILES * 0.7);
      for (const target of targets) {
        expect(await withPlaces([target], (opened) => verify({ target: opened, data: true }))).toMatchObject({
          problems: [],
          snapshots: 1,
        });
      }
      assertNoResidue({ targets: [lab.store], states: [stateDirectory], temporary: lab.temporary });
      rmSync(lab.store, { recursive: true });
      rmSync(stateDirectory, { recursive: true });
    }
  });

  test('to one folder is still there to be taken over when there was a backup to another one in between', async () => {
    const { sources, stateDirectory } = lab.work;
    await run(READY);
    const between = await withPlaces([join(lab.root, 'second')], (...opened) =>
      backup({ sources, stateDirectory, targets: opened }),
    );
    expect(between.targets[0]?.adoptedFiles).toBe(0);
    expect((await runAgain()).adoptedFiles).toBeGreaterThan(FILES * 0.7);
  });

  test('is not taken over where everything is to be read', async () => {
    await run(READY);
    const { sources, stateDirectory, targets } = lab.work;
    const summary = await withPlaces(targets, (...opened) =>
      backup({ sources, stateDirectory, targets: opened, rehash: true }),
    );
    expect(summary.targets[0]?.adoptedFiles).toBe(0);
    expect(summary.readFiles).toBe(FILES);
    assertNoResidue({ targets, states: [stateDirectory], temporary: lab.temporary });
  });

  test('of another source is nothing to take over', async () => {
    await run(READY);
    const other = join(lab.root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'file'), 'other');
    const { stateDirectory, targets } = lab.work;
    const summary = await withPlaces(targets, (...opened) =>
      backup({ sources: [{ path: other }], stateDirectory, targets: opened }),
    );
    expect(summary.targets[0]).toMatchObject({ adoptedFiles: 0, storedFiles: 1 });
    // It has swept what the other had staged. That one begins anew, and is whole.
    rmSync(join(lab.store, summary.snapshotId), { recursive: true });
    expect((await runAgain()).adoptedFiles).toBe(0);
  });
});
