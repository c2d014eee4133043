import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wordsOf } from '../script/parse.js';
import { runHoldfast } from '../script/run-holdfast.js';
import { makeWorld, type World } from '../script/world.js';
import { consoleCommands, makeSources, REPOSITORY } from './pages.js';

const PAGE = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8');
const COMMANDS = ['backup', 'guard', 'list', 'show', 'find', 'diff', 'history', 'restore', 'verify', 'mirror', 'csv'];

let world: World;
beforeAll(() => {
  world = makeWorld();
  makeSources(world.work);
});
afterAll(() => {
  world.remove();
});

const run = (words: readonly string[]) => runHoldfast(words, { cwd: world.work, environment: world.environment });

describe('docs/cli.md', () => {
  test('its commands work, in the order in which they stand there', { timeout: 180_000 }, async () => {
    const commands = consoleCommands(PAGE);
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      const result = await run(wordsOf(command).slice(1));
      expect(result.status, `${command}\n${result.stdout}${result.stderr}`).toBe(0);
    }
  });

  test('it explains every option of every command', async () => {
    for (const command of COMMANDS) {
      const { stdout } = await run([command, '--help']);
      for (const [option = ''] of stdout.matchAll(/(?<=^ {2}(?:-\w, )?)--[a-z]+/gm)) {
        expect(sectionOf(command) + sectionOf('What every command takes'), `${command} ${option}`).toContain(option);
      }
    }
  });
});

function sectionOf(heading: string): string {
  return PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
}
