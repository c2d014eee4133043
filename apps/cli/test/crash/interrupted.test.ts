/** The command gets Ctrl-C, or SIGTERM, at a step in its middle, and what it leaves is looked at. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM } from '../script/run-holdfast.js';
import { type Base, makeBase } from './base.js';
import { assertNoResidue, type PlacesOfRun } from './checks.js';
import type { Plan } from './child.js';
import { wordsOf } from './command.js';
import { inNewWorld, type Scenario, type World } from './scenario.js';
import { backups } from './scenarios/backups.js';
import { mirrors } from './scenarios/mirrors.js';
import { restores } from './scenarios/restores.js';

const PRELOAD = fileURLToPath(new URL('./child/preload.mjs', import.meta.url));
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

let base: Base;
beforeAll(async () => {
  base = await makeBase();
});
afterAll(() => base?.remove());

/** Runs the command, with a signal at one of its steps. */
async function runCommand(scenario: Scenario, world: World, plan: Plan) {
  const { words, environment } = wordsOf(scenario.work(world), world);
  const notes = join(world.root, 'steps');
  const child = spawn(process.execPath, ['--import', PRELOAD, PROGRAM, ...words], {
    cwd: world.root,
    env: { ...environment, HOLDFAST_TEST_PLAN: JSON.stringify({ plan, world: world.root, notes }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stderr, steps: JSON.parse(readFileSync(notes, 'utf8')) as string[] };
}

/** What the command writes before it gives anything its name, in this world. */
const WRITES = /^(create|write|mkdir) \/(folder|archives|restored)\/.*<random>/;

describe.skipIf(process.platform === 'win32')('a signal in the middle', () => {
  for (const scenario of [...backups, ...restores, ...mirrors]) {
    test(`ends a ${scenario.operation} ${scenario.name}: what is there is whole, nothing is left over, and it completes when it runs again`, async () => {
      const undisturbed = await inNewWorld(base, scenario, (world) => runCommand(scenario, world, {}));
      expect(undisturbed).toMatchObject({ status: 0, stderr: '' });
      const writes = undisturbed.steps.filter((step) => WRITES.test(step));
      for (const [name, share] of [
        ['SIGINT', 0.2],
        ['SIGTERM', 0.6],
      ] as const) {
        const at = writes[Math.floor(writes.length * share)] ?? '';
        await inNewWorld(base, scenario, async (world) => {
          const { status, stderr, steps } = await runCommand(scenario, world, { signal: { at, name } });
          expect(steps).toContain(at);
          expect(stderr).toMatch(/^holdfast: stopped/m);
          expect(status).toBe(STATUS[name]);
          await scenario.check(world);
          assertNoResidue(placesIn(world));
          await scenario.again(world);
        });
      }
    });
  }
});

/** Everything that an operation in this world might have left something in. */
function placesIn({ root, temporary }: World): PlacesOfRun {
  return {
    targets: [join(root, 'folder'), join(root, 'archives')],
    destinations: [join(root, 'restored')],
    states: [join(root, 'state', 'holdfast')],
    temporary,
  };
}
