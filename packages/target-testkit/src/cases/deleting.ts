import assert from 'node:assert/strict';
import { type Topic, topic } from '../case.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  RECORD_KEY,
  record,
  store,
  textOf,
} from '../steps.js';
import { manyKeys, putMany } from './listing.js';

const canDelete = ({ capabilities }: { capabilities: { delete: boolean } }): boolean => capabilities.delete;

export const deleting: Topic = topic('deleting: exactly what is named, and again without an error');

deleting.when(canDelete, 'what is deleted is gone, what is beside it stays', async (context) => {
  const { target, open } = context;
  await store(target, { 'r/a': '1', 'r/a.b': '2', 'r/a-': '3', 'r/b/c': '4', 'r/b/d': '5' });
  await target.delete(['r/a', 'r/b/c']);
  const other = await open();
  assert.deepEqual(await keysOf(other), ['r/a-', 'r/a.b', 'r/b/d', RECORD_KEY]);
  assert.equal(await other.stat('r/a'), undefined);
  await assertFails(target, 'NOT_FOUND', () => bytesOf(target, 'r/a'));
  assert.equal(await textOf(other, 'r/b/d'), '5');
  await assertNoResidue(context);
});

deleting.when(canDelete, 'deleting what is absent, or was deleted before, is no error', async ({ target, open }) => {
  await store(target, { 'r/a': '1' });
  await target.delete([]);
  await target.delete(['r/absent', 'nowhere/at/all', 'r/a', 'r/a', 'r/a/below']);
  await target.delete(['r/a']);
  await (await open()).delete(['r/a']);
  assert.deepEqual(await keysOf(target), [RECORD_KEY]);
});

deleting.when(canDelete, 'deleting the name of a folder takes nothing of what is in it', async ({ target }) => {
  await store(target, { 'r/folder/a': '1' });
  await target.delete(['r/folder', 'r']);
  assert.deepEqual(await keysOf(target), ['r/folder/a', RECORD_KEY]);
});

deleting.when(canDelete, 'more objects than one request can name are deleted in one call', async (context) => {
  const keys = manyKeys(context.sizes.manyObjects);
  await putMany(context, keys);
  await context.target.delete(keys.slice(1));
  assert.deepEqual(await keysOf(context.target), [keys[0], RECORD_KEY]);
  await context.target.delete([...keys, RECORD_KEY]);
  await assertNothingLeft(context);
});

deleting.when(
  canDelete,
  'folders that have become empty go too, and the place can be filled again',
  async (context) => {
    const { target } = context;
    await store(target, { 'r/a/b/c/d': '1', 'r/a/e': '2' });
    await target.delete(['r/a/b/c/d']);
    await assertNoResidue(context);
    assert.deepEqual(await keysOf(target, '', { oneLevel: true }), ['r/']);
    assert.deepEqual(await keysOf(target, 'r/a/', { oneLevel: true }), ['r/a/e']);
    await target.delete(['r/a/e', RECORD_KEY]);
    await assertNothingLeft(context);
    assert.deepEqual(await keysOf(target, '', { oneLevel: true }), []);
    await store(target, { 'r/a/b/c/d': 'anew' });
    assert.equal(await textOf(target, 'r/a/b/c/d'), 'anew');
  },
);

deleting.when(
  ({ capabilities }) => capabilities.delete && capabilities.append,
  'a folder that empties while a batch fills it loses nothing of the batch',
  async ({ target, open }) => {
    const other = await open();
    await store(target, { 'r/f/g/old': '1' });
    for (let round = 0; round < 10; round += 1) {
      const batch = await target.begin();
      await batch.put(`r/f/g/${round}`, { sizeBytes: 0, async *open() {} });
      const previous = round === 0 ? 'r/f/g/old' : `r/f/g/${round - 1}`;
      await Promise.all([batch.commit(record(`r/n-${round}`)), other.delete([previous])]);
      assert.deepEqual(await keysOf(other, 'r/f/'), [`r/f/g/${round}`]);
    }
  },
);

deleting.when(
  (conditions) => !canDelete(conditions),
  'where nothing can be deleted, asking for it is UNSUPPORTED and takes nothing',
  async ({ target }) => {
    await store(target, { 'r/a': '1' });
    for (const keys of [['r/a'], ['r/absent'], []]) {
      await assertFails(target, 'UNSUPPORTED', () => target.delete(keys), { operation: 'delete' });
    }
    assert.equal(await textOf(target, 'r/a'), '1');
  },
);
