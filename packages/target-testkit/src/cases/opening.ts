import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { type Topic, topic } from '../case.js';
import {
  assertFails,
  assertNothingLeft,
  bytesOf,
  drain,
  keysOf,
  RECORD_KEY,
  record,
  store,
  textOf,
  textSource,
} from '../steps.js';

export const opening: Topic = topic('opening and closing');

opening.always(
  'a fresh place lists nothing, under any prefix, and opening it has put nothing there',
  async (context) => {
    assert.deepEqual(await keysOf(context.target, 'absent/'), []);
    assert.equal(await context.target.stat('absent'), undefined);
    await assertNothingLeft(context);
  },
);

opening.always(
  'capabilities are frozen, complete, and the same on every handle',
  async ({ target, capabilities, open }) => {
    assert.ok(Object.isFrozen(capabilities), 'frozen');
    const flags = [
      'rangeRead',
      'append',
      'delete',
      'putIfAbsent',
      'copy',
      'copyShares',
      'attributes',
      'caseSensitiveKeys',
      'windowsNames',
      'retention',
    ] as const;
    for (const flag of flags) assert.equal(typeof capabilities[flag], 'boolean', flag);
    for (const limit of ['maxObjectBytes', 'maxKeyBytes', 'maxSegmentBytes', 'concurrency'] as const) {
      assert.ok(capabilities[limit] >= 1, limit);
    }
    assert.ok(capabilities.listDelayMs >= 0, 'listDelayMs');
    assert.ok(['full', 'ordered', 'processCrash'].includes(capabilities.durability), 'durability');
    assert.ok(capabilities.copy || !capabilities.copyShares, 'copyShares needs copy');
    const { requests } = capabilities;
    assert.ok(requests === undefined || Object.isFrozen(requests), 'requests is frozen');
    for (const [name, count] of Object.entries(requests ?? {})) assert.ok(count >= 1, `requests.${name}`);
    assert.deepEqual((await open()).capabilities, capabilities);
    assert.equal(target.capabilities, capabilities);
  },
);

opening.always('the url names the place and holds no secret', async ({ target, place, open }) => {
  assert.match(target.url, /^[a-z][a-z0-9+.-]+:/);
  assert.equal((await open()).url, target.url);
  const { username, password } = new URL(target.url.replace(/^[a-z0-9+.-]+:/, 'http:'), 'http://place');
  assert.deepEqual([username, password], ['', '']);
  const secrets = Object.entries({ ...process.env, ...place.child?.environment })
    .filter(([name]) => /SECRET|TOKEN|PASSWORD/i.test(name))
    .map(([, value]) => value ?? '');
  for (const secret of secrets) assert.ok(secret.length < 8 || !target.url.includes(secret), 'a secret in the url');
});

opening.always('local paths are absolute', async ({ target }) => {
  for (const path of target.localPaths) assert.ok(isAbsolute(path), path);
});

opening.always('another handle on the place reads what one has committed', async ({ target, open }) => {
  const other = await open();
  await store(target, { 'r/a': 'one', 'r/b': 'two' });
  assert.deepEqual(await keysOf(other), ['r/a', 'r/b', RECORD_KEY]);
  assert.equal(await textOf(other, 'r/a'), 'one');
  assert.equal(await textOf(await open(), 'r/b'), 'two');
});

opening.always('everything after close fails with CLOSED', async ({ target, open }) => {
  const handle = await open();
  const batch = await handle.begin({ root: 'r' });
  await handle.close();
  await assertFails(target, 'CLOSED', () => drain(handle.list('')), { operation: 'list' });
  await assertFails(target, 'CLOSED', () => handle.stat('r/a'), { operation: 'stat', key: 'r/a' });
  await assertFails(target, 'CLOSED', () => bytesOf(handle, 'r/a'), { operation: 'get', key: 'r/a' });
  await assertFails(target, 'CLOSED', () => handle.begin({ root: 'other' }), { operation: 'begin' });
  await assertFails(target, 'CLOSED', () => batch.put('r/a', textSource('a')), { operation: 'put', key: 'r/a' });
  await assertFails(target, 'CLOSED', () => batch.commit(record()), { operation: 'commit' });
  await assertFails(target, ['CLOSED', 'UNSUPPORTED'], () => handle.delete(['r/a']), { operation: 'delete' });
  assert.deepEqual(await keysOf(target), []);
});

opening.always('close can be called twice', async ({ open }) => {
  const handle = await open();
  await handle.close();
  await handle.close();
});
