import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openZip } from '../src/index.js';
import { assertUnzips, contentOf, keysOf, scratch } from './help.js';

const CHILD = fileURLToPath(new URL('writing-child.mjs', import.meta.url));

/** Of a replacement: writing the directory, flushing, renaming, flushing the folder. */
const LAST_STEPS = 6;
/** How often a process is killed at a random moment, in each form. */
const RANDOM_KILLS = 6;

/** Writes in another process, killed before a step; says how many steps it took if it came to the end. */
function writeInChild(address: string, root: string, killBefore: number, replace = false): number | undefined {
  const args = [CHILD, address, root, String(killBefore), replace ? '1' : '0'];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (done.signal === 'SIGKILL') return undefined;
  if (done.status !== 0) throw new Error(done.stderr);
  return Number(done.stdout);
}

/** Every archive in the folder is whole: unzip and the target find nothing wrong, and its record is there. */
async function assertWhole(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    assertUnzips(join(folder, name));
    const target = await openZip(join(folder, name));
    const keys = await keysOf(target);
    expect(keys.filter((key) => key.endsWith('/record'))).toHaveLength(1);
    expect(keys).toHaveLength(43);
    for (const key of keys.filter((key) => !key.endsWith('/link'))) await contentOf(target, key);
    await target.close();
  }
}

/**
 * The next batch works, and clears up what the dead one left. (Killed before it had put its name on its folder, its end can
 * only be told by time; but then there is nothing in it.)
 */
async function assertNextWorks(folder: string, expected: readonly string[]): Promise<void> {
  const target = await openZip(`${folder}/`);
  const batch = await target.begin({ root: 'next' });
  await batch.commit({ key: 'next/record', body: Buffer.from('{}') });
  await target.close();
  const left = readdirSync(folder, { recursive: true }).map(String);
  expect(left.filter((name) => name.endsWith('archive'))).toEqual([]);
  const nameless = left.includes('.holdfast') && !left.some((name) => name.endsWith('owner.json'));
  expect(left.filter((name) => !nameless || !name.startsWith('.holdfast')).sort()).toEqual(
    [...expected, 'next.zip'].sort(),
  );
}

test('killed before any step, a folder of archives holds the archive whole or not at all, and the next batch clears up', async () => {
  const steps = writeInChild(`${scratch()}/`, 'r', 0) ?? 0;
  expect(steps).toBeGreaterThan(12);
  const outcomes = new Set<string>();
  for (let step = 1; step <= steps; step++) {
    const folder = scratch();
    expect(writeInChild(`${folder}/`, 'r', step), `step ${step}`).toBeUndefined();
    const archives = readdirSync(folder).filter((name) => name !== '.holdfast');
    expect(['', 'r.zip']).toContain(archives.join());
    outcomes.add(archives.join());
    await assertWhole(folder, archives);
    await assertNextWorks(folder, archives);
  }
  // The last step flushes the folder: by then the archive has its name.
  expect([...outcomes].sort()).toEqual(['', 'r.zip']);
  console.log(`zip: killed before each of ${steps} steps of a folder of archives`);
});

test('killed before any of the last steps of a replacement, the old archive or the new one is there, whole', async () => {
  const old = join(scratch(), 'x.zip');
  writeInChild(old, 'old', 0);
  const again = join(scratch(), 'x.zip');
  copyFileSync(old, again);
  const steps = writeInChild(again, 'new', 0, true) ?? 0;
  const outcomes: string[] = [];
  // The steps before are those of a new archive.
  for (let step = steps - LAST_STEPS + 1; step <= steps; step++) {
    const folder = scratch();
    const path = join(folder, 'x.zip');
    copyFileSync(old, path);
    expect(writeInChild(path, 'new', step, true), `step ${step}`).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name !== '.holdfast')).toEqual(['x.zip']);
    const target = await openZip(path);
    outcomes.push(...(await keysOf(target, '', true)));
    await target.close();
    await assertWhole(folder, ['x.zip']);
    await assertNextWorks(folder, ['x.zip']);
  }
  expect(outcomes).toEqual([...Array(LAST_STEPS - 1).fill('old/'), 'new/']);
  console.log(`zip: killed before each of the last ${LAST_STEPS} steps of a replaced archive`);
});

test('killed at random moments, nothing that looks like an archive is left but whole ones', async () => {
  let seed = 20261123;
  let visible = 0;
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    const folder = scratch();
    const child = spawn(process.execPath, [CHILD, `${folder}/`, 'r'], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    // Counted from the first sign that it writes: before it there is nothing to see.
    for (let waited = 0; !existsSync(join(folder, '.holdfast')) && waited < 5000; waited++) await sleep(1);
    await sleep((seed % 1000) / 20);
    child.kill('SIGKILL');
    await exited;
    const archives = readdirSync(folder).filter((name) => name !== '.holdfast');
    visible += archives.length;
    await assertWhole(folder, archives);
    await assertNextWorks(folder, archives);
  }
  console.log(`zip: killed at ${RANDOM_KILLS} random moments, ${visible} archives had been finished`);
});
