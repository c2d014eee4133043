import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIXTURES } from './docs/pages.js';
import { PROGRAM } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

/** `script` of util-linux gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

let world: World;
beforeEach(() => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data'));
  writeFileSync(join(world.work, 'data', 'a.txt'), 'hello');
  world.environment.TERM = 'xterm-256color';
});
afterEach(() => {
  world.remove();
});

/** Runs `holdfast` on a terminal 100 columns wide; what is typed comes when it asks, or shows something else. */
async function onTerminal(
  words: string,
  typed = '',
  cue = '[y/N]',
): Promise<{ status: number | null; screen: string }> {
  // A shell of its own would die of Ctrl-C.
  const command = `stty cols 100 rows 30 -echo; exec "${process.execPath}" "${PROGRAM}" ${words}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: world.work,
    env: world.environment,
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (typed !== '' && screen.includes(cue)) {
      child.stdin.write(typed);
      typed = '';
    }
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, screen };
}

describe.skipIf(!hasScript)('on a terminal', () => {
  test('there is one progress line, which is gone when the summary comes', async () => {
    const { status, screen } = await onTerminal('backup ./data --to ./backups');
    expect(status).toBe(0);
    expect(screen).toContain('\r\u001b[2Kbacking up');
    const afterLastClear = screen.slice(screen.lastIndexOf('\u001b[2K'));
    expect(afterLastClear).toContain('Saved snapshot');
    expect(afterLastClear).not.toContain('backing up');
  });

  test('--quiet and --json draw nothing', async () => {
    for (const option of ['--quiet', '--json']) {
      const { screen } = await onTerminal(`backup ./data --to ./backups ${option}`);
      expect(screen).not.toContain('\u001b');
    }
  });

  test('show of a workbook says what is in it where its bytes would disturb, and gives the bytes to a file', async () => {
    copyFileSync(join(FIXTURES, 'attendance.xlsx'), join(world.work, 'book.xlsx'));
    await onTerminal('backup book.xlsx --to ./backups');
    const { status, screen } = await onTerminal('show latest book.xlsx --from ./backups');
    expect(status, screen).toBe(0);
    expect(screen).toContain('Attendance: 6 rows, 5 columns');
    const toFile = await onTerminal('show latest book.xlsx --from ./backups > given.xlsx');
    expect(toFile.status, toFile.screen).toBe(0);
    expect(readFileSync(join(world.work, 'given.xlsx'))).toEqual(readFileSync(join(world.work, 'book.xlsx')));
  });

  test('NO_COLOR takes the colours away', async () => {
    const colourful = await onTerminal('backup ./data --to ./backups');
    expect(colourful.screen).toContain('\u001b[1m');
    world.environment.NO_COLOR = '1';
    const plain = await onTerminal('list --from ./backups');
    expect(plain.screen).not.toContain('\u001b[');
  });

  test('a folder with other files in it becomes a target only if the answer is yes', async () => {
    mkdirSync(join(world.work, 'documents'));
    writeFileSync(join(world.work, 'documents', 'letter.txt'), 'Dear Ann');

    const no = await onTerminal('backup ./data --to ./documents', 'n\r');
    expect(no.screen).toContain('Keep snapshots beside what is there? [y/N]');
    expect(no.status).toBe(2);
    expect(existsSync(join(world.work, 'documents', '.holdfast'))).toBe(false);

    const yes = await onTerminal('backup ./data --to ./documents', 'y\r');
    expect(yes.screen).toContain('Saved snapshot');
    expect(yes.status).toBe(0);
  });

  test('a restore asks before it replaces files', async () => {
    await onTerminal('backup ./data --to ./backups');
    mkdirSync(join(world.work, 'restored', 'data'), { recursive: true });
    const path = join(world.work, 'restored', 'data', 'a.txt');
    writeFileSync(path, 'my own work');
    const no = await onTerminal('restore --from ./backups --into ./restored', '\r');
    expect(no.screen).toContain('Replace those that differ from the snapshot? [y/N]');
    expect(no.status).toBe(3);
    const yes = await onTerminal('restore --from ./backups --into ./restored', 'yes\r');
    expect(yes.status).toBe(0);
  });

  test('show prints a text file, refuses what would disturb the terminal, and prints that too with --raw', async () => {
    writeFileSync(join(world.work, 'data', 'evil.txt'), 'good\n\u001b]0;title\u0007bad\n');
    await onTerminal('backup ./data --to ./backups --quiet');
    const text = await onTerminal('show latest data/a.txt --from ./backups');
    expect(text).toEqual({ status: 0, screen: 'hello' });
    const refused = await onTerminal('show latest data/evil.txt --from ./backups');
    expect(refused.status).toBe(2);
    expect(refused.screen).toContain('BINARY_CONTENT');
    expect(refused.screen).not.toContain('good');
    expect(refused.screen).not.toContain('\u001b]');
    const raw = await onTerminal('show latest data/evil.txt --raw --from ./backups');
    expect(raw.status).toBe(0);
    expect(raw.screen).toContain('\u001b]0;title\u0007bad');
    const verbose = await onTerminal('show latest data/evil.txt --verbose --from ./backups');
    expect(verbose.screen).toContain('sha256');
  });

  test('row 9: a guarded command has the terminal, and it is asked what becomes of what it has changed', async () => {
    const path = join(world.work, 'data', 'a.txt');
    const spoil = "guard ./data -- sh -c 'test -t 0 && stty size < /dev/tty; echo spoilt > data/a.txt; exit 3'";
    const yes = await onTerminal(spoil, 'y\r');
    expect(yes.screen).toMatch(/30 100\r\n/);
    expect(yes.screen).toContain('Take back what the command has changed? [y/N]');
    expect([yes.status, readFileSync(path, 'utf8')]).toEqual([3, 'hello']);
    const no = await onTerminal(spoil, 'n\r');
    expect(no.screen).toContain('holdfast guard --roll-back 2');
    expect([no.status, readFileSync(path, 'utf8')]).toEqual([3, 'spoilt\n']);
  });

  test('row 9: Ctrl-C reaches a guarded command once, from the terminal, and the guard decides when it has ended', async () => {
    const count =
      'trap "echo heard >> heard; exit 4" INT; echo spoilt > data/a.txt; echo ready; while :; do sleep 0.05; done';
    writeFileSync(join(world.work, 'count.sh'), count);
    const result = await onTerminal('guard ./data --on-failure restore -- sh count.sh', '\u0003', 'ready');
    expect([result.status, readFileSync(join(world.work, 'heard'), 'utf8')]).toEqual([4, 'heard\n']);
    expect(readFileSync(join(world.work, 'data', 'a.txt'), 'utf8')).toBe('hello');
  });

  test('row 13: a guarded run asks first whether one that was interrupted there is to be rolled back', async () => {
    const path = join(world.work, 'data', 'a.txt');
    await onTerminal("guard ./data --on-failure keep -- sh -c 'echo spoilt > data/a.txt; exit 1'");
    const runs = join(String(world.environment.XDG_STATE_HOME), 'holdfast', 'guards');
    const [id = ''] = readdirSync(runs).map((name) => name.split('.')[0]);
    const file = join(runs, `${id}.json`);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), phase: 'running' }));
    const no = await onTerminal('guard ./data -- touch begun', 'n\r');
    expect([no.status, existsSync(join(world.work, 'begun'))]).toEqual([125, false]);
    const yes = await onTerminal('guard ./data -- touch begun', 'y\r');
    expect(yes.screen).toContain(`Roll back ${id} first? [y/N]`);
    expect([yes.status, existsSync(join(world.work, 'begun')), readFileSync(path, 'utf8')]).toEqual([0, true, 'hello']);
  });
});
