import assert from 'node:assert/strict';
import { bytesSource } from '@holdfast/core/target';
import { type CaseConditions, sideBySide, type Topic, takesAnother, topic } from '../case.js';
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
  textSource,
} from '../steps.js';

const canRemove = ({ capabilities }: CaseConditions): boolean => capabilities.removeRoots === true;
const hasOwn = ({ capabilities }: CaseConditions): boolean => capabilities.ownObjects === true;

export const removing: Topic = topic('removing roots, and what is the own of a target');

removing.when(
  (conditions) => canRemove(conditions) && sideBySide(conditions),
  'a root that is removed is gone as a whole, and those beside it stay',
  async (context) => {
    const { target, open } = context;
    await store(target, { 'r/a': '1', 'r/b/c': '22', 'r/b/d/e': '' });
    await store(target, { 'r2/a': 'beside' }, { begin: { root: 'r2' } }, record('r2/record'));
    await store(target, { 'r-/a': 'beside' }, { begin: { root: 'r-' } }, record('r-/record'));
    assert.ok((await target.removeRoot('r', { record: RECORD_KEY })).objects > 0, 'objects removed');
    const other = await open();
    assert.deepEqual(await keysOf(other), ['r-/a', 'r-/record', 'r2/a', 'r2/record']);
    await assertFails(other, 'NOT_FOUND', () => bytesOf(other, 'r/a'));
    assert.equal(await textOf(other, 'r2/a'), 'beside');
    await assertNoResidue(context);
  },
);

removing.when(canRemove, 'a root can be removed again, also one that never was, and filled anew', async (context) => {
  const { target } = context;
  await store(target, { 'r/a': '1' });
  await target.removeRoot('r');
  assert.deepEqual(await target.removeRoot('r', { record: RECORD_KEY }), { objects: 0, sizeBytes: 0 });
  assert.deepEqual(await target.removeRoot('never'), { objects: 0, sizeBytes: 0 });
  await assertNothingLeft(context);
  await store(target, { 'r/a': 'anew' });
  assert.equal(await textOf(target, 'r/a'), 'anew');
});

removing.when(canRemove, 'a dry run tells what a root holds, and takes nothing', async ({ target }) => {
  await store(target, { 'r/a': bytesSource(new Uint8Array(100_000).map((_, index) => (index * 7919) >> 3)) });
  const { objects, sizeBytes } = await target.removeRoot('r', { record: RECORD_KEY, dryRun: true });
  assert.ok(objects > 0 && sizeBytes > 1000, `${objects} objects, ${sizeBytes} bytes`);
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
});

removing.when(
  (conditions) => canRemove(conditions) && takesAnother(conditions) && conditions.capabilities.copy,
  'what a root shares with another one stays whole in the other',
  async ({ target }) => {
    await store(target, { 'r/a': 'shared' });
    const batch = await target.begin({ root: 'later' });
    await batch.copy('r/a', 'later/a');
    await batch.commit(record('later/record'));
    await target.removeRoot('r', { record: RECORD_KEY });
    assert.equal(await textOf(target, 'later/a'), 'shared');
  },
);

removing.when(
  canRemove,
  'what is no root, and a record outside of it, is INVALID_KEY, and nothing goes',
  async ({ target }) => {
    await store(target, { 'r/a': '1' });
    for (const root of ['', 'r/a', 'r/', '.', '..', '.holdfast']) {
      await assertFails(target, 'INVALID_KEY', () => target.removeRoot(root), { operation: 'removeRoot' });
    }
    await assertFails(target, 'INVALID_KEY', () => target.removeRoot('r', { record: 'other/record' }));
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
  },
);

removing.when(
  (conditions) => !canRemove(conditions),
  'where no root can be removed, asking for it is UNSUPPORTED and takes nothing',
  async ({ target }) => {
    await store(target, { 'r/a': '1' });
    await assertFails(target, 'UNSUPPORTED', () => target.removeRoot('r'), { operation: 'removeRoot' });
    await assertFails(target, 'UNSUPPORTED', () => target.removeRoot('r', { dryRun: true }));
    assert.equal(await textOf(target, 'r/a'), '1');
  },
);

removing.when(
  hasOwn,
  'an own object is written, replaced and deleted beside the roots, also where nothing else can be',
  async (context) => {
    const { target, open } = context;
    const key = '.holdfast/notes/a';
    await store(target, { 'r/a': '1' });
    for (const body of ['first', 'second']) {
      const batch = await target.begin();
      await batch.commit({ key, body: Buffer.from(body) });
      assert.equal(await textOf(await open(), key), body);
    }
    const { digest: _, ...info } = (await target.stat(key)) ?? {};
    assert.deepEqual(info, { key, type: 'file', sizeBytes: 6 });
    assert.deepEqual(await keysOf(target, '.holdfast/notes/'), [key]);
    assert.deepEqual(await keysOf(target, '', { oneLevel: true }), ['.holdfast/', 'r/']);
    assert.deepEqual(await keysOf(target), [key, 'r/a', RECORD_KEY]);
    await target.delete([key, '.holdfast/notes/absent']);
    assert.deepEqual(await keysOf(await open()), ['r/a', RECORD_KEY]);
    assert.equal(await target.stat(key), undefined);
    await assertFails(target, 'NOT_FOUND', () => bytesOf(target, key));
    await assertNoResidue(context);
  },
);

removing.when(
  ({ capabilities }) => capabilities.ownObjects === true && !capabilities.append,
  'where only own objects can be added, everything else is refused and nothing is left',
  async (context) => {
    const { target } = context;
    await store(target, { 'r/a': '1' });
    const batch = await target.begin();
    await assertFails(target, 'UNSUPPORTED', () => batch.put('.holdfast/b', textSource('b')), { operation: 'put' });
    await assertFails(target, 'INVALID_KEY', () => batch.commit(record('r/b')), { operation: 'commit' });
    await batch.abort();
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
    await assertNoResidue(context);
  },
);

removing.when(
  ({ capabilities }) => capabilities.ownObjects === true && !capabilities.delete,
  'where only own objects can be deleted, a call that names others is UNSUPPORTED and takes nothing',
  async ({ target }) => {
    await store(target, { 'r/a': '1' });
    await (await target.begin()).commit(record('.holdfast/a'));
    await assertFails(target, 'UNSUPPORTED', () => target.delete(['.holdfast/a', 'r/a']), { operation: 'delete' });
    assert.deepEqual(await keysOf(target), ['.holdfast/a', 'r/a', RECORD_KEY]);
  },
);
