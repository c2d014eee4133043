import assert from 'node:assert/strict';
import { isTargetError, type WriteBatch } from '@holdfast/core/target';
import { type CaseConditions, type CaseContext, type Topic, topic } from '../case.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  putAll,
  RECORD_KEY,
  record,
  store,
  textOf,
  textSource,
} from '../steps.js';

const replaces = ({ capabilities }: CaseConditions): boolean => capabilities.oneRoot === 'replaced';
const keeps = ({ capabilities }: CaseConditions): boolean => capabilities.oneRoot === 'kept';

export const oneRoot: Topic = topic('one root: it stands alone, and another one takes its place as a whole');

const OLD = ['r/a', 'r/b/c', 'r/b/old', RECORD_KEY];
const NEXT = ['next/b/c', 'next/b/new', 'next/record', 'next/z'];

async function storeOld({ target }: CaseContext): Promise<void> {
  await store(target, { 'r/a': 'old', 'r/b/c': 'old', 'r/b/old': 'old' });
}

/** A batch that has everything of the next root but its record. */
async function nextBatch(context: CaseContext): Promise<WriteBatch> {
  const batch = await (await context.open()).begin({ root: 'next' });
  await putAll(batch, { 'next/b/c': 'new', 'next/b/new': 'new', 'next/z': 'new' });
  return batch;
}

oneRoot.when(
  replaces,
  'another root takes the place of the one that stands, and nothing of that is left',
  async (context) => {
    const { target } = context;
    await storeOld(context);
    const batch = await nextBatch(context);
    await batch.commit(record('next/record'));
    for (const handle of [target, await context.open()]) {
      assert.deepEqual(await keysOf(handle), NEXT);
      assert.deepEqual(await keysOf(handle, '', { oneLevel: true }), ['next/']);
      assert.deepEqual(await keysOf(handle, 'r/'), []);
      assert.equal(await handle.stat('r/b/c'), undefined);
      await assertFails(handle, 'NOT_FOUND', () => bytesOf(handle, 'r/b/c'), { operation: 'get', key: 'r/b/c' });
      assert.equal(await textOf(handle, 'next/b/c'), 'new');
    }
    await assertNoResidue(context);
  },
);

oneRoot.when(replaces, 'until the commit, and after an abort, the root that stands is whole', async (context) => {
  const { target } = context;
  await storeOld(context);
  const batch = await nextBatch(context);
  assert.deepEqual(await keysOf(target), OLD);
  assert.equal(await textOf(target, 'r/b/c'), 'old');
  await batch.abort();
  assert.deepEqual(await keysOf(await context.open()), OLD);
  for (const key of ['r/a', 'r/b/c', 'r/b/old']) assert.equal(await textOf(target, key), 'old');
  await assertNoResidue(context);
});

oneRoot.when(
  replaces,
  'who looks while a root takes the place of another one sees the one or the other, whole',
  async (context) => {
    const { target, open } = context;
    const other = await open();
    await storeOld(context);
    const batch = await nextBatch(context);
    let committed = false;
    const commit = batch.commit(record('next/record')).then(() => {
      committed = true;
    });
    const watch = async (): Promise<void> => {
      for (let last = false; !last; ) {
        last = committed;
        const keys = await keysOf(other).catch(unlessReplaced);
        if (keys !== undefined) assert.deepEqual(keys, keys.includes('r/a') && !last ? OLD : NEXT);
        const read = await textOf(other, 'r/b/c').catch(unlessReplaced);
        assert.ok(read === undefined || read === 'old', 'what is read under the old root is of the old root');
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([commit, watch()]);
    assert.deepEqual(await keysOf(target), NEXT);
  },
);

/** What was just replaced may be said to be gone, or not to be had just now; never is it half there. */
function unlessReplaced(error: unknown): undefined {
  if (!isTargetError(error, 'NOT_FOUND') && !isTargetError(error, 'UNAVAILABLE')) throw error;
}

oneRoot.when(
  replaces,
  'of two batches begun on what stands one takes its place, and the other is ALREADY_EXISTS: it has not seen what it would replace',
  async (context) => {
    const { target, open } = context;
    await storeOld(context);
    const first = await nextBatch(context);
    const second = await (await open()).begin({ root: 'second' });
    await second.put('second/a', textSource('second'));
    await first.commit(record('next/record'));
    await assertFails(target, 'ALREADY_EXISTS', () => second.commit(record('second/record')), { operation: 'commit' });
    await second.abort();
    assert.deepEqual(await keysOf(target), NEXT);
    for (const key of ['next/b/c', 'next/b/new', 'next/z']) assert.equal(await textOf(target, key), 'new');
    await assertNoResidue(context);
  },
);

oneRoot.when(
  (conditions) => replaces(conditions) && conditions.capabilities.copy,
  'a copy of what is replaced outlives it',
  async (context) => {
    const { target } = context;
    await storeOld(context);
    const batch = await (await context.open()).begin({ root: 'next' });
    await batch.copy('r/b/c', 'next/deep/er/c');
    await batch.commit(record('next/record'));
    assert.deepEqual(await keysOf(target), ['next/deep/er/c', 'next/record']);
    assert.equal(await textOf(target, 'next/deep/er/c'), 'old');
    await assertNoResidue(context);
  },
);

oneRoot.when(
  keeps,
  'a second root is ALREADY_EXISTS, at commit at the latest, and what stands stays',
  async (context) => {
    const { target, open } = context;
    await storeOld(context);
    await assertFails(target, 'ALREADY_EXISTS', async () => {
      const batch = await (await open()).begin({ root: 'next' });
      try {
        await batch.put('next/a', textSource('new'));
        await batch.commit(record('next/record'));
      } finally {
        await batch.abort();
      }
    });
    assert.deepEqual(await keysOf(target), OLD);
    assert.equal(await textOf(target, 'r/b/c'), 'old');
    await assertNoResidue(context);
  },
);

oneRoot.when(
  ({ capabilities }) => capabilities.oneRoot !== undefined && capabilities.removeRoots === true,
  'where the one root is removed nothing is left, and another one can come',
  async (context) => {
    const { target } = context;
    await storeOld(context);
    assert.ok((await target.removeRoot('r', { record: RECORD_KEY })).objects > 0, 'objects removed');
    await assertNothingLeft(context);
    await store(await context.open(), { 'next/a': 'new' }, { begin: { root: 'next' } }, record('next/record'));
    assert.deepEqual(await keysOf(target), ['next/a', 'next/record']);
  },
);
