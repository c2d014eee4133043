import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectJsonLines, jsonLines } from './script/json-lines.js';
import { PROGRAM, runHoldfast } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

/** Far more than can be read before the signal arrives; it is a hole, and takes no space. */
const ENDLESS_BYTES = 64 * 1024 ** 3;

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => {
  world.remove();
});

/** Starts the program, sends the signal when its first event is out, and waits for its end. */
async function stopped(words: readonly string[], signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: world.work, env: world.environment });
  const result = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
  });
  let isSent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
    if (isSent || !result.stdout.includes('"type":"started"')) return;
    isSent = true;
    child.kill(signal);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (words.includes('--json')) expectJsonLines(result.stdout, status, result.stdout + result.stderr);
  return { ...result, status };
}

function makeEndlessSource(): void {
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'endless.bin'), '');
  truncateSync(join(world.work, 'data', 'endless.bin'), ENDLESS_BYTES);
}

const posix = process.platform !== 'win32';

test.runIf(posix)(
  'Ctrl-C ends a backup with 130, says what is kept, and leaves nothing that looks like a snapshot',
  async () => {
    makeEndlessSource();
    writeFileSync(join(world.work, 'small.txt'), 'hello');
    const where = { cwd: world.work, environment: world.environment };
    await runHoldfast(['backup', 'small.txt', '--to', './backups'], where);

    const result = await stopped(['backup', './data', '--to', './backups', '--json'], 'SIGINT');

    expect(result.status).toBe(130);
    expect(result.stderr).toContain('Nothing of this snapshot is kept. Snapshots made before are untouched.');
    const lines = jsonLines(result.stdout);
    expect(lines.at(-2)).toMatchObject({ type: 'stopped' });
    expect(lines.at(-1)).toMatchObject({ type: 'summary', command: 'backup', exitStatus: 130, error: 'ABORTED' });
    const list = await runHoldfast(['list', '--from', './backups'], where);
    expect(list.stdout).toContain('1 snapshot\n');
    const verify = await runHoldfast(['verify', '--data', '--from', './backups'], where);
    expect(verify.status).toBe(0);
    const visible = readdirSync(join(world.work, 'backups')).filter((name) => !name.startsWith('.'));
    expect(visible).toHaveLength(1);
    // A clean stop also takes back what was staged; dying on the spot would leave that to the next run.
    expect(staged(join(world.work, 'backups'))).toEqual([]);
  },
);

test.runIf(posix)('SIGTERM ends a backup in the same way, with 143', async () => {
  makeEndlessSource();
  const result = await stopped(['backup', './data', '--to', './backups', '--json'], 'SIGTERM');
  expect(result.status).toBe(143);
  expect(result.stderr).toContain('stopped. Nothing of this snapshot is kept.');
});

test.runIf(posix)('Ctrl-C ends a command that waits for a store which does not answer', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  Object.assign(world.environment, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
  });
  const child = spawn(process.execPath, [PROGRAM, 'list', '--from', 's3://bucket/prefix'], {
    cwd: world.work,
    env: world.environment,
  });
  try {
    await once(silent, 'connection');
    expect(await endOf(child, 'SIGINT')).toMatchObject({
      status: 130,
      stderr: expect.stringContaining('stopped. Nothing was changed.'),
    });
  } finally {
    child.kill('SIGKILL');
    silent.close();
  }
});

function staged(target: string): string[] {
  const folder = join(target, '.holdfast', 'staging');
  return existsSync(folder) ? readdirSync(folder) : [];
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<{ status: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.kill(signal);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stderr };
}

test.runIf(posix)('a reader that leaves (| head -1) is no error, and nobody hears of it', async () => {
  mkdirSync(join(world.work, 'data'));
  for (let index = 0; index < 3000; index++) writeFileSync(join(world.work, 'data', `file-${index}`), '');
  await runHoldfast(['backup', './data', '--to', './backups'], { cwd: world.work, environment: world.environment });
  const shell = spawn('sh', ['-c', `"$0" "$1" show --from ./backups | head -n 1`, process.execPath, PROGRAM], {
    cwd: world.work,
    env: world.environment,
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(shell, 'close');
  expect(output).toMatch(/^snapshot {2}\S+\n$/);
});
