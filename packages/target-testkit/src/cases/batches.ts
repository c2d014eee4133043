import assert from 'node:assert/strict';
import { isTargetError, type WriteBatch } from '@holdfast/core/target';
import { type Topic, topic } from '../case.js';
import { announcing } from '../sources.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  listOf,
  putAll,
  RECORD_KEY,
  record,
  store,
  text,
  textOf,
  textSource,
} from '../steps.js';

export const batches: Topic = topic('batches: the commit record comes last');

batches.forEachKind('after commit every object and the record are there, and nothing else', async (context, kind) => {
  const { target } = context;
  const commitRecord = record();
  const batch = await target.begin(kind.begin);
  await putAll(batch, { 'r/z/deep/er/a': 'one', 'r/a': 'two' });
  const receipt = await batch.commit(commitRecord);
  assert.ok(['fsync', 'syncfs', 'store', 'memory'].includes(receipt.durableBy), 'durableBy');
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY, 'r/z/deep/er/a']);
  assert.deepEqual(await bytesOf(target, RECORD_KEY), Buffer.from(commitRecord.body));
  assert.equal(await textOf(target, 'r/z/deep/er/a'), 'one');
  await assertNoResidue(context);
});

batches.forEachKind('the record is not visible before commit, whatever has been put', async (context, kind) => {
  const { target, open } = context;
  const other = await open();
  const batch = await target.begin(kind.begin);
  await putAll(batch, { 'r/a': 'one', 'r/b': 'two' });
  assert.equal(await other.stat(RECORD_KEY), undefined);
  assert.ok(!(await keysOf(other)).includes(RECORD_KEY));
  await batch.commit(record());
  assert.notEqual(await other.stat(RECORD_KEY), undefined);
});

batches.forEachKind('who sees the record sees every object of its batch, whole', async ({ target, open }, kind) => {
  const other = await open();
  const keys = Array.from({ length: 60 }, (_, index) => `r/${index % 7}/${index}`);
  const batch = await target.begin(kind.begin);
  for (const key of keys) await batch.put(key, textSource(`content of ${key}`));
  let committed = false;
  const commit = batch.commit(record()).then(() => {
    committed = true;
  });
  const watch = async (): Promise<void> => {
    for (;;) {
      const last = committed;
      if ((await other.stat(RECORD_KEY)) !== undefined) break;
      assert.ok(!last, 'the record is visible once commit has resolved');
      await new Promise((resolve) => setImmediate(resolve));
    }
    // stat and get never lag, whatever a listing does.
    for (const key of keys) assert.equal(await textOf(other, key), `content of ${key}`, 'seen beside the record');
    for (const key of keys) assert.notEqual(await other.stat(key), undefined, key);
    const listed = new Set(await keysOf(other));
    for (const key of keys) assert.ok(listed.has(key), `${key} is not listed though the record is there`);
  };
  await Promise.all([commit, watch()]);
});

batches.forEachKind('commit without a record publishes the objects', async ({ target, open }, kind) => {
  const batch = await target.begin(kind.begin);
  await putAll(batch, { 'r/a': 'one', 'r/b': 'two' });
  await batch.commit();
  assert.deepEqual(await keysOf(await open()), ['r/a', 'r/b']);
});

batches.forEachKind('a batch may hold nothing but its record', async (context, kind) => {
  await store(context.target, {}, kind);
  assert.deepEqual(await keysOf(await context.open()), [RECORD_KEY]);
  await assertNoResidue(context);
});

for (const end of ['commit', 'abort'] as const) {
  batches.forEachKind(
    `after ${end} the batch is CLOSED to everything but abort, which then changes nothing`,
    async (context, kind) => {
      const { target, capabilities } = context;
      const batch = await target.begin(kind.begin);
      await batch.put('r/a', textSource('a'));
      if (end === 'commit') await batch.commit(record());
      else await batch.abort();
      const before = await listOf(target);
      await assertFails(target, 'CLOSED', () => batch.put('r/b', textSource('b')), { operation: 'put', key: 'r/b' });
      if (capabilities.copy) {
        await assertFails(target, 'CLOSED', () => batch.copy('r/a', 'r/c'), { operation: 'copy' });
      }
      await assertFails(target, 'CLOSED', () => batch.commit(record('r/second')), { operation: 'commit' });
      await batch.abort();
      await batch.abort();
      assert.deepEqual(await listOf(target), before);
      assert.equal(before.length, end === 'commit' ? 2 : 0);
      await assertNoResidue(context);
    },
  );
}

batches.always('a root is one segment: anything else is INVALID_KEY', async (context) => {
  const { target } = context;
  for (const root of ['', 'a/b', '/a', 'a/', '.', '..', 'a\0b']) {
    await assertFails(target, 'INVALID_KEY', () => target.begin({ root }), { operation: 'begin' });
  }
  await assertNothingLeft(context);
});

batches.always('a key outside the root of the batch is INVALID_KEY, and the batch goes on', async (context) => {
  const { target, capabilities } = context;
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', textSource('a'));
  for (const key of ['a', 'rr/a', 'r', 'R/../a', 'other/a']) {
    await assertFails(target, 'INVALID_KEY', () => batch.put(key, textSource('x')), { operation: 'put', key });
    await assertFails(target, 'INVALID_KEY', () => batch.commit(record(key)), { operation: 'commit', key });
    if (capabilities.copy) {
      await assertFails(target, 'INVALID_KEY', () => batch.copy('r/a', key), { operation: 'copy', key });
    }
  }
  await batch.commit(record());
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
});

batches.always(
  'a root that is taken is ALREADY_EXISTS, at commit at the latest, and what it holds stays',
  async (context) => {
    const { target, open } = context;
    await store(target, { 'r/a': 'first' });
    const late = async (): Promise<void> => {
      const batch = await (await open()).begin({ root: 'r' });
      try {
        await batch.put('r/a', textSource('second'));
        await batch.put('r/b', textSource('second'));
        await batch.commit(record());
      } finally {
        await batch.abort();
      }
    };
    await assertFails(target, 'ALREADY_EXISTS', late);
    assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
    assert.equal(await textOf(target, 'r/a'), 'first');
    await assertNoResidue(context);
  },
);

batches.when(
  ({ capabilities }) => capabilities.putIfAbsent,
  'of two batches that fill the same new root exactly one wins, and its content is whole',
  async (context) => {
    const { target, open } = context;
    // Both have begun before either puts, and both have put before either ends.
    const begun = [await (await open()).begin({ root: 'r' }), await (await open()).begin({ root: 'r' })];
    const fill = async (batch: WriteBatch, name: string): Promise<{ name: string; finish: () => Promise<boolean> }> => {
      let lost = false;
      try {
        await putAll(batch, { 'r/shared': name, [`r/own-${name}`]: name });
      } catch (error) {
        if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
        lost = true;
      }
      const finish = async (): Promise<boolean> => {
        try {
          if (!lost) await batch.commit({ key: RECORD_KEY, body: text(name) });
        } catch (error) {
          if (!isTargetError(error, 'ALREADY_EXISTS')) throw error;
          lost = true;
        }
        await batch.abort();
        return !lost;
      };
      return { name, finish };
    };
    const racers: Awaited<ReturnType<typeof fill>>[] = [];
    for (const [index, batch] of begun.entries()) racers.push(await fill(batch, `racer-${index}`));
    const won = await Promise.all(racers.map((racer) => racer.finish()));
    const winner = racers.filter((_, index) => won[index])[0]?.name;
    assert.equal(won.filter(Boolean).length, 1, 'winners');
    assert.deepEqual(await keysOf(target), [RECORD_KEY, `r/own-${winner}`, 'r/shared']);
    assert.equal(await textOf(target, 'r/shared'), winner);
    assert.equal(await textOf(target, RECORD_KEY), winner);
    await assertNoResidue(context);
  },
);

batches.when(
  ({ capabilities }) => !capabilities.append && capabilities.ownObjects !== true,
  'where nothing can be added, a batch without a root is UNSUPPORTED',
  async (context) => {
    await assertFails(context.target, 'UNSUPPORTED', () => context.target.begin(), { operation: 'begin' });
    await assertNothingLeft(context);
  },
);

batches.when(
  ({ capabilities }) => capabilities.append,
  'objects can be added beside what is there, and leave it as it was',
  async ({ target, open }) => {
    await store(target, { 'r/a': 'one' });
    await store(target, { 'r/b': 'two', 'beside/c': 'three' }, { begin: {} }, record('r/n'));
    assert.deepEqual(await keysOf(await open()), ['beside/c', 'r/a', 'r/b', RECORD_KEY, 'r/n']);
    assert.equal(await textOf(target, 'r/a'), 'one');
  },
);

batches.forEachKind('a commit that fails leaves no record, and abort then leaves nothing', async (context, kind) => {
  const { target } = context;
  const batch = await target.begin(kind.begin);
  await batch.put('r/a', textSource('a'));
  await assert.rejects(batch.put('r/b', announcing(9, textSource('b'))));
  await assertFails(target, 'INVALID_KEY', () => batch.commit(record('r/../x')));
  assert.equal(await (await context.open()).stat(RECORD_KEY), undefined);
  await batch.abort();
  await assertNothingLeft(context);
});
