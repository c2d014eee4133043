import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findRemovable, isHoldfastError, listSnapshots, prune, remove, undoRemoval, verify } from '@holdfast/core';
import { assertAllWhole, assertNoResidue } from '../checks.js';
import type { Operation } from '../child.js';
import { copyTree, withPlaces } from '../places.js';
import type { Scenario, World } from '../scenario.js';
import { onePerState, type StepChoice } from './chosen-steps.js';

/** Calls that change what is there; each is met. */
const changes: StepChoice = (steps) =>
  onePerState(
    steps,
    steps.filter((step) => /^(rename|link|unlink|rmdir|rm|before|after) /.test(step)),
  );

interface Kind {
  readonly name: string;
  readonly folder: (world: World) => string;
  readonly address: (world: World) => string;
  readonly from: (world: World) => string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'a folder',
    folder: (world) => join(world.root, 'folder'),
    address: (world) => join(world.root, 'folder'),
    from: ({ base }) => base.both.folder,
  },
  {
    name: 'a folder of archives',
    folder: (world) => join(world.root, 'archives'),
    address: (world) => `zip:${join(world.root, 'archives')}`,
    from: ({ base }) => base.both.archives,
  },
];

async function removeFirst(world: World, address: string): Promise<void> {
  const [id] = world.base.ids;
  await withPlaces([address], async (target) => {
    await remove({ target, snapshots: await findRemovable({ target, which: [id] }) });
  });
}

/** The first of two snapshots is removed, brought back, or deleted for good; the second shares files with it, and must never lose anything. */
function removal(operation: 'remove' | 'undo' | 'prune', kind: Kind): Scenario {
  const address = kind.address;
  const listed = (world: World, removed: boolean): Promise<string[]> =>
    withPlaces([address(world)], async (target) => {
      const ids: string[] = [];
      for await (const { id, status } of listSnapshots({ target, removed })) {
        assert.ok(status === 'ok' || status === 'removed', `${id} is ${status}`);
        ids.push(id);
      }
      return ids;
    });
  return {
    operation,
    name: `in ${kind.name}`,
    steps: changes,
    async prepare(world) {
      await copyTree(kind.from(world), kind.folder(world));
      if (operation !== 'remove') await removeFirst(world, address(world));
    },
    work: (world): Operation => ({ operation, from: address(world), which: world.base.ids[0] }),
    async check(world) {
      const [first, second] = world.base.ids;
      await assertAllWhole(address(world), [second]);
      const [there, removed] = [await listed(world, false), await listed(world, true)];
      assert.ok(there.includes(second) && !removed.includes(second), 'the second is there');
      // One or the other, or deleted: never both, and what is listed was found whole.
      assert.ok(!(there.includes(first) && removed.includes(first)), 'the first is there, or removed');
      if (operation !== 'prune') assert.ok(there.includes(first) || removed.includes(first), 'the first is not lost');
      else assert.ok(!there.includes(first), 'the first does not come back');
    },
    async again(world) {
      const [first, second] = world.base.ids;
      await withPlaces([address(world)], async (target) => {
        if (operation === 'prune') {
          const { problems, livingResidue } = await prune({ target, now: true });
          assert.deepEqual([problems, livingResidue], [[], 0]);
          const names = readdirSync(kind.folder(world)).filter((name) => name !== '.holdfast');
          assert.deepEqual(
            names.map((name) => name.replace(/\.zip$/, '')),
            [second],
          );
          // A folder that became empty may be left: the next one that is put there and taken away takes it along.
          const trash = join(kind.folder(world), '.holdfast/trash');
          assert.deepEqual(existsSync(trash) ? readdirSync(trash) : [], [], 'the trash is empty');
          const late: unknown = await undoRemoval({ target }).catch((error: unknown) => error);
          assert.ok(isHoldfastError(late, 'NOTHING_TO_UNDO'), 'it is too late for an undo');
        } else {
          // Whatever came of it, a removal can be made and taken back.
          if ((await listed(world, false)).includes(first)) await removeFirst(world, address(world));
          await undoRemoval({ target });
          assert.deepEqual(await listed(world, false), [first, second]);
          await prune({ target, now: true });
          assert.deepEqual(await listed(world, false), [first, second]);
        }
        assert.deepEqual((await verify({ target, data: true })).problems, []);
      });
      assertNoResidue({ targets: [kind.folder(world)], temporary: world.temporary });
    },
  };
}

export const removals: readonly Scenario[] = KINDS.flatMap((kind) =>
  (['remove', 'undo', 'prune'] as const).map((operation) => removal(operation, kind)),
);
