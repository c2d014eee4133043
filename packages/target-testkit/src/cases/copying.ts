import assert from 'node:assert/strict';
import { isTargetError, type WriteBatch } from '@holdfast/core/target';
import {
  type BatchKind,
  type CaseConditions,
  type CaseContext,
  sideBySide,
  type Topic,
  takesAnother,
  topic,
} from '../case.js';
import { patternSource } from '../sources.js';
import {
  assertFails,
  assertHolds,
  assertNoResidue,
  assertNothingLeft,
  keysOf,
  record,
  store,
  textOf,
  textSource,
} from '../steps.js';

const canCopy = ({ capabilities }: CaseConditions): boolean => capabilities.copy;

export const copying: Topic = topic('copying: an object of its own');

/** The batch of a second root that copies from the first: the kit's own `r` is already taken there. */
async function beginNext({ target }: CaseContext, kind: BatchKind): Promise<WriteBatch> {
  return target.begin(kind.begin.root === undefined ? {} : { root: 'next' });
}

copying.forEachKind(
  'a copy of a committed object holds its bytes, and the original stays',
  async (context, kind) => {
    const { target, open } = context;
    await store(target, { 'r/a': 'small', 'r/big': patternSource(6_000_000), 'r/empty': '' });
    const batch = await beginNext(context, kind);
    await batch.copy('r/a', 'next/a');
    await batch.copy('r/big', 'next/deep/big');
    await batch.copy('r/empty', 'next/empty');
    await batch.put('next/own', textSource('own'));
    await batch.commit(record('next/record'));
    const other = await open();
    assert.deepEqual(await keysOf(other, 'next/'), [
      'next/a',
      'next/deep/big',
      'next/empty',
      'next/own',
      'next/record',
    ]);
    assert.equal(await textOf(other, 'next/a'), 'small');
    assert.equal(await textOf(other, 'r/a'), 'small');
    await assertHolds(other, 'next/deep/big', patternSource(6_000_000));
    assert.equal(await textOf(other, 'next/empty'), '');
    await assertNoResidue(context);
  },
  (conditions) => canCopy(conditions) && sideBySide(conditions),
);

copying.forEachKind(
  'an object put or copied earlier into the same batch can be copied',
  async (context, kind) => {
    const { target } = context;
    const batch = await target.begin(kind.begin);
    await batch.put('r/a', textSource('a'));
    await batch.copy('r/a', 'r/b');
    await batch.copy('r/b', 'r/folder/c');
    await batch.commit(record('r/z'));
    assert.deepEqual(await keysOf(target), ['r/a', 'r/b', 'r/folder/c', 'r/z']);
    for (const key of ['r/a', 'r/b', 'r/folder/c']) assert.equal(await textOf(target, key), 'a');
    await assertNoResidue(context);
  },
  canCopy,
);

copying.forEachKind(
  'a copy from a missing key is NOT_FOUND, leaves nothing, and the batch goes on',
  async (context, kind) => {
    const { target } = context;
    const batch = await target.begin(kind.begin);
    await batch.put('r/a/b', textSource('b'));
    for (const key of ['r/absent', 'absent', 'r/a', 'r/a/b/c']) {
      await assertFails(target, 'NOT_FOUND', () => batch.copy(key, 'r/copy'), { operation: 'copy' });
    }
    await batch.commit(record('r/z'));
    assert.deepEqual(await keysOf(target), ['r/a/b', 'r/z']);
    await assertNoResidue(context);
  },
  canCopy,
);

copying.when(
  (conditions) => canCopy(conditions) && conditions.capabilities.delete,
  'a copy outlives its original, and the original its copy',
  async (context) => {
    const { target } = context;
    await store(target, { 'r/a': 'kept', 'r/b': 'kept too' });
    const batch = await target.begin({ root: 'next' });
    await batch.copy('r/a', 'next/a');
    await batch.copy('r/b', 'next/b');
    await batch.commit(record('next/record'));
    await target.delete(['r/a', 'next/b']);
    assert.equal(await textOf(target, 'next/a'), 'kept');
    assert.equal(await textOf(target, 'r/b'), 'kept too');
    // What is put anew where the original was must not show through the copy.
    await target.delete(['r/b', 'r/m-record.json']);
    await store(target, { 'r/a': 'other bytes' });
    assert.equal(await textOf(target, 'next/a'), 'kept');
  },
);

copying.forEachKind(
  'an abort takes the copies and leaves the originals',
  async (context, kind) => {
    const { target } = context;
    await store(target, { 'r/a': 'a' });
    const batch = await beginNext(context, kind);
    await batch.copy('r/a', 'next/a');
    await batch.abort();
    assert.deepEqual(await keysOf(target, 'next/'), []);
    assert.equal(await textOf(target, 'r/a'), 'a');
    await assertNoResidue(context);
  },
  (conditions) => canCopy(conditions) && takesAnother(conditions),
);

copying.when(
  (conditions) => canCopy(conditions) && sideBySide(conditions) && conditions.capabilities.copyShares,
  'where copies share their bytes, the listing says so with one sharedId, and other objects have another or none',
  async ({ target }) => {
    await store(target, { 'r/a': 'a', 'r/other': 'a' });
    const batch = await target.begin({ root: 'next' });
    await batch.copy('r/a', 'next/a');
    await batch.commit(record('next/record'));
    const original = await target.stat('r/a');
    const copy = await target.stat('next/a');
    // A reflink shares blocks that can be damaged one by one: there no sharedId is right, but never a different one.
    assert.equal(copy?.sharedId, original?.sharedId);
    const other = await target.stat('r/other');
    assert.ok(other?.sharedId === undefined || other.sharedId !== copy?.sharedId, 'an object that is no copy');
  },
);

copying.when(
  (conditions) => canCopy(conditions) && takesAnother(conditions) && !conditions.capabilities.copyShares,
  'where copies take space of their own, no two objects claim to share',
  async ({ target }) => {
    await store(target, { 'r/a': 'a' });
    const batch = await target.begin({ root: 'next' });
    await batch.copy('r/a', 'next/a');
    await batch.commit(record('next/record'));
    const ids = [(await target.stat('r/a'))?.sharedId, (await target.stat('next/a'))?.sharedId];
    assert.ok(ids[0] === undefined || ids[0] !== ids[1]);
  },
);

copying.when(
  (conditions) => canCopy(conditions) && sideBySide(conditions) && conditions.capabilities.attributes,
  'a copy with other attributes is made right or refused with COPY_REFUSED: the original keeps its own',
  async (context) => {
    const { target } = context;
    await store(target, { 'r/a': 'a' });
    const batch = await target.begin({ root: 'next' });
    try {
      await batch.copy('r/a', 'next/a', { attributes: { mode: 0o755, mtimeNs: 1_600_000_000_000_000_000n } });
    } catch (error) {
      if (!isTargetError(error, 'COPY_REFUSED')) throw error;
      await batch.put('next/a', textSource('a'));
    }
    await batch.commit(record('next/record'));
    assert.equal(await textOf(target, 'next/a'), 'a');
    assert.equal(await textOf(target, 'r/a'), 'a');
    await assertNoResidue(context);
  },
);

copying.when(
  (conditions) => !canCopy(conditions),
  'where nothing can be copied, asking for it is UNSUPPORTED, also from a missing key',
  async (context) => {
    const { target } = context;
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', textSource('a'));
    for (const key of ['r/a', 'r/absent']) {
      await assertFails(target, 'UNSUPPORTED', () => batch.copy(key, 'r/b'), { operation: 'copy' });
    }
    await batch.abort();
    await assertNothingLeft(context);
  },
);
