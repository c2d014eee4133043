/** The scripts of `holdfast completion`, in the shells themselves. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
let id: string;
beforeAll(async () => {
  world = makeWorld();
  const bin = join(world.work, '..', 'home', 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'holdfast'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(join(bin, 'holdfast'), 0o755);
  world.environment.PATH = `${bin}:${process.env.PATH}`;
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'hello');
  mkdirSync(join(world.work, 'deep folder'));
  const config = { sources: { stuff: './data' }, targets: { disk: './backups', stick: 'zip:archives' } };
  writeFileSync(join(world.work, 'holdfast.config.json'), JSON.stringify(config));
  const made = await run(['backup', '--to', 'disk', '--name', 'first', '--json', '--quiet']);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await run(['completion', shell]);
    writeFileSync(join(world.work, '..', 'home', shell), stdout);
  }
  id = (JSON.parse(made.stdout) as { snapshotId: string }).snapshotId;
});
afterAll(() => {
  world.remove();
});

const run = (words: readonly string[]) => runHoldfast(words, { cwd: world.work, environment: world.environment });

/** What each shell offers for a line whose last word is under the cursor. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => string[]>> = {
  bash: (words) => {
    const line = `COMP_WORDS=(${quoted(words)}); COMP_CWORD=${words.length - 1}; _holdfast holdfast`;
    return inShell('bash', ['--norc', '-c', `source ../home/bash; ${line}; printf '%s\\n' "\${COMPREPLY[@]}"`]);
  },
  zsh: (words) => {
    // The parts of zsh's own completion that the script calls, as far as one can see without a terminal.
    const stubs = [
      'compdef() {}',
      'compset() { shift 2 }',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: zsh's own
      '_describe() { for one in "${(@P)3}"; do print -r -- "${one%%:*}"; done }',
      '_files() { [[ $1 == -/ ]] && print -rl -- *(/) || print -rl -- *; }',
    ].join('\n');
    const line = `words=(${quoted(words)}); CURRENT=${words.length}; _holdfast`;
    return inShell('zsh', ['-f', '-c', `${stubs}\nsource ../home/zsh\n${line}`]);
  },
  fish: (words) => {
    const line = words.map((word) => word.replaceAll(' ', '\\ ')).join(' ');
    const found = inShell('fish', ['--no-config', '-c', `source ../home/fish; complete -C ${JSON.stringify(line)}`]);
    return found.map((one) => one.split('\t', 1)[0] ?? '');
  },
};

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}

function inShell(shell: string, words: readonly string[]): string[] {
  const options = { cwd: world.work, env: world.environment, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(shell, words, options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

for (const [shell, offered] of Object.entries(SHELLS)) {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;
  describe.skipIf(!isThere)(`${shell}${isThere ? '' : ' [not installed]'}`, () => {
    test('completes commands', () => {
      expect(offered(['holdfast', 'ver'])).toContain('verify');
      expect(offered(['holdfast', ''])).toEqual(expect.arrayContaining(['backup', 'restore', 'help']));
    });

    test('completes the options of the command', () => {
      expect(offered(['holdfast', 'restore', '--in'])).toContain('--into');
      expect(offered(['holdfast', 'list', '--fr'])).not.toContain('--into');
    });

    test('completes targets by their names, and paths', () => {
      const found = offered(['holdfast', 'list', '--from', '']);
      expect(found).toEqual(expect.arrayContaining(['disk', 'stick']));
      expect(found.join()).toContain('backups');
    });

    test('completes sources by their names, and paths', () => {
      const found = offered(['holdfast', 'backup', '']);
      expect(found).toContain('stuff');
      expect(found.join()).toContain('data');
    });

    test('completes the ids and names of snapshots: of the target given, or of the default one', () => {
      expect(offered(['holdfast', 'show', ''])).toEqual(expect.arrayContaining(['latest', id, 'first']));
      expect(offered(['holdfast', 'show', '--from', './backups', id.slice(0, 4)])).toContain(id);
      expect(offered(['holdfast', 'show', '--from', './nowhere', ''])).toEqual(['latest']);
    });

    test('completes folders where a folder is meant', () => {
      const found = offered(['holdfast', 'restore', '--into', '']).join('\n');
      expect(found).toContain('deep');
      expect(found).not.toContain('holdfast.config.json');
    });
  });
}

test('bash completes behind = and behind the colon of an address, which it takes for words', () => {
  const offered = SHELLS.bash;
  expect(offered?.(['holdfast', 'list', '--from', '=', 'st'])).toEqual(['stick']);
  expect(offered?.(['holdfast', 'backup', '--to', 'zip', ':', 'back'])).toEqual(['backups']);
});

test('nothing is ever said beside the words, however broken the config', async () => {
  const asked = await run(['__complete', 'bash', '--', 'list', '--config', 'data/a.txt', '--from', '']);
  expect(asked).toEqual({ status: 0, stdout: ':files\n', stderr: '' });
});

test('a shell that there is no script for is wrong usage', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
  expect((await run(['completion'])).status).toBe(2);
});
