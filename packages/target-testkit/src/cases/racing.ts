import assert from 'node:assert/strict';
import { isTargetError, type WriteBatch } from '@holdfast/core/target';
import { type CaseConditions, type Topic, topic } from '../case.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  RECORD_KEY,
  record,
  store,
  text,
  textOf,
  textSource,
} from '../steps.js';

const RACERS = 8;
const createsIfAbsent = ({ capabilities }: CaseConditions): boolean => capabilities.putIfAbsent;
const addsIfAbsent = (conditions: CaseConditions): boolean =>
  createsIfAbsent(conditions) && conditions.capabilities.append;

export const racing: Topic = topic('create if absent: one winner, and the truth after a retry');

/** Commits, then says whether it won; whoever lost gives its batch up. */
async function wins(batch: WriteBatch, commit: () => Promise<unknown>): Promise<boolean> {
  try {
    await commit();
    return true;
  } catch (error) {
    if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
    await batch.abort();
    return false;
  }
}

racing.when(
  addsIfAbsent,
  "of eight racers for one record exactly one wins, and the record is the winner's",
  async (context) => {
    const { target, open } = context;
    const racers = await Promise.all(
      Array.from({ length: RACERS }, async (_, index) => {
        const batch = await (await open()).begin();
        await batch.put(`r/own-${index}`, textSource(`racer ${index}`));
        return batch;
      }),
    );
    const won = await Promise.all(
      racers.map((batch, index) =>
        wins(batch, () => batch.commit({ key: RECORD_KEY, body: text(`racer ${index}`), ifAbsent: true })),
      ),
    );
    assert.equal(won.filter(Boolean).length, 1, 'winners');
    assert.equal(await textOf(target, RECORD_KEY), `racer ${won.indexOf(true)}`);
    assert.deepEqual(await keysOf(target), [RECORD_KEY, `r/own-${won.indexOf(true)}`]);
    await assertNoResidue(context);
  },
);

racing.when(
  createsIfAbsent,
  "of eight racers for one root at most one wins, and the root is the winner's alone",
  async (context) => {
    const { target, open } = context;
    const race = async (index: number): Promise<boolean> => {
      const handle = await open();
      let batch: WriteBatch | undefined;
      try {
        batch = await handle.begin({ root: 'r' });
        await batch.put('r/shared', textSource(`racer ${index}`));
        await batch.put(`r/own-${index}`, textSource(`racer ${index}`));
        await batch.commit({ key: RECORD_KEY, body: text(`racer ${index}`) });
        return true;
      } catch (error) {
        if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
        await batch?.abort();
        return false;
      }
    };
    const won = await Promise.all(Array.from({ length: RACERS }, (_, index) => race(index)));
    const winner = won.indexOf(true);
    assert.ok(won.filter(Boolean).length <= 1, 'winners');
    assert.deepEqual(await keysOf(target), winner < 0 ? [] : [RECORD_KEY, `r/own-${winner}`, 'r/shared']);
    if (winner >= 0) assert.equal(await textOf(target, 'r/shared'), `racer ${winner}`);
    await assertNoResidue(context);
  },
);

racing.when(
  addsIfAbsent,
  'a record that is taken by other bytes is ALREADY_EXISTS, and stays as it was',
  async (context) => {
    const { target, open } = context;
    await store(target, { 'r/a': 'first' }, undefined, { key: RECORD_KEY, body: text('first') });
    const batch = await (await open()).begin();
    await batch.put('r/b', textSource('second'));
    await assertFails(
      target,
      'ALREADY_EXISTS',
      () => batch.commit({ key: RECORD_KEY, body: text('second'), ifAbsent: true }),
      {
        operation: 'commit',
        key: RECORD_KEY,
      },
    );
    await batch.abort();
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
    assert.equal(await textOf(target, RECORD_KEY), 'first');
    await assertNoResidue(context);
  },
);

racing.when(
  addsIfAbsent,
  'a record that is there already with these very bytes is a success: the answer had been lost',
  async (context) => {
    const { target, open } = context;
    const commitRecord = { ...record(), ifAbsent: true };
    await store(target, { 'r/a': 'a' }, { begin: {} }, commitRecord);
    const again = await (await open()).begin();
    await again.commit(commitRecord);
    assert.deepEqual(await bytesOf(target, RECORD_KEY), Buffer.from(commitRecord.body));
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
    await assertNoResidue(context);
  },
);

racing.when(createsIfAbsent, 'a record that nobody has is created', async ({ target }) => {
  await store(target, { 'r/a': 'a' }, undefined, { ...record(), ifAbsent: true });
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
});

racing.when(
  (conditions) => !createsIfAbsent(conditions),
  'where the store cannot decide it, ifAbsent is UNSUPPORTED and publishes no record',
  async (context) => {
    const { target } = context;
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', textSource('a'));
    await assertFails(target, 'UNSUPPORTED', () => batch.commit({ ...record(), ifAbsent: true }), {
      operation: 'commit',
    });
    assert.equal(await target.stat(RECORD_KEY), undefined);
    await batch.abort();
    await assertNothingLeft(context);
  },
);
