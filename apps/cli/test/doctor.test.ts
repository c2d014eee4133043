/**
 * What doctor leaves of a place: nothing, however it ends. What it says where a law is broken. A whole doctor is dear: it runs here
 * once on a folder, as the README has it, and once on a disk too small; doctor.txt runs it on archives.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readmeCommands } from './docs/pages.js';
import { canMount } from './script/can-mount.js';
import { jsonLines } from './script/json-lines.js';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { treeLines } from './script/tree.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
beforeEach(async () => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'hello');
  const { status } = await run(['backup', 'data', '--to', 'backups']);
  expect(status).toBe(0);
});
afterEach(() => {
  world.remove();
});

const run = (words: readonly string[]) => runHoldfast(words, { cwd: world.work, environment: world.environment });

/** Names, contents, permissions and links of everything there; the time of the top folder is that of the trial. */
function everything(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => [name, ...treeLines(join(folder, name))]);
}

describe('a target with a snapshot is byte by byte what it was', () => {
  test('after a doctor that came to its end', { timeout: 120_000 }, async () => {
    const inReadme = readmeCommands().filter(([command]) => command === 'doctor');
    expect(inReadme).toEqual([['doctor', 'disk']]);
    await run(['init', '--source', './data', '--target', 'disk=./backups', '--yes']);
    const before = everything(join(world.work, 'backups'));
    const { status, stdout } = await run(inReadme[0] ?? []);
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/^ {2}tried in .*\/backups\/\.holdfast-doctor-[0-9a-f]{16}$/m);
    expect(stdout).toMatch(/^ {2}durability {2}(full|ordered|processCrash), by fsync/m);
    expect(stdout).toMatch(/^ {2}clock {7}as here, within a second$/m);
    expect(stdout).toMatch(/^✓ create if absent: .*: 5 laws, /m);
    expect(stdout).toMatch(/^All \d+ laws held in .* Nothing was left behind\.$/m);
    expect(everything(join(world.work, 'backups'))).toEqual(before);
  });

  test('after one that a signal has stopped, whenever', { timeout: 120_000 }, async () => {
    const before = everything(join(world.work, 'backups'));
    for (const topics of [0, 1, 4]) {
      const { status, stderr } = await stopped(topics);
      expect(status, stderr).toBe(130);
      expect(stderr).toContain('Nothing was left behind.');
      expect(everything(join(world.work, 'backups')), `stopped after ${topics} topics`).toEqual(before);
    }
  });
});

/** Runs doctor and stops it once it has told of so many topics. */
async function stopped(topics: number): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [PROGRAM, 'doctor', 'backups'], { cwd: world.work, env: world.environment });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const before = stdout.split('✓').length - 1;
    stdout += text;
    const now = stdout.split('✓').length - 1;
    if (stdout.includes('tried in') && now >= topics && (before < topics || topics === 0)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stderr };
}

/** A small disk on which the large objects find no room, though archives pack them well: the laws about them cannot hold. */
const MOUNT = ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs'];

describe.skipIf(!canMount())('on a target that breaks laws (a disk without room for what must fit)', () => {
  test('it names them, ends with 4, and leaves nothing behind', { timeout: 120_000 }, async () => {
    const disk = join(world.work, 'disk');
    mkdirSync(disk);
    execFileSync('mount', [...MOUNT, disk]);
    try {
      const { status, stdout } = await run(['doctor', 'zip:disk/archives', '--json']);
      expect(status, stdout).toBe(4);
      const lines = jsonLines(stdout);
      const putting = lines.find(({ topic }) => String(topic).startsWith('putting'));
      expect(putting?.failures).toContainEqual({ law: expect.any(String), reason: expect.stringContaining('full') });
      expect(lines.at(-1)).toMatchObject({ exitStatus: 4, broken: expect.any(Number) });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
