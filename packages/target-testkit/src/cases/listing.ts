import assert from 'node:assert/strict';
import { compareKeys, isTargetError } from '@holdfast/core/target';
import { type CaseContext, type Topic, topic } from '../case.js';
import { inGroups } from '../in-groups.js';
import { assertFails, drain, keysOf, listOf, RECORD_KEY, record, store, textSource } from '../steps.js';

export const listing: Topic = topic('listing: exact, in order, complete');

/** Three of four objects lie in folders, so that pages of a one-level listing end at prefixes too. */
export function manyKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = String(index).padStart(5, '0');
    return index % 4 === 0 ? `r/${name}` : `r/${name}/x`;
  });
}

/** Puts that many small objects, side by side. */
export async function putMany({ target, capabilities }: CaseContext, keys: readonly string[]): Promise<void> {
  const batch = await target.begin({ root: 'r' });
  await inGroups(keys, Math.min(capabilities.concurrency, 32), (key) => batch.put(key, textSource(key)));
  await batch.commit(record());
}

listing.always(
  'each key is listed once, in the order of its UTF-8 bytes, with type and size',
  async ({ target, open }) => {
    // In UTF-8 the wide tilde (U+FF5E) comes before an emoji; in UTF-16 units it comes after.
    const keys = [
      'r/~',
      'r/a',
      'r/a.b',
      'r/a-',
      'r/a0',
      'r/B',
      'r/é',
      'r/ｅ～',
      'r/ｅ😀',
      'r/～',
      'r/😀',
      'r/x/y',
      'r/x.y',
      'r/x-y',
      'r/x0',
    ];
    await store(target, Object.fromEntries(keys.map((key) => [key, key])));
    const lines = await listOf(await open());
    assert.deepEqual(
      lines.map((line) => line.key),
      [...keys, RECORD_KEY].sort(compareKeys),
    );
    for (const line of lines) {
      assert.equal(line.type, 'file', line.key);
      if (line.key !== RECORD_KEY) assert.equal(line.sizeBytes, Buffer.byteLength(line.key), line.key);
    }
  },
);

listing.always(
  'a folder and a name that goes on with a dot or a dash are in key order: a-b, a.b, a/x, a0',
  async ({ target }) => {
    const keys = ['r/a-b', 'r/a.b', 'r/a.b/x', 'r/a/x', 'r/a/x.y', 'r/a0'].filter((key) => key !== 'r/a.b/x');
    await store(target, Object.fromEntries([...keys].reverse().map((key) => [key, 'x'])));
    assert.deepEqual(await keysOf(target), [...keys, RECORD_KEY]);
    assert.deepEqual(await keysOf(target, 'r/', { oneLevel: true }), ['r/a-b', 'r/a.b', 'r/a/', 'r/a0', RECORD_KEY]);
  },
);

listing.always('a prefix is whole segments: nothing beside it is listed', async ({ target }) => {
  await store(target, { 'r/ab/c': '1', 'r/a/b/c': '2', 'r/a/d': '3', 'r/a-': '4', 'r/abc': '5' });
  assert.deepEqual(await keysOf(target, 'r/a/'), ['r/a/b/c', 'r/a/d']);
  assert.deepEqual(await keysOf(target, 'r/a/b/'), ['r/a/b/c']);
  assert.deepEqual(await keysOf(target, 'r/abc/'), []);
  assert.deepEqual(await keysOf(target, 'absent/'), []);
  assert.equal((await keysOf(target, 'r/')).length, 6);
});

listing.always('one level lists objects and closed prefixes, each once', async ({ target }) => {
  await store(target, { 'r/a/b/c': '1', 'r/a/d': '2', 'r/b': '3', 'r/z/1': '4', 'r/z/2': '5' });
  assert.deepEqual(await listOf(target, '', { oneLevel: true }), [{ key: 'r/', type: 'prefix', sizeBytes: 0 }]);
  const lines = await listOf(target, 'r/', { oneLevel: true });
  assert.deepEqual(
    lines.map((line) => `${line.type} ${line.key}`),
    ['prefix r/a/', 'file r/b', `file ${RECORD_KEY}`, 'prefix r/z/'],
  );
  assert.deepEqual(await keysOf(target, 'r/a/', { oneLevel: true }), ['r/a/b/', 'r/a/d']);
  assert.deepEqual(await keysOf(target, 'r/b/', { oneLevel: true }), []);
});

listing.always('more objects than one page holds are all listed, once and in order', async (context) => {
  const keys = manyKeys(context.sizes.manyObjects);
  await putMany(context, keys);
  const expected = [...keys, RECORD_KEY].sort(compareKeys);
  assert.deepEqual(await keysOf(context.target), expected);
  assert.deepEqual(await keysOf(await context.open(), 'r/'), expected);
  assert.deepEqual(
    await keysOf(context.target, 'r/', { oneLevel: true }),
    expected.map((key) => key.replace(/\/x$/, '/')).sort(compareKeys),
  );
});

listing.always('a listing can be left early and begun again', async ({ target }) => {
  await store(target, { 'r/a': '1', 'r/b': '2', 'r/c': '3' });
  for await (const line of target.list('')) {
    assert.equal(line.key, 'r/a');
    break;
  }
  assert.equal((await keysOf(target)).length, 4);
});

listing.always('a prefix that is neither empty nor closed is INVALID_KEY', async ({ target }) => {
  await store(target, { 'r/a': '1' });
  for (const prefix of ['r', '/', 'r//', '../', 'r/../', './', 'r/a\0/']) {
    await assertFails(target, 'INVALID_KEY', () => drain(target.list(prefix)), { operation: 'list' });
  }
});

listing.forEachKind('what a batch stages under names of its own never shows', async ({ target, open }, kind) => {
  const other = await open();
  const keys = ['r/a', 'r/b/c'];
  const batch = await target.begin(kind.begin);
  const seen = async (when: string): Promise<void> => {
    for (const key of await keysOf(other)) assert.ok(keys.includes(key), `${key} is listed ${when}`);
    for (const key of await keysOf(other, '', { oneLevel: true })) assert.equal(key, 'r/', when);
  };
  await seen('after begin');
  for (const key of keys) await batch.put(key, textSource(key));
  await seen('after the puts');
  await batch.commit();
  assert.deepEqual(await keysOf(other), keys);
});

listing.forEachKind(
  'every file that a listing shows can be read whole, at every moment of a commit',
  async ({ target, open }, kind) => {
    const other = await open();
    const batch = await target.begin(kind.begin);
    for (let index = 0; index < 40; index += 1) await batch.put(`r/${index}`, textSource(`content of r/${index}`));
    let committed = false;
    const commit = batch.commit(record()).finally(() => {
      committed = true;
    });
    const watch = async (): Promise<void> => {
      while (!committed) {
        for await (const line of other.list('')) {
          // A folder that is just being filled may show as an empty one: it holds nothing that could be half.
          if (line.key === RECORD_KEY || line.type === 'directory') continue;
          const pieces: Uint8Array[] = [];
          for await (const piece of other.get(line.key)) pieces.push(piece);
          assert.equal(Buffer.concat(pieces).toString(), `content of ${line.key}`);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([commit, watch()]);
  },
);

listing.always('stat and list say the same', async ({ target }) => {
  await store(target, { 'r/a': 'one', 'r/b/c': '' });
  for (const line of await listOf(target)) {
    const answer = await target
      .stat(line.key)
      .catch((error: unknown) => (isTargetError(error) ? error.message : error));
    assert.deepEqual(answer, line);
  }
});
