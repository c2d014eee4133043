/** Two processes do the same at the same time: each waits at a step until the other has come to it, then both go on. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { backup, findSnapshot, type SourceSpec } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Base } from './base.js';
import { hasS3, makeBaseWithBucket, reportS3Case } from './bucket.js';
import { assertAllWhole, assertNoResidue } from './checks.js';
import { type Operation, type Outcome, runChild } from './child.js';
import { withPlaces } from './places.js';
import { inNewWorld, type Scenario, type World } from './scenario.js';
import { backups, backupsToBucket, backupThatShares, firstBackup } from './scenarios/backups.js';
import { mirrors, mirrorsToBucket } from './scenarios/mirrors.js';

/** Everything is put, and the record is not. */
const READY = 'before commit <id>/.holdfast/snapshot.json#1';
const MEETING_POINTS = [READY, 'after begin <id>#1'];
/** Only of a first backup: the identities of the sources, and the target itself. */
const FIRST_MEETING_POINTS = ['link /state/holdfast/sources/<random>.json#1', 'before begin #1'];

let base: Base;
beforeAll(async () => {
  base = await makeBaseWithBucket();
});
afterAll(() => base?.remove());

/** Runs both, and gives what came of each, which has to be good. */
async function atOnce(world: World, at: string, operations: readonly [Operation, Operation]): Promise<Outcome[]> {
  const folder = join(world.root, 'meeting');
  mkdirSync(folder);
  const meet = { at, folder, count: operations.length };
  const endings = await Promise.all(operations.map((operation) => runChild(operation, world, { meet })));
  return endings.map((ending) => {
    if (ending.how !== 'done') throw new Error(`one of the two ${ending.how}: ${JSON.stringify(ending)}`);
    expect(ending.problems).toEqual([]);
    expect(ending.steps).toContain(at);
    return ending;
  });
}

/** What a backup is to do. */
function backupIn(scenario: Scenario, world: World): Extract<Operation, { operation: 'backup' }> {
  const operation = scenario.work(world);
  if (operation.operation !== 'backup') throw new Error('a backup was asked for');
  return operation;
}

describe('two backups to one target at once both complete, are both listed and whole, and one of them is the latest', () => {
  const cases = [
    ...backups.flatMap((scenario) => MEETING_POINTS.map((at) => ({ scenario, at }))),
    ...FIRST_MEETING_POINTS.map((at) => ({ scenario: firstBackup, at })),
    ...backupsToBucket.map((scenario) => ({ scenario, at: READY })),
  ];
  for (const { scenario, at } of cases) {
    const needsBucket = backupsToBucket.includes(scenario);
    const lacking = needsBucket && !hasS3 ? ' [needs s3]' : '';
    test.skipIf(lacking !== '')(`${scenario.name}, meeting ${at}${lacking}`, async () => {
      await inNewWorld(base, scenario, async (world) => {
        const operation = backupIn(scenario, world);
        const outcomes = await atOnce(world, at, [operation, operation]);
        const ids = outcomes.map(({ snapshotId }) => snapshotId ?? '');
        await scenario.check(world);
        const [address = ''] = operation.targets;
        const before = await assertAllWhole(address, ids);
        const latest = await withPlaces([address], (target) => findSnapshot({ target }));
        expect(latest.choice).toBeUndefined();
        expect(ids).toContain(latest.id);
        const next = await oneMore(operation);
        expect(next.parent).toBe(latest.id);
        const after = await assertAllWhole(address, [...ids, next.snapshotId]);
        expect(after).toHaveLength(before.length + 1);
        const newest = Math.max(...before.map(({ payload }) => payload.sequence));
        expect(after.at(-1)?.payload.sequence).toBe(newest + 1);
      });
      if (needsBucket) reportS3Case('backups at once');
    });
  }

  test('of different sources', async () => {
    await inNewWorld(base, backupThatShares, async (world) => {
      const operation = backupIn(backupThatShares, world);
      const [data, ledger] = operation.sources as [SourceSpec, SourceSpec];
      const outcomes = await atOnce(world, READY, [
        { ...operation, sources: [data] },
        { ...operation, sources: [ledger] },
      ]);
      const ids = outcomes.map(({ snapshotId }) => snapshotId ?? '');
      const records = await assertAllWhole(operation.targets[0] ?? '', [base.ids[0], ...ids]);
      expect(records).toHaveLength(3);
      const bySource = ids.map((id) => records.find(({ payload }) => payload.id === id)?.payload.sources[0]?.name);
      expect(bySource).toEqual(['data', 'ledger.csv']);
      assertNoResidue({ targets: operation.targets, states: [operation.stateDirectory], temporary: world.temporary });
    });
  });
});

async function oneMore({ sources, stateDirectory, targets }: Extract<Operation, { operation: 'backup' }>) {
  return withPlaces(targets, (...opened) => backup({ sources, stateDirectory, targets: opened }));
}

describe('two mirrors to one target at once both complete, and the target has each snapshot once', () => {
  for (const scenario of [...mirrors, ...mirrorsToBucket]) {
    const needsBucket = mirrorsToBucket.includes(scenario);
    const lacking = needsBucket && !hasS3 ? ' [needs s3]' : '';
    test.skipIf(lacking !== '')(`${scenario.name}${lacking}`, async () => {
      await inNewWorld(base, scenario, async (world) => {
        const operation = scenario.work(world);
        await atOnce(world, READY, [operation, operation]);
        await scenario.check(world);
        await scenario.again(world);
      });
      if (needsBucket) reportS3Case('mirrors at once');
    });
  }
});
