import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

const LARGE = Buffer.from(Uint8Array.from({ length: 20 * 1024 * 1024 }, (_, index) => (index * 7) ^ (index >> 9)));

let world: World;
beforeEach(async () => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'large.bin'), LARGE);
  writeFileSync(join(world.work, 'data', 'small.bin'), LARGE.subarray(0, 3000));
  const words = ['backup', './data', '--to', './backups'];
  await runHoldfast(words, { cwd: world.work, environment: world.environment });
});
afterEach(() => {
  world.remove();
});

function show(path: string) {
  const words = [PROGRAM, 'show', 'latest', path, '--from', './backups'];
  return spawn(process.execPath, words, { cwd: world.work, env: world.environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the bytes of a file come through a pipe exactly, small and large, whatever they are', async () => {
  for (const [path, content] of [
    ['data/large.bin', LARGE],
    ['data/small.bin', LARGE.subarray(0, 3000)],
  ] as const) {
    const child = show(path);
    const [stdout, stderr, [status]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'close'),
    ]);
    expect(status).toBe(0);
    expect(stderr.toString()).toBe('');
    expect(stdout.equals(content)).toBe(true);
  }
});

test('a reader that leaves early is no error', async () => {
  const child = show('data/large.bin');
  const stderr = buffer(child.stderr);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  expect((await stderr).toString()).toBe('');
});
