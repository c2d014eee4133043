import assert from 'node:assert/strict';
import {
  type BackupTarget,
  bytesSource,
  isTargetError,
  type Outcome,
  type SmallObject,
  type TargetErrorCode,
} from '@holdfast/core/target';
import { type CaseConditions, sideBySide, type Topic, takesAnother, topic } from '../case.js';
import {
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  record,
  store,
  text,
  textOf,
  textSource,
} from '../steps.js';

/** More than fit one message, one listing page or one group of anybody's, with folders between them. */
const OBJECTS = 300;
/** Sizes come in turn: nothing, a few bytes, more than any block. */
const SIZES_BYTES: readonly number[] = [0, 1, 700, 5000, 70_000];

const sharesWithAttributes = ({ capabilities }: CaseConditions): boolean =>
  capabilities.attributes && capabilities.copy && capabilities.copyShares;

export const many: Topic = topic('many: in one call as one by one');

/** Small objects whose bytes are parts of one memory, as a backup hands them over. */
function objectsIn(memory: 'shared' | 'own'): SmallObject[] {
  const sizes = Array.from({ length: OBJECTS }, (_, index) => SIZES_BYTES[index % SIZES_BYTES.length] ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const buffer = memory === 'shared' ? new SharedArrayBuffer(total + 3) : new ArrayBuffer(total + 3);
  let start = 3;
  return sizes.map((size, index) => {
    const bytes = new Uint8Array(buffer, start, size);
    start += size;
    for (let at = 0; at < size; at++) bytes[at] = (index * 31 + at * 7 + (at >> 8)) % 251;
    return { key: `r/${index % 7}/${index}`, bytes };
  });
}

function assertAllDone(outcomes: readonly Outcome<unknown>[], count: number): void {
  assert.equal(outcomes.length, count, 'one outcome for each');
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function assertFailed(outcome: Outcome<unknown> | undefined, code: TargetErrorCode): void {
  assert.equal(outcome?.status, 'rejected', `an outcome of ${code}`);
  if (outcome?.status !== 'rejected') return;
  assert.ok(isTargetError(outcome.reason, code), `${code}, and not ${outcome.reason}`);
}

async function assertHoldsAll(target: BackupTarget, objects: readonly SmallObject[]): Promise<void> {
  const expected = objects.map(({ key }) => key).sort();
  const found = (await keysOf(target, 'r/')).filter((key) => key !== record().key).sort();
  assert.deepEqual(found, expected);
  for (const { key, bytes } of objects) assert.ok((await bytesOf(target, key)).equals(Uint8Array.from(bytes)), key);
}

for (const memory of ['shared', 'own'] as const) {
  many.forEachKind(
    `hundreds of small objects of one ${memory} memory, put in one call, come back byte by byte`,
    async (context, kind) => {
      const batch = await context.target.begin(kind.begin);
      const objects = objectsIn(memory);
      assertAllDone(await batch.putAll(objects), objects.length);
      await batch.commit(record());
      await assertHoldsAll(await context.open(), objects);
      await assertNoResidue(context);
    },
  );
}

many.forEachKind(
  'an object that is refused touches none of the others, and the outcomes keep their order',
  async (context, kind) => {
    const { target } = context;
    const batch = await target.begin(kind.begin);
    const put = (key: string): SmallObject => ({ key, bytes: text(key) });
    const outcomes = await batch.putAll([put('r/a'), put('r/../b'), put('r/c'), put('r//d'), put('r/e')]);
    assert.equal(outcomes.length, 5);
    for (const index of [1, 3]) assertFailed(outcomes[index], 'INVALID_KEY');
    assertAllDone(
      [0, 2, 4].flatMap((index) => outcomes[index] ?? []),
      3,
    );
    await batch.put('r/f', textSource('r/f'));
    await batch.commit(record());
    for (const key of ['r/a', 'r/c', 'r/e', 'r/f']) assert.equal(await textOf(target, key), key);
    assert.equal((await keysOf(target)).length, 5);
    await assertNoResidue(context);
  },
);

many.forEachKind('calls with many objects and with one go side by side', async (context, kind) => {
  const { target } = context;
  const batch = await target.begin(kind.begin);
  const objects = objectsIn('shared');
  const half = objects.length / 2;
  const [first, second] = await Promise.all([
    batch.putAll(objects.slice(0, half)),
    batch.putAll(objects.slice(half)),
    ...Array.from({ length: 5 }, (_, index) => batch.put(`r/single-${index}`, textSource(`${index}`))),
  ]);
  assertAllDone([...first, ...second], objects.length);
  await batch.commit(record());
  for (let index = 0; index < 5; index++) assert.equal(await textOf(target, `r/single-${index}`), `${index}`);
  await assertHoldsAll(target, [
    ...objects,
    ...Array.from({ length: 5 }, (_, index) => ({ key: `r/single-${index}`, bytes: text(`${index}`) })),
  ]);
});

many.forEachKind('an abort takes what one call has put', async (context, kind) => {
  const batch = await context.target.begin(kind.begin);
  await batch.putAll(objectsIn('shared').slice(0, 20));
  await batch.abort();
  await assertNothingLeft(context);
});

many.always(
  'a call with many objects never rejects: a signal or the end of the batch is the outcome of each',
  async (context) => {
    const batch = await context.target.begin({ root: 'r' });
    const objects = objectsIn('own').slice(0, 3);
    const signal = AbortSignal.abort();
    for (const outcome of await batch.putAll(objects, { signal })) assertFailed(outcome, 'ABORTED');
    assert.deepEqual(await batch.putAll([]), []);
    assert.deepEqual(await batch.copyAll([]), []);
    await batch.abort();
    for (const outcome of await batch.putAll(objects)) assertFailed(outcome, 'CLOSED');
    const copies = await batch.copyAll([{ fromKey: 'r/a', toKey: 'r/b' }]);
    assert.equal(copies[0]?.status, 'rejected');
    await assertNothingLeft(context);
  },
);

many.forEachKind(
  'hundreds of copies made in one call hold the bytes; one without a source is NOT_FOUND, and the others stand',
  async (context, kind) => {
    const { target } = context;
    const names = Array.from({ length: OBJECTS }, (_, index) => `${index % 5}/${index}`);
    await store(target, Object.fromEntries(names.map((name) => [`r/${name}`, name])));
    const batch = await target.begin(kind.begin.root === undefined ? {} : { root: 'next' });
    const requests = names.map((name) => ({ fromKey: `r/${name}`, toKey: `next/${name}` }));
    const outcomes = await batch.copyAll([{ fromKey: 'r/absent', toKey: 'next/absent' }, ...requests]);
    assertFailed(outcomes[0], 'NOT_FOUND');
    assertAllDone(outcomes.slice(1), names.length);
    await batch.commit(record('next/record'));
    for (const name of names) assert.equal(await textOf(target, `next/${name}`), name);
    assert.equal((await keysOf(target, 'next/')).length, names.length + 1);
    await assertNoResidue(context);
  },
  (conditions) => takesAnother(conditions) && conditions.capabilities.copy,
);

many.when(
  (conditions) => sideBySide(conditions) && sharesWithAttributes(conditions),
  'copies with the attributes that were put share, and with others are made right or refused',
  async ({ target }) => {
    const attributes = { mode: 0o640, mtimeNs: 1_600_000_000_123_000_000n };
    const first = await target.begin({ root: 'r' });
    const objects = ['a', 'b', 'c'].map((name) => ({ key: `r/${name}`, bytes: text(name), attributes }));
    assertAllDone(await first.putAll(objects), 3);
    await first.commit(record());
    const batch = await target.begin({ root: 'next' });
    const outcomes = await batch.copyAll([
      { fromKey: 'r/a', toKey: 'next/a', attributes },
      { fromKey: 'r/b', toKey: 'next/b', attributes: { ...attributes, mode: 0o755 } },
      { fromKey: 'r/c', toKey: 'next/c', attributes: { ...attributes, mtimeNs: 1n } },
    ]);
    assertAllDone(outcomes.slice(0, 1), 1);
    for (const [index, name] of [
      [1, 'b'],
      [2, 'c'],
    ] as const) {
      const outcome = outcomes[index];
      if (outcome?.status !== 'rejected') continue;
      assertFailed(outcome, 'COPY_REFUSED');
      await batch.put(`next/${name}`, bytesSource(text(name)));
    }
    await batch.commit(record('next/record'));
    for (const name of ['a', 'b', 'c']) {
      assert.equal(await textOf(target, `next/${name}`), name);
      assert.equal(await textOf(target, `r/${name}`), name);
    }
  },
);

many.when(
  ({ capabilities }) => !capabilities.copy,
  'where nothing can be copied, each copy asked for in one call is UNSUPPORTED',
  async ({ target }) => {
    const batch = await target.begin({ root: 'r' });
    const requests = ['a', 'b'].map((name) => ({ fromKey: `r/${name}`, toKey: `r/${name}2` }));
    for (const outcome of await batch.copyAll(requests)) assertFailed(outcome, 'UNSUPPORTED');
    await batch.abort();
  },
);
