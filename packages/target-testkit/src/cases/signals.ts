import assert from 'node:assert/strict';
import { type Topic, takesAnother, topic } from '../case.js';
import { patternSource, watched } from '../sources.js';
import {
  assertFails,
  assertNothingLeft,
  drain,
  keysOf,
  largestBytes,
  RECORD_KEY,
  store,
  textSource,
} from '../steps.js';
import { manyKeys, putMany } from './listing.js';

export const signals: Topic = topic('signals: everything stops soon');

signals.always('a signal that has fired already stops every call, and nothing is touched', async (context) => {
  const { target, capabilities } = context;
  const options = { signal: AbortSignal.abort(new Error('the reason of the caller')) };
  await assertFails(target, 'ABORTED', () => target.begin({ ...options, root: 'r' }), { operation: 'begin' });
  const batch = await target.begin({ root: 'r' });
  const source = watched(textSource('a'));
  await assertFails(target, 'ABORTED', () => batch.put('r/a', source, options), { operation: 'put', key: 'r/a' });
  assert.equal(source.opened(), source.ended());
  await batch.put('r/a', textSource('a'));
  if (capabilities.copy) {
    await assertFails(target, 'ABORTED', () => batch.copy('r/a', 'r/b', options), { operation: 'copy' });
  }
  await batch.commit({ key: RECORD_KEY, body: new Uint8Array(1) });
  await assertFails(target, 'ABORTED', () => drain(target.list('', options)), { operation: 'list' });
  await assertFails(target, 'ABORTED', () => target.stat('r/a', options), { operation: 'stat', key: 'r/a' });
  await assertFails(target, 'ABORTED', () => drain(target.get('r/a', options)), { operation: 'get', key: 'r/a' });
  if (capabilities.delete) {
    await assertFails(target, 'ABORTED', () => target.delete(['r/a'], options), { operation: 'delete' });
  }
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
});

signals.always('a get stops soon after its signal fires, with ABORTED and long before the end', async (context) => {
  const { target } = context;
  const sizeBytes = largestBytes(context);
  await store(target, { 'r/a': patternSource(sizeBytes) });
  const stop = new AbortController();
  let seenBytes = 0;
  const read = async (): Promise<void> => {
    for await (const piece of target.get('r/a', { signal: stop.signal })) {
      seenBytes += piece.byteLength;
      stop.abort();
    }
  };
  await assertFails(target, 'ABORTED', read, { operation: 'get', key: 'r/a' });
  assert.ok(seenBytes < sizeBytes, `${seenBytes} of ${sizeBytes} bytes came`);
});

signals.always('a list stops soon after its signal fires, with ABORTED and before the end', async (context) => {
  const { target, sizes } = context;
  await putMany(context, manyKeys(sizes.manyObjects));
  await keysOf(target);
  const stop = new AbortController();
  let lines = 0;
  const read = async (): Promise<void> => {
    for await (const _ of target.list('', { signal: stop.signal })) {
      lines += 1;
      stop.abort();
    }
  };
  await assertFails(target, 'ABORTED', read, { operation: 'list' });
  assert.ok(lines <= sizes.manyObjects, `${lines} lines came`);
});

signals.when(takesAnother, 'a signal that fires after its call has ended changes nothing', async (context) => {
  const { target } = context;
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const batch = await target.begin({ ...options, root: 'r' });
  await batch.put('r/a', textSource('a'), options);
  stop.abort();
  await batch.put('r/b', textSource('b'));
  await batch.commit({ key: RECORD_KEY, body: new Uint8Array(1) });
  assert.deepEqual(await keysOf(target), ['r/a', 'r/b', RECORD_KEY]);
  const given = await target.begin({ root: 'given' });
  await given.abort();
  assert.deepEqual(await keysOf(target, 'given/'), []);
});

signals.always('a begin that its signal stopped leaves nothing', async (context) => {
  const { target } = context;
  await assertFails(target, 'ABORTED', () => target.begin({ root: 'r', signal: AbortSignal.abort() }));
  await assertNothingLeft(context);
});
