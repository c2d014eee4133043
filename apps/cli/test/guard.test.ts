import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { treeLines } from './script/tree.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
let before: string[];
beforeEach(() => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'first');
  before = [...treeLines(join(world.work, 'data'))];
});
afterEach(() => {
  world.remove();
});

const isLinux = process.platform === 'linux';

/** A guarded command that runs, and what came of it. */
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

/** Starts `holdfast guard WORDS -- sh -c SCRIPT`, away from any terminal. */
function start(words: readonly string[], script: string, input?: string): Running {
  const child = spawn(process.execPath, [PROGRAM, 'guard', ...words, '--', 'sh', '-c', script], {
    cwd: world.work,
    env: world.environment,
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(input ?? '');
  const ended = once(child, 'exit').then(async ([status]) => {
    // What outlives it may hold its outputs open: they are read as far as they have come.
    await Promise.race([once(child, 'close'), sleep(200)]);
    return { status: status as number | null, stdout, stderr };
  });
  return { child, ended };
}

/** Waits until something has come about; a test ends by its own limit if it never does. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

const here = (name: string): string => join(world.work, name);
const run = (...words: string[]) => runHoldfast(words, { cwd: world.work, environment: world.environment });
const expectAsItWas = (): void => expect([...treeLines(here('data'))]).toEqual(before);

/** Says that it has begun, spoils a file, and goes on until it is ended. */
const ENDLESS = 'echo spoilt > data/a.txt; touch begun; while :; do sleep 0.05; done';

describe.skipIf(process.platform === 'win32')('row 9: a guarded command', () => {
  test('has stdin, stdout, stderr and the exit status to itself', async () => {
    const bytes = 'x'.repeat(300_000);
    const { status, stdout, stderr } = await start(['./data', '--quiet'], 'cat; echo loud >&2; exit 0', bytes).ended;
    expect([status, stdout === bytes, stderr]).toEqual([0, true, 'loud\n']);
    const failed = await start(['./data', '--on-failure', 'restore'], 'exit 42').ended;
    expect(failed.status).toBe(42);
  });

  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    test(`gets ${signal}, and what it has changed is taken back when it dies of it`, async () => {
      const { child, ended } = start(['./data', '--on-failure', 'restore'], ENDLESS);
      await until(() => existsSync(here('begun')));
      child.kill(signal);
      expect((await ended).status).toBe(128 + number);
      expectAsItWas();
    });
  }

  test('that takes a signal and ends well has succeeded', async () => {
    const { child, ended } = start(['./data'], `trap 'exit 0' TERM; ${ENDLESS}`);
    await until(() => existsSync(here('begun')));
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
    expect(readFileSync(here('data/a.txt'), 'utf8')).toBe('spoilt\n');
  });

  test.skipIf(!isLinux)('is ended with all that it has started before anything is taken back', async () => {
    // One in its group, and one that has left it and its session; both write as fast as they can, and one does not hear SIGTERM.
    const writer = 'while :; do echo again >> data/$1.txt; done';
    writeFileSync(here('writer.sh'), writer);
    const script = `sh writer.sh one & setsid sh -c 'trap "" TERM; . ./writer.sh' - two & while [ ! -s data/one.txt ] || [ ! -s data/two.txt ]; do sleep 0.02; done; exit 9`;
    const { status, stderr } = await start(['./data', '--on-failure', 'restore'], script).ended;
    expect(status, stderr).toBe(9);
    expectAsItWas();
    await sleep(100);
    expectAsItWas();
  });

  test('that takes too long is ended, and what it has changed is taken back', async () => {
    const { status, stderr } = await start(['./data', '--on-failure', 'restore', '--timeout', '0.4s'], ENDLESS).ended;
    expect([status, stderr.includes('it took longer than 0.4 s')]).toEqual([143, true]);
    expectAsItWas();
    const well = await start(
      ['./data', '--on-failure', 'restore', '--timeout', '0.4s'],
      `trap 'exit 0' TERM; ${ENDLESS}`,
    ).ended;
    expect(well.status).toBe(124);
    expectAsItWas();
  });

  test.skipIf(!isLinux)('is found with all that it has started also where it is itself a guard', async () => {
    mkdirSync(here('other'));
    const inner = `setsid sh -c 'while :; do echo x >> data/new; sleep 0.01; done' & until [ -s data/new ]; do sleep 0.02; done`;
    const outer = `"${process.execPath}" "${PROGRAM}" guard ./other --quiet -- sh -c "${inner}"; exit 6`;
    const { status, stderr } = await start(['./data', '--on-failure', 'restore'], outer).ended;
    expect(status, stderr).toBe(6);
    expectAsItWas();
    await sleep(100);
    expectAsItWas();
  });

  test.skipIf(!existsSync('/dev/full'))(
    'goes on, and is taken back whole, where what is said beside it cannot be written',
    async () => {
      const script = 'echo spoilt > data/a.txt; sleep 1.2; touch whole; exit 9';
      const words = [PROGRAM, 'guard', './data', '--on-failure', 'restore', '--', 'sh', '-c', script];
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, words, {
        cwd: world.work,
        env: world.environment,
        detached: true,
        stdio: ['ignore', 'ignore', full],
      });
      const [status] = await once(child, 'exit');
      closeSync(full);
      expect([status, existsSync(here('whole'))]).toEqual([9, true]);
      expectAsItWas();
    },
  );

  test('is never started where the guard is stopped before, and nothing is left', async () => {
    truncateSync(here('data/a.txt'), 64 * 1024 ** 3);
    const { child, ended } = start(['./data', '--json'], 'touch begun');
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { status } = await ended;
    expect([status, existsSync(here('begun'))]).toEqual([130, false]);
    const own = join(String(world.environment.XDG_STATE_HOME), 'holdfast', 'guard');
    expect(readdirSync(own).filter((name) => name !== '.holdfast')).toEqual([]);
  });

  test('is not started while another one is at work on the same files', async () => {
    const first = start(['./data', '--on-failure', 'restore'], ENDLESS);
    await until(() => existsSync(here('begun')));
    const second = await run('guard', './data', '--', 'touch', 'never');
    expect([second.status, second.stderr.includes('NOT_GUARDED')]).toEqual([125, true]);
    expect(existsSync(here('never'))).toBe(false);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});

describe.skipIf(process.platform === 'win32')('row 13: a guard that is killed', () => {
  /** Kills the guard, and not its command. @returns the id of its run. */
  async function killed(script = ENDLESS): Promise<string> {
    const { child, ended } = start(['./data', '--on-failure', 'restore'], script);
    await until(() => existsSync(here('begun')));
    child.kill('SIGKILL');
    await ended;
    return readdirSync(join(String(world.environment.XDG_STATE_HOME), 'holdfast', 'guards'))[0]?.split('.')[0] ?? '';
  }

  test.skipIf(!isLinux)(
    'is announced by every command, ends what its command goes on with, and is rolled back',
    async () => {
      const id = await killed(
        'echo spoilt > data/a.txt; touch begun; while :; do echo x >> data/new; sleep 0.01; done',
      );
      const listed = await run('list', '--from', './data');
      expect(listed.stderr).toContain(`was interrupted, so ${here('data')} may be half changed`);
      expect(listed.stderr).toContain(`"holdfast guard --roll-back ${id}" takes it back`);
      const refused = await run('guard', './data', '--', 'true');
      expect([refused.status, refused.stderr.includes(`holdfast guard --dismiss ${id}`)]).toEqual([125, true]);
      const back = await run('guard', '--roll-back', id, '--yes');
      expect(back.status, back.stderr).toBe(0);
      expectAsItWas();
      await sleep(50);
      expectAsItWas();
      expect((await run('list', '--from', './data')).stderr).not.toContain('interrupted');
      expect((await run('guard', './data', '--', 'true')).status).toBe(0);
    },
  );

  test('can be dismissed: things stay, and its snapshot goes', async () => {
    const id = await killed(`echo $$ > pid; ${ENDLESS}`);
    const pid = Number(readFileSync(here('pid'), 'utf8'));
    onTestFinished(() => {
      process.kill(pid, 'SIGKILL');
    });
    const done = await run('guard', '--dismiss', id, '--yes');
    expect(done.status, done.stderr).toBe(0);
    if (isLinux) expect(done.stdout).toMatch(new RegExp(`What it has started still runs: process .*\\b${pid}\\b`));
    expect(readFileSync(here('data/a.txt'), 'utf8')).toBe('spoilt\n');
    const own = join(String(world.environment.XDG_STATE_HOME), 'holdfast', 'guard');
    expect(readdirSync(own).filter((name) => name !== '.holdfast')).toEqual([]);
    expect((await run('guard', './data', '--', 'true')).status).toBe(0);
  });
});
