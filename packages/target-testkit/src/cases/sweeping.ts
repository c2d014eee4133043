import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupTarget, Residue, SweepOptions } from '@holdfast/core/target';
import { type CaseConditions, type Topic, takesAnother, topic } from '../case.js';
import { type Child, startChild } from '../child.js';
import { assertNoResidue, keysOf, RECORD_KEY, record, store, textOf, textSource } from '../steps.js';

const hasChild = ({ hasChild }: CaseConditions): boolean => hasChild;
const showsParts = ({ capabilities }: CaseConditions): boolean => capabilities.wholeRoots !== true;
/** The clocks of stores go by seconds: what came in this one or the last is not older than nothing. */
const TICK_MS = 2_100;

export const sweeping: Topic = topic('sweeping: what surely has no owner, and nothing else');

async function swept(target: BackupTarget, options?: SweepOptions): Promise<Residue[]> {
  const found: Residue[] = [];
  for await (const residue of target.sweep(options)) found.push(residue);
  return found;
}

sweeping.always(
  'where nothing is left over, a sweep finds nothing, makes nothing and takes nothing',
  async (context) => {
    assert.deepEqual(await swept(context.target), []);
    await store(context.target, { 'r/a': '1' });
    assert.deepEqual(await swept(context.target), []);
    assert.deepEqual(await swept(await context.open(), { dryRun: true }), []);
    assert.deepEqual(await keysOf(context.target), ['r/a', RECORD_KEY]);
    await assertNoResidue(context);
  },
);

sweeping.forEachKind('a batch that lives is left alone, and comes out whole', async (context, kind) => {
  const { target, open } = context;
  const batch = await target.begin(kind.begin);
  await batch.put('r/a', textSource('alive'));
  for (const handle of [target, await open()]) {
    for (const { state } of await swept(handle)) assert.equal(state, 'living');
  }
  await batch.put('r/b', textSource('alive'));
  await batch.commit(record());
  assert.deepEqual(await keysOf(target), ['r/a', 'r/b', RECORD_KEY]);
  assert.equal(await textOf(target, 'r/a'), 'alive');
  await assertNoResidue(context);
});

sweeping.when(
  (conditions) => hasChild(conditions) && takesAnother(conditions),
  'what a killed process has left is named by a dry run, and cleared by the next sweep',
  async (context) => {
    const { place, target } = context;
    assert.ok(place.child !== undefined, 'a child program');
    await store(target, { 'whole/a': 'whole' }, { begin: { root: 'whole' } }, record('whole/record'));
    const child: Child = await startChild(place.child);
    try {
      await child.step({ do: 'begin', root: 'r' });
      await child.step({ do: 'put', key: 'r/a', content: 'left' });
      await child.step({ do: 'put half', key: 'r/b', sizeBytes: 1_000_000 });
      const options = { abandonedRoots: ['r'] };
      for (const { state } of await swept(target, options)) assert.equal(state, 'living', 'while it lives');
    } finally {
      await child.kill();
    }
    if (context.capabilities.wholeRoots !== true) await sleep(TICK_MS);
    // Where a process leaves objects only time tells; elsewhere its death is seen at once.
    const options = { abandonedRoots: ['r'], abandonedAfterMs: 0 };
    const before = await place.residue();
    const keys = await keysOf(target);
    const named = await swept(target, { ...options, dryRun: true });
    assert.ok(named.length > 0, 'something is named');
    assert.deepEqual(new Set(named.map(({ state }) => state)), new Set(['dead']));
    assert.deepEqual(await place.residue(), before, 'after a dry run');
    assert.deepEqual(await keysOf(target), keys, 'listed after a dry run');
    const cleared = await swept(target, options);
    assert.deepEqual(
      cleared.map(({ kind, name, state }) => ({ kind, name, state })),
      named.map(({ kind, name }) => ({ kind, name, state: 'cleared' })),
    );
    assert.deepEqual(await keysOf(target), ['whole/a', 'whole/record']);
    assert.deepEqual(await swept(target, options), []);
    await assertNoResidue(context);
  },
);

sweeping.when(
  showsParts,
  'a root without a record goes when it is old enough, and only if it was named',
  async (context) => {
    const { target, open } = context;
    for (const root of ['old', 'other']) {
      const batch = await (await open()).begin({ root });
      await batch.put(`${root}/a`, textSource('12345'));
      await batch.commit();
    }
    await store(target, { 'r/a': '1' });
    assert.deepEqual(await swept(target, { abandonedRoots: ['old', 'absent'] }).then(states), [['old', 'living']]);
    await sleep(TICK_MS);
    const options = { abandonedRoots: ['old', 'absent'], abandonedAfterMs: 0 };
    assert.deepEqual(await swept(target, { ...options, dryRun: true }).then(states), [['old', 'dead']]);
    assert.deepEqual(await keysOf(target), ['old/a', 'other/a', 'r/a', RECORD_KEY]);
    assert.deepEqual(await swept(target, options).then(states), [['old', 'cleared']]);
    assert.deepEqual(await keysOf(await open()), ['other/a', 'r/a', RECORD_KEY]);
  },
);

sweeping.when(
  (conditions) => !showsParts(conditions),
  'where roots are whole, no root is swept, whatever is named',
  async ({ target }) => {
    await store(target, { 'r/a': '1' });
    assert.deepEqual(await swept(target, { abandonedRoots: ['r'], abandonedAfterMs: 0 }).then(states), []);
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
  },
);

function states(found: readonly Residue[]): string[][] {
  return found.filter(({ kind }) => kind === 'root').map(({ name, state }) => [name, state]);
}
