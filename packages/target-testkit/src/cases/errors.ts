import assert from 'node:assert/strict';
import { isTargetError, TargetError } from '@holdfast/core/target';
import { type Topic, takesAnother, topic } from '../case.js';
import { announcing } from '../sources.js';
import { assertFails, bytesOf, drain, record, store, textSource } from '../steps.js';

export const errors: Topic = topic('errors: one kind, with code, place, operation and key');

errors.always('an error is branded, says where, what and which key, and is worth no second try', async (context) => {
  const { target } = context;
  const error = await assertFails(target, 'NOT_FOUND', () => bytesOf(target, 'r/absent'), {
    operation: 'get',
    key: 'r/absent',
  });
  assert.ok(isTargetError(error, 'NOT_FOUND'));
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'TargetError');
  assert.equal(error.retryable, false);
  assert.ok(error.reason.length > 0 && !error.reason.includes('r/absent'), 'a reason without the key');
  assert.ok(error.message.includes('r/absent') && error.message.includes(target.url), 'a message with all of it');
  assert.equal(
    error.message,
    new TargetError({
      ...error,
      code: error.code,
      reason: error.reason,
      url: error.url,
      operation: error.operation,
      key: error.key,
    }).message,
  );
});

errors.always('an iteration that has failed does not go on', async ({ target }) => {
  for (const iteration of [target.get('r/absent'), target.list('not closed')]) {
    const iterator = iteration[Symbol.asyncIterator]();
    await assert.rejects(Promise.resolve(iterator.next()));
    assert.equal((await iterator.next()).done, true);
  }
});

errors.always('list and get throw from the iteration, never from the call', async ({ target, open }) => {
  const handle = await open();
  await handle.close();
  const iterations = [handle.list(''), handle.get('r/a'), target.list('bad'), target.get('../bad')];
  for (const iteration of iterations) await assert.rejects(drain(iteration));
});

errors.when(
  takesAnother,
  'every call that fails answers with a promise: nothing is thrown past it',
  async ({ target }) => {
    await store(target, { 'r/a': 'a' });
    const batch = await target.begin({ root: 'next' });
    const calls = [
      () => target.stat('/'),
      () => target.begin({ root: 'a/b' }),
      () => target.delete(['/']),
      () => batch.put('/', textSource('x')),
      () => batch.copy('/', '/'),
      () => batch.commit(record('/')),
    ];
    for (const call of calls) {
      const answer: unknown = call();
      assert.ok(answer instanceof Promise);
      await assert.rejects(answer, (error) => isTargetError(error));
    }
    await batch.abort();
  },
);

errors.always('an honest refusal is not called retryable', async ({ target }) => {
  const batch = await target.begin({ root: 'r' });
  const error = await assertFails(target, 'SIZE_MISMATCH', () => batch.put('r/a', announcing(3, textSource('four'))));
  assert.equal(error.retryable, false);
  await batch.abort();
});
