/** The questions of init, on a terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

/** `script` of util-linux gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

/** What is typed once the screen shows these words, in this order. */
type Answers = readonly (readonly [question: string, typed: string])[];

const ENTER = '\r';
const CTRL_C = '\u0003';

let world: World;
let config: string;
beforeEach(() => {
  world = makeWorld();
  config = join(world.work, 'holdfast.config.json');
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'hello');
  world.environment.TERM = 'xterm-256color';
});
afterEach(() => {
  world.remove();
});

async function onTerminal(words: string, answers: Answers): Promise<{ status: number | null; screen: string }> {
  const command = `stty cols 100 rows 30; "${process.execPath}" "${PROGRAM}" ${words}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: world.work,
    env: world.environment,
  });
  const waiting = [...answers];
  let screen = '';
  let since = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next === undefined || !screen.slice(since).includes(next[0])) return;
    waiting.shift();
    since = screen.length;
    child.stdin.write(next[1]);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  expect(waiting, screen).toEqual([]);
  return { status, screen };
}

describe.skipIf(!hasScript)('init on a terminal', () => {
  test('asks, shows what it is about to write, and writes it', async () => {
    const { status, screen } = await onTerminal('init', [
      ['What is to be backed up?', ENTER],
      ['Anything else?', ENTER],
      ['Where to?', `disk=./disk${ENTER}`],
      ['And where else?', ENTER],
      ['Write this to holdfast.config.json?', `y`],
    ]);
    expect(status, screen).toBe(0);
    expect(screen).toContain('Next: holdfast backup');
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({
      $schema: expect.stringMatching(/config\.schema\.json$/),
      sources: { data: './data' },
      targets: { disk: './disk' },
    });
    expect(statSync(config).mode & 0o022, 'a config that others can write is not used').toBe(0);
  });

  test('writes nothing after Ctrl-C, at the first question and at the last', async () => {
    const first = await onTerminal('init', [['What is to be backed up?', CTRL_C]]);
    expect(first.status, first.screen).not.toBe(0);
    const last = await onTerminal('init --source data --target backups', [['Write this to', CTRL_C]]);
    expect(last.status, last.screen).not.toBe(0);
    expect(last.screen).toContain('nothing was written');
    expect(existsSync(config)).toBe(false);
  });

  test('writes nothing after a no', async () => {
    const { status, screen } = await onTerminal('init --source data --target backups', [['Write this to', 'n']]);
    expect(status, screen).not.toBe(0);
    expect(existsSync(config)).toBe(false);
  });

  test('asks again where an answer cannot be used, and nothing with --yes', async () => {
    const { status, screen } = await onTerminal('init --source data', [
      ['Where to?', `x.zip${ENTER}`],
      ['one archive', `\u007f\u007f\u007f\u007f\u007fbackups${ENTER}`],
      ['And where else?', ENTER],
      ['Write this to', 'y'],
    ]);
    expect(status, screen).toBe(0);
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ targets: { backups: 'backups' } });
    const unasked = await onTerminal('init --yes', []);
    expect(unasked.status).toBe(2);
  });

  test('for an attendance program asks where its files are, and offers what it finds', async () => {
    writeFileSync(join(world.work, 'data', 'Ada_EMP002_0.npy'), 'not really an array');
    writeFileSync(join(world.work, 'log.xlsx'), 'not really a workbook');
    const { status, screen } = await onTerminal('init --template attendance', [
      ['Which folder holds the encodings', ENTER],
      ['Which workbook', ENTER],
      ['Where to?', `disk=./disk${ENTER}`],
      ['And where else?', ENTER],
      ['Write this to', 'y'],
    ]);
    expect(status, screen).toBe(0);
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({
      sources: { excel: { path: './log.xlsx' }, npy: { path: './data', include: ['*.npy'] } },
      targets: { disk: './disk' },
      defaultTarget: 'disk',
    });
  });
});
