import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHoldfast } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
beforeAll(() => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data/sub'), { recursive: true });
  for (const name of ['a', 'b b', 'sub/ü']) writeFileSync(join(world.work, 'data', name), `content of ${name}`);
});
afterAll(() => {
  world.remove();
});

const at = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' } as const;

test.skipIf(process.platform === 'win32')(
  'what is exported passes unzip -t, is the same tree when it is unpacked, and proves itself by sha256sum -c',
  async () => {
    const run = async (...words: string[]): Promise<void> => {
      const { status, stdout, stderr } = await runHoldfast(words, { cwd: world.work, environment: world.environment });
      expect(status, stdout + stderr).toBe(0);
    };
    await run('backup', 'data', '--to', 'backups');
    for (const patterns of [[], ['data/sub']]) {
      await run('export', 'latest', 'out.zip', ...patterns, '--from', 'backups', '--replace');
      execFileSync('unzip', ['-tqq', 'out.zip'], { cwd: world.work, ...at });
      execFileSync('rm', ['-rf', 'unpacked'], { cwd: world.work });
      execFileSync('unzip', ['-qq', 'out.zip', '-d', 'unpacked'], { cwd: world.work, ...at });
      const [id = ''] = execFileSync('ls', ['unpacked'], { cwd: world.work, ...at }).split('\n');
      const folder = join(world.work, 'unpacked', id);
      execFileSync('sha256sum', ['-c', '--quiet', '.holdfast/SHA256SUMS'], { cwd: folder, ...at });
      const part = patterns.length === 0 ? 'data' : 'data/sub';
      for (const name of ['data/a', 'data/b b', 'data/sub/ü'].filter((path) => path.startsWith(part))) {
        expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(world.work, name)));
      }
    }
  },
);

test.skipIf(process.platform === 'win32')(
  'unzip gives back every file of an archive, also of names with control characters, and its owner alone can read it',
  async () => {
    mkdirSync(join(world.work, 'odd'));
    for (const name of ['a\tb', '\t', 'n\nl', 'ab']) writeFileSync(join(world.work, 'odd', name), `of ${name}`);
    const words = ['backup', 'odd', '--to', 'odd.zip'];
    const { status } = await runHoldfast(words, { cwd: world.work, environment: world.environment });
    expect(status).toBe(0);
    expect((statSync(join(world.work, 'odd.zip')).mode & 0o777).toString(8)).toBe('600');
    execFileSync('unzip', ['-qq', 'odd.zip', '-d', 'odd-unpacked'], { cwd: world.work, ...at });
    const [id = ''] = execFileSync('ls', ['odd-unpacked'], { cwd: world.work, ...at }).split('\n');
    const folder = join(world.work, 'odd-unpacked', id);
    execFileSync('sha256sum', ['-c', '--quiet', '.holdfast/SHA256SUMS'], { cwd: folder, ...at });
    expect(readFileSync(join(folder, '.holdfast/SHA256SUMS'), 'utf8').trim().split('\n')).toHaveLength(4);
  },
);
