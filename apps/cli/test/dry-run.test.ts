import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHoldfast } from './script/run-holdfast.js';
import { treeLines } from './script/tree.js';
import { makeWorld, type World } from './script/world.js';

let world: World;
beforeAll(() => {
  world = makeWorld();
  mkdirSync(join(world.work, 'data/sub'), { recursive: true });
  for (const name of ['a', 'b', 'sub/c']) writeFileSync(join(world.work, 'data', name), `content of ${name}`);
});
afterAll(() => {
  world.remove();
});

const run = async (...words: string[]): Promise<string> => {
  const { status, stdout, stderr } = await runHoldfast(words, { cwd: world.work, environment: world.environment });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
};
/** Everything the program could write to: sources, targets, local state, home. */
const everything = (): string[] => treeLines(dirname(world.work));

test('a dry run leaves every file and folder as it was, also the local state, before the first backup and after it', async () => {
  const first = ['backup', 'data', '--to', 'deep/folder', '--to', 'zip:deep/archives', '--to', 'deep/one.zip'];
  const before = everything();
  expect(await run(...first, '--dry-run')).toContain('would store 3 files');
  expect(everything()).toEqual(before);
  await run(...first);
  appendFileSync(join(world.work, 'data/a'), 'more');
  rmSync(join(world.work, 'data/b'));
  rmSync(join(world.work, 'deep/one.zip'));
  const between = everything();
  for (const words of [[], ['--rehash'], ['--json'], ['--verbose'], ['--yes']])
    await run(...first, ...words, '--dry-run');
  expect(everything()).toEqual(between);
  expect(existsSync(join(world.work, 'deep/one.zip'))).toBe(false);
});

test('what a dry run foretells is what the backup then does', async () => {
  const words = ['backup', 'data', '--to', 'deep/folder', '--to', 'zip:deep/archives', '--json'];
  writeFileSync(join(world.work, 'data/new'), 'new');
  const summaryOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  const counted = ({ files, bytes, directories, readFiles, readBytes, targets }: Record<string, unknown>) => ({
    ...{ files, bytes, directories, readFiles, readBytes },
    targets: (targets as Record<string, unknown>[]).map(({ storedFiles, storedBytes, sharedFiles, sharedBytes }) => {
      return { storedFiles, storedBytes, sharedFiles, sharedBytes };
    }),
  });
  const foretold = counted(summaryOf(await run(...words, '--dry-run')));
  expect(foretold).toMatchObject({
    files: 3,
    targets: [
      { storedFiles: 2, sharedFiles: 1 },
      { storedFiles: 3, sharedFiles: 0 },
    ],
  });
  expect(counted(summaryOf(await run(...words)))).toEqual(foretold);
});
