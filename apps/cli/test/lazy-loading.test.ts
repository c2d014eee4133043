import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSources } from './docs/pages.js';
import { runHoldfast } from './script/run-holdfast.js';
import { makeWorld, type World } from './script/world.js';

const HOOK = pathToFileURL(join(import.meta.dirname, 'script/refuse-imports.mjs')).href;

let world: World;
beforeEach(() => {
  world = makeWorld();
  makeSources(world.work);
});
afterEach(() => {
  world.remove();
});

/** Runs a command that cannot load these modules, each a part of a path, alone or as a part of a bundle. */
function without(modules: readonly string[], words: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const refusal = { NODE_OPTIONS: `--import ${HOOK}`, REFUSED_MODULES: modules.join(), ...more };
  const environment = { ...world.environment, ...refusal };
  return runHoldfast(words, { cwd: world.work, environment });
}

test('help loads nothing of the engine and no adapter', async () => {
  const result = await without(['packages/', '@aws-sdk/client-s3', 'valibot'], ['--help']);
  expect(result).toMatchObject({ status: 0, stderr: '' });
});

test('an adapter is loaded only for an address that needs it, and the S3 SDK only for s3:', async () => {
  const others = ['packages/target-zip', 'packages/target-s3', '@aws-sdk/client-s3', 'yauzl'];
  const backup = await without(others, ['backup', './data', '--to', './backups']);
  expect(backup.status, backup.stderr).toBe(0);
  const list = await without(others, ['list', '--from', './backups']);
  expect(list.status, list.stderr).toBe(0);
  // The refusal itself works, or the two above would prove nothing.
  const refused = await without(others, ['list', '--from', 'zip:archives']);
  expect(refused.stderr).toContain('refused to load packages/target-zip');
});

test('what reads a config is loaded only where there may be one, and the conformance kit only by doctor', async () => {
  const backup = await without(
    ['@holdfast/target-testkit', '@clack/prompts'],
    ['backup', './data', '--to', './backups'],
  );
  expect(backup.status, backup.stderr).toBe(0);
  const reader = ['jsonc-parser'];
  const list = await without(reader, ['list', '--from', './backups']);
  expect(list.status, list.stderr).toBe(0);
  const refused = await without(reader, ['list']);
  expect(refused.stderr).toContain('refused to load jsonc-parser');
});

test('what knows workbooks and arrays is loaded only where there is one to look into, and never what reads old workbooks', async () => {
  const inspectors = ['inspect-excel', 'inspect-npy', 'xlsx'];
  const commands = [
    ['backup', './data', 'attendance.xlsx', '--to', './backups'],
    ['show', 'latest', 'attendance.xlsx', '--from', './backups'],
    ['show', '--verbose', '--from', './backups'],
    ['diff', '--from', './backups'],
    ['restore', '--from', './backups', '--into', './restored'],
  ];
  for (const words of commands) {
    const result = await without(inspectors, words);
    expect(result.status, result.stderr).toBe(0);
  }
  const refused = await without(inspectors, ['show', 'latest', 'attendance.xlsx', '--facts', '--from', './backups']);
  expect(refused.stderr).toContain('refused to load');
  const facts = await without(['/xlsx'], ['show', 'latest', 'attendance.xlsx', '--facts', '--from', './backups']);
  expect(facts.status, facts.stderr).toBe(0);
});

test.each([
  ['a command', 'dist/run-command'],
  ['an adapter', 'packages/target-local-fs'],
])('where too many files are open to load %s, the hint is to raise the limit', async (_what, module) => {
  const refused = await without([module], ['list', '--from', './backups'], { REFUSAL_CODE: 'EMFILE' });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`refused to load ${module}`);
  expect(refused.stderr).toContain('hint: Raise the limit of open files (ulimit -n).');
  expect(refused.stderr).not.toContain('nstall');
});
