import assert from 'node:assert/strict';
import { type Topic, takesAnother, topic } from '../case.js';
import { announcing, failingSource, hangingSource, patternSource } from '../sources.js';
import {
  assertFails,
  assertNothingLeft,
  keysOf,
  largestBytes,
  putAll,
  record,
  store,
  textOf,
  textSource,
} from '../steps.js';

export const aborting: Topic = topic('aborting: nothing is left, wherever it stops');

aborting.forEachKind('abort right after begin leaves nothing', async (context, kind) => {
  const batch = await context.target.begin(kind.begin);
  await batch.abort();
  await assertNothingLeft(context);
});

aborting.forEachKind('abort after puts leaves nothing', async (context, kind) => {
  const batch = await context.target.begin(kind.begin);
  await putAll(batch, { 'r/a': '1', 'r/b/c/d': '2', 'r/big': patternSource(largestBytes(context)) });
  await batch.abort();
  await assertNothingLeft(context);
});

aborting.forEachKind('abort after a put that failed leaves nothing', async (context, kind) => {
  const batch = await context.target.begin(kind.begin);
  await batch.put('r/a', textSource('1'));
  await assert.rejects(batch.put('r/b', announcing(10, textSource('short'))));
  const sizeBytes = largestBytes(context);
  await assert.rejects(batch.put('r/c', failingSource(sizeBytes, Math.floor(sizeBytes * 0.7), new Error('midway'))));
  await batch.abort();
  await assertNothingLeft(context);
});

aborting.forEachKind(
  'a put that its signal stops midway leaves nothing, and the batch goes on',
  async (context, kind) => {
    const { target } = context;
    const stop = new AbortController();
    const inner = patternSource(largestBytes(context));
    const source = {
      sizeBytes: inner.sizeBytes,
      async *open() {
        let seenBytes = 0;
        for await (const piece of inner.open()) {
          yield piece;
          seenBytes += piece.byteLength;
          if (seenBytes > inner.sizeBytes * 0.7) stop.abort();
        }
      },
    };
    const batch = await target.begin(kind.begin);
    await assertFails(target, 'ABORTED', () => batch.put('r/a', source, { signal: stop.signal }), {
      operation: 'put',
      key: 'r/a',
    });
    await batch.put('r/b', textSource('goes on'));
    await batch.commit(record('r/z'));
    assert.deepEqual(await keysOf(target), ['r/b', 'r/z']);
    assert.deepEqual([...(await context.place.residue())], []);
  },
);

aborting.forEachKind(
  'a put whose source hangs stops when its signal fires, and leaves nothing',
  async (context, kind) => {
    const { target } = context;
    const stop = new AbortController();
    const batch = await target.begin(kind.begin);
    const source = hangingSource(1_000_000, () => stop.abort());
    await assertFails(target, 'ABORTED', () => batch.put('r/a', source, { signal: stop.signal }), {
      operation: 'put',
      key: 'r/a',
    });
    await batch.abort();
    await assertNothingLeft(context);
  },
);

aborting.forEachKind(
  'a commit whose signal has fired publishes no record, and abort then leaves nothing',
  async (context, kind) => {
    const { target } = context;
    const batch = await target.begin(kind.begin);
    await putAll(batch, { 'r/a': '1', 'r/b': '2' });
    const stopped = { signal: AbortSignal.abort() };
    await assertFails(target, 'ABORTED', () => batch.commit(record(), stopped), { operation: 'commit' });
    await batch.abort();
    await assertNothingLeft(context);
  },
);

aborting.forEachKind(
  'an aborted batch takes nothing of what others have committed',
  async (context, kind) => {
    const { target } = context;
    await store(target, { 'kept/a': 'kept' }, { begin: { root: 'kept' } }, record('kept/record'));
    const batch = await target.begin(kind.begin);
    await batch.put('r/a', textSource('1'));
    await batch.abort();
    assert.deepEqual(await keysOf(target), ['kept/a', 'kept/record']);
    assert.equal(await textOf(target, 'kept/a'), 'kept');
  },
  takesAnother,
);

aborting.forEachKind('after an abort the same batch can be begun and committed anew', async (context, kind) => {
  const { target } = context;
  const first = await target.begin(kind.begin);
  await first.put('r/a', textSource('first'));
  await first.abort();
  await store(target, { 'r/a': 'second' }, kind, record('r/z'));
  assert.deepEqual(await keysOf(target), ['r/a', 'r/z']);
  assert.equal(await textOf(target, 'r/a'), 'second');
});
