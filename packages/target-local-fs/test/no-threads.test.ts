import { expect, test, vi } from 'vitest';
import { body, keysOf, testStore, textOf } from './store.js';

vi.mock('@holdfast/core/files', async (original) => ({
  ...(await original<object>()),
  runInThread: () => Promise.reject(new Error('no thread can be had here')),
}));

test('where no thread can be had, objects of one call are put, and copied, one by one', async () => {
  const store = testStore();
  const target = await store.open();
  const attributes = { mode: 0o600, mtimeNs: 1_600_000_000_000_000_000n };
  const objects = Array.from({ length: 40 }, (_, index) => ({
    key: `r/f/${index}`,
    bytes: body(`${index}`),
    attributes,
  }));
  const first = await target.begin({ root: 'r' });
  for (const outcome of await first.putAll(objects)) expect(outcome.status).toBe('fulfilled');
  await first.commit({ key: 'r/record', body: body('1') });
  const second = await target.begin({ root: 's' });
  const requests = objects.map(({ key }) => ({ fromKey: key, toKey: key.replace('r/', 's/'), attributes }));
  for (const outcome of await second.copyAll(requests)) expect(outcome.status).toBe('fulfilled');
  await second.commit({ key: 's/record', body: body('2') });
  expect((await keysOf(target)).length).toBe(82);
  expect(await textOf(target, 's/f/7')).toBe('7');
});
