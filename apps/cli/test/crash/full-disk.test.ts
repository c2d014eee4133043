/**
 * The disk fills up in the middle: a small file system of its own holds the world, and has room for a part of what is to
 * come. After that there is room again.
 */
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canMount } from '../script/can-mount.js';
import { runHoldfast } from '../script/run-holdfast.js';
import { type Base, makeBase } from './base.js';
import { type Operation, runChild } from './child.js';
import { wordsOf } from './command.js';
import { type Disk, inNewWorld, type Scenario, type World } from './scenario.js';
import { backups } from './scenarios/backups.js';
import { mirrors } from './scenarios/mirrors.js';
import { removals } from './scenarios/removals.js';
import { restores } from './scenarios/restores.js';

const KIB = 1024;
/** Half of the large file that every scenario writes. */
const HALF_BYTES = 1024 * KIB;
/** No room for anything; for the first small files; for all but the last of them, behind the large file. */
const ROOMS_BYTES = [4 * KIB, 16 * KIB, 2060 * KIB, 2120 * KIB];
const ENOUGH_BYTES = 64 * 1024 * KIB;

const disk: Disk = {
  mount: (root) => void execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ENOUGH_BYTES}`, 'tmpfs', root]),
  unmount: (root) => void execFileSync('umount', [root]),
};

const isMountable = canMount();
if (!isMountable) console.error('NOT RUN: a disk that is full in the middle (it takes Linux, and the right to mount)');

/** Leaves so much room on the disk, and no more. */
function leaveRoom(root: string, roomBytes: number): void {
  const { blocks, bavail, bsize } = statfsSync(root);
  execFileSync('mount', ['-o', `remount,size=${(blocks - bavail) * bsize + roomBytes}`, root]);
}

let base: Base;
beforeAll(async () => {
  base = await makeBase();
});
afterAll(() => base?.remove());

/** Does what is given with so much room; holds that nothing is half there; makes room, and has the operation come to its end. */
async function onFullDisk(
  scenario: Scenario,
  roomBytes: number,
  work: (operation: Operation, world: World) => Promise<void>,
): Promise<void> {
  const fill = async (world: World): Promise<void> => {
    leaveRoom(world.root, roomBytes);
    await work(scenario.work(world), world);
    await scenario.check(world);
    leaveRoom(world.root, ENOUGH_BYTES);
    await scenario.again(world);
  };
  await inNewWorld(base, scenario, fill, disk);
}

describe.skipIf(!isMountable)('a disk that is full in the middle', () => {
  for (const scenario of [...backups, ...mirrors]) {
    test(`ends a ${scenario.operation} ${scenario.name}: the command says so, nothing is half-visible, it completes when there is room`, () =>
      onFullDisk(scenario, HALF_BYTES, async (operation, world) => {
        const { words, environment } = wordsOf(operation, world);
        const { status, stderr } = await runHoldfast(words, { cwd: world.root, environment });
        expect(stderr).toMatch(/\.npy in .*: the disk is full \(NO_SPACE\)\n {2}hint: Free space/);
        expect(status).toBe(1);
      }));
  }

  for (const scenario of restores) {
    test(`does not end a restore ${scenario.name}: the file is named, the others come, and it comes when there is room`, () =>
      onFullDisk(scenario, HALF_BYTES, async (operation, world) => {
        const { words, environment } = wordsOf(operation, world);
        // Where it would keep what it replaces it needs room for both, and begins nothing.
        const { status, stdout, stderr } = await runHoldfast([...words, '--no-undo'], { cwd: world.root, environment });
        expect(stdout + stderr).toMatch(/1 problem:\n {2}data\/large\.npy: not restored: the disk is full/);
        expect(status).toBe(3);
      }));
  }

  for (const scenario of backups) {
    test(`may be full at any point of a backup ${scenario.name}`, async () => {
      for (const roomBytes of ROOMS_BYTES) {
        await onFullDisk(scenario, roomBytes, async (operation, world) => {
          const ending = await runChild(operation, world);
          if (ending.how !== 'done')
            expect(ending).toMatchObject({ complaint: expect.stringContaining('the disk is full') });
        });
      }
    });
  }

  for (const scenario of removals.filter(({ operation }) => operation === 'prune')) {
    test(`has room for a prune ${scenario.name} when not a byte is left: it frees what was removed, and nothing else is touched`, () =>
      inNewWorld(
        base,
        scenario,
        async (world) => {
          leaveRoom(world.root, 0);
          const { words, environment } = wordsOf(scenario.work(world), world);
          const { status, stderr } = await runHoldfast(words, { cwd: world.root, environment });
          expect([status, stderr]).toEqual([0, '']);
          leaveRoom(world.root, ENOUGH_BYTES);
          await scenario.check(world);
          await scenario.again(world);
        },
        disk,
      ));
  }
});
