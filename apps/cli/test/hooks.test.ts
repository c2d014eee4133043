/** Hooks of a config and Ctrl-C: what a hook has stopped is started again, and no command outlives the one that began it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
beforeEach(() => {
  world = makeWorld();
  writeFileSync(join(world.work, 'a.txt'), 'hello');
});
afterEach(() => {
  world.remove();
});

const inWork = (name: string): string => join(world.work, name);

/** Runs a backup with these hooks; signals are sent one after the other, each when its file is there. */
async function backup(
  hooks: Readonly<Record<string, unknown>>,
  signals: readonly (readonly [file: string, signal: NodeJS.Signals])[],
): Promise<{ status: number | null; stderr: string }> {
  const config = { sources: { a: 'a.txt' }, targets: { disk: './backups' }, hooks };
  writeFileSync(inWork('own.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [PROGRAM, 'backup', '--config', 'own.json'], {
    cwd: world.work,
    env: world.environment,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  for (const [file, signal] of signals) {
    await appears(file);
    child.kill(signal);
  }
  const [status] = (await closed) as [number | null];
  return { status, stderr };
}

async function appears(file: string): Promise<void> {
  while (!existsSync(inWork(file))) await sleep(10);
}

/** Does a process go on that began with noting its id in this file? */
function lives(file: string): boolean {
  try {
    process.kill(Number(readFileSync(inWork(file), 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

async function isGone(file: string): Promise<void> {
  while (lives(file)) await sleep(10);
}

describe.skipIf(process.platform === 'win32')('hooks', () => {
  test('Ctrl-C during before ends it, with its process group, and runs failed', async () => {
    const hooks = {
      before: 'sleep 60 & echo $! > sleeper; touch begun; wait',
      failed: 'echo "$HOLDFAST_EXIT_STATUS $HOLDFAST_ERROR" > told',
    };
    const { status, stderr } = await backup(hooks, [['begun', 'SIGINT']]);
    expect({ status, stderr }).toMatchObject({ status: 130, stderr: expect.stringContaining('stopped.') });
    expect(readFileSync(inWork('told'), 'utf8')).toBe('130 ABORTED\n');
    await isGone('sleeper');
    expect(existsSync(inWork('backups'))).toBe(false);
  });

  test('a before that does not listen is killed', async () => {
    const hooks = { before: 'trap "" TERM INT; echo $$ > stubborn; touch begun; while :; do sleep 1; done' };
    const { status } = await backup(hooks, [['begun', 'SIGTERM']]);
    expect(status).toBe(143);
    await isGone('stubborn');
  });

  test('a command that takes too long and does not listen is killed, too', async () => {
    const words = 'trap "" TERM; echo $$ > stubborn; while :; do sleep 1; done';
    const { status, stderr } = await backup({ before: { command: words, timeoutSeconds: 1 } }, []);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('took longer than 1 s') });
    await isGone('stubborn');
  });

  test('failed has its time after Ctrl-C, and a second Ctrl-C ends it', async () => {
    const slow = { before: 'touch begun; sleep 60', failed: 'touch failing; sleep 2; touch done' };
    expect((await backup(slow, [['begun', 'SIGINT']])).status).toBe(130);
    expect(existsSync(inWork('done')), 'more than a second is not too long for it').toBe(true);

    const endless = { before: 'touch again; sleep 60', failed: 'echo $$ > ending; touch endless; sleep 60' };
    const { status } = await backup(endless, [
      ['again', 'SIGINT'],
      ['endless', 'SIGINT'],
    ]);
    expect(status).toBe(130);
    await isGone('ending');
  });

  test('Ctrl-C during after keeps the snapshot, says so, and runs no failed', async () => {
    const hooks = { after: 'touch begun; sleep 60', failed: 'touch failing' };
    const { status, stderr } = await backup(hooks, [['begun', 'SIGINT']]);
    expect(status).toBe(130);
    expect(stderr).toContain('The snapshot is complete in');
    expect(existsSync(inWork('failing'))).toBe(false);
  });
});
