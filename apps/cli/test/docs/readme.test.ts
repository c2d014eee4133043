import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runHoldfast } from '../script/run-holdfast.js';
import { treeLines } from '../script/tree.js';
import { makeWorld, type World } from '../script/world.js';
import { makeAttendance, makeSources, REPOSITORY, readmeCommands } from './pages.js';

const PAGE = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');

let world: World;
beforeEach(() => {
  world = makeWorld();
  makeSources(world.work);
});
afterEach(() => {
  world.remove();
});

describe('README.md', () => {
  test('its commands do what stands beside them', async () => {
    // A doctor takes as long as all the others together: doctor.test.ts runs that line, where it has more to say.
    const commands = readmeCommands().filter(([command]) => command !== 'doctor');
    expect(commands.length).toBeGreaterThan(4);
    for (const words of commands) {
      const result = await runHoldfast(words, { cwd: world.work, environment: world.environment });
      expect(result.status, `${words.join(' ')}\n${result.stdout}${result.stderr}`).toBe(0);
    }
    expect(treeLines(join(world.work, 'restored/data'))).toEqual(treeLines(join(world.work, 'data')));
  });

  test('its commands for the attendance program do what stands beside them, and leave its files as they were', async () => {
    makeAttendance(world.work);
    const before = treeLines(join(world.work, 'encodings'));
    const commands = readmeCommands(true);
    expect(commands.length).toBeGreaterThan(8);
    for (const words of commands) {
      const result = await runHoldfast(words, { cwd: world.work, environment: world.environment });
      expect(result.status, `${words.join(' ')}\n${result.stdout}${result.stderr}`).toBe(0);
      if (words[0] === 'guard') expect(result.stdout).toBe('an operation\n');
    }
    expect(treeLines(join(world.work, 'encodings'))).toEqual(before);
    for (const name of ['sheet.csv', 'attendance_backup.csv', 'attendance_backup.People.csv'])
      expect(existsSync(join(world.work, name))).toBe(true);
  });

  test('its library example of fifteen lines runs as it stands there', () => {
    const example = /^```js\n(.*?)^```/ms.exec(PAGE)?.[1] ?? '';
    expect(example.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
    expect(example).toMatch(/AbortSignal.*onEvent/s);
    symlinkSync(join(REPOSITORY, 'apps/cli/node_modules'), join(world.work, 'node_modules'), 'junction');
    writeFileSync(join(world.work, 'example.mjs'), example);
    const result = spawnSync(process.execPath, ['example.mjs'], {
      cwd: world.work,
      env: world.environment,
      encoding: 'utf8',
    });
    expect(result.status, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toMatch(/^stored data\/array\.npy$/m);
    expect(result.stdout).toMatch(/^\S+: 2 files, 0 problems$/m);
    expect(treeLines(join(world.work, 'restored/data'))).toEqual(treeLines(join(world.work, 'data')));
  });
});
