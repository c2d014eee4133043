import assert from 'node:assert/strict';
import { bytesSource, type ObjectSource } from '@holdfast/core/target';
import { type BatchKind, type CaseContext, type Topic, topic } from '../case.js';
import { announcing, byteByByte, failingSource, patternSource, watched, withEmptyPieces } from '../sources.js';
import {
  assertFails,
  assertHolds,
  assertNoResidue,
  assertNothingLeft,
  bytesOf,
  keysOf,
  largestBytes,
  RECORD_KEY,
  record,
  store,
  text,
  textOf,
  textSource,
} from '../steps.js';

export const putting: Topic = topic('putting: exactly the announced bytes, or nothing');

putting.forEachKind('objects of every size come back byte by byte', async (context, kind) => {
  const { target, capabilities, open } = context;
  const sizesBytes = context.sizes.objectBytes.filter((sizeBytes) => sizeBytes <= capabilities.maxObjectBytes);
  const batch = await target.begin(kind.begin);
  for (const sizeBytes of sizesBytes) await batch.put(`r/${sizeBytes}`, patternSource(sizeBytes));
  await batch.commit(record());
  const other = await open();
  for (const sizeBytes of sizesBytes) {
    await assertHolds(other, `r/${sizeBytes}`, patternSource(sizeBytes));
    assert.equal((await other.stat(`r/${sizeBytes}`))?.sizeBytes, sizeBytes, 'stat');
  }
  await assertNoResidue(context);
});

putting.forEachKind('a source that gives one byte at a time is stored whole', async ({ target }, kind) => {
  const bytes = text('one byte at a time, and not one lost. '.repeat(100));
  await store(target, { 'r/a': byteByByte(bytes) }, kind);
  assert.deepEqual(await bytesOf(target, 'r/a'), Buffer.from(bytes));
});

putting.forEachKind('empty pieces of a source change nothing', async ({ target }, kind) => {
  const bytes = text('between empty pieces');
  await store(target, { 'r/a': withEmptyPieces(bytes), 'r/b': withEmptyPieces(new Uint8Array(0)) }, kind);
  assert.deepEqual(await bytesOf(target, 'r/a'), Buffer.from(bytes));
  assert.equal((await bytesOf(target, 'r/b')).byteLength, 0);
});

/** A put that must fail leaves nothing, closes its source, and leaves the batch usable. */
async function assertRefused(
  context: CaseContext,
  kind: BatchKind,
  source: ObjectSource,
  fails: (put: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const { target } = context;
  const batch = await target.begin(kind.begin);
  await batch.put('r/good', textSource('good'));
  const hostile = watched(source);
  await fails(() => batch.put('r/bad', hostile));
  assert.ok(hostile.opened() >= 1, 'the source was opened');
  assert.equal(hostile.ended(), hostile.opened(), 'every opening of the source was read to its end or closed');
  await batch.put('r/after', textSource('after'));
  await batch.commit(record());
  assert.deepEqual(await keysOf(target), ['r/after', 'r/good', RECORD_KEY]);
  assert.equal(await target.stat('r/bad'), undefined);
  assert.equal(await textOf(target, 'r/good'), 'good');
  assert.equal(await textOf(target, 'r/after'), 'after');
  await assertNoResidue(context);
}

/** @param largestBytes an object of so many bytes goes in parts. */
type SourceOf = (largestBytes: number) => ObjectSource;

const LIARS: Readonly<Record<string, SourceOf>> = {
  'announces 42 bytes too few': () => announcing(1000, bytesSource(new Uint8Array(1042))),
  'announces 42 bytes too many': () => announcing(1042, bytesSource(new Uint8Array(1000))),
  'announces 42 bytes and gives none': () => announcing(42, bytesSource(new Uint8Array(0))),
  'announces no bytes and gives one': () => announcing(0, bytesSource(new Uint8Array(1))),
  'gives the byte too many in a piece of its own': () => announcing(99, byteByByte(new Uint8Array(100))),
  'announces 42 bytes too few of many parts': (bytes) => announcing(bytes - 42, patternSource(bytes)),
  'announces 42 bytes too many of many parts': (bytes) => announcing(bytes, patternSource(bytes - 42)),
};

for (const [title, sourceOf] of Object.entries(LIARS)) {
  putting.forEachKind(`a source that ${title} fails with SIZE_MISMATCH and leaves nothing`, (context, kind) =>
    assertRefused(context, kind, sourceOf(largestBytes(context)), (put) =>
      assertFails(context.target, 'SIZE_MISMATCH', put, { operation: 'put', key: 'r/bad' }),
    ),
  );
}

const FAULT = new Error('the disk of the source went away');
const BROKEN: Readonly<Record<string, SourceOf>> = {
  'fails before its first byte': () => failingSource(1000, 0, FAULT),
  'fails midway': () => failingSource(100_000, 50_000, FAULT),
  'fails after its last byte': () => failingSource(100_000, 100_000, FAULT),
  'fails in the midst of many parts': (bytes) => failingSource(bytes, Math.floor(bytes * 0.7), FAULT),
};

for (const [title, sourceOf] of Object.entries(BROKEN)) {
  putting.forEachKind(
    `the error of a source that ${title} comes out as the same object, and nothing is left`,
    (context, kind) =>
      assertRefused(context, kind, sourceOf(largestBytes(context)), async (put) => {
        const error = await put().then(
          () => assert.fail('the put succeeded'),
          (reason: unknown) => reason,
        );
        assert.equal(error, FAULT, 'the very error of the source');
      }),
  );
}

putting.forEachKind('a put that failed can be put again, from a source opened anew', async (context, kind) => {
  const { target } = context;
  let openings = 0;
  const whole = patternSource(300_000);
  const broken = failingSource(300_000, 200_000, new Error('once'));
  const source: ObjectSource = {
    sizeBytes: 300_000,
    open() {
      openings += 1;
      return openings === 1 ? broken.open() : whole.open();
    },
  };
  const batch = await target.begin(kind.begin);
  await assert.rejects(batch.put('r/a', source));
  await batch.put('r/a', source);
  await batch.commit(record());
  await assertHolds(target, 'r/a', whole);
  assert.deepEqual(await keysOf(target), ['r/a', RECORD_KEY]);
});

putting.forEachKind('a source is opened by the put alone, and every opening ends', async (context, kind) => {
  const { target } = context;
  const large = patternSource(largestBytes(context));
  const sources = [watched(textSource('small')), watched(large), watched(textSource(''))];
  const batch = await target.begin(kind.begin);
  for (const [index, source] of sources.entries()) {
    assert.equal(source.opened(), 0);
    await batch.put(`r/${index}`, source);
    assert.ok(index === 2 || source.opened() >= 1, 'opened');
    assert.equal(source.ended(), source.opened());
  }
  await batch.commit(record());
});

putting.forEachKind('a put writes nothing into the pieces it is given', async ({ target }, kind) => {
  const pieces = [text('the first piece, '), text('and the second one')];
  const before = pieces.map((piece) => piece.slice());
  const source: ObjectSource = {
    sizeBytes: pieces.reduce((sum, piece) => sum + piece.byteLength, 0),
    async *open() {
      yield* pieces;
    },
  };
  await store(target, { 'r/a': source }, kind);
  assert.deepEqual(pieces, before);
});

putting.forEachKind('puts that run side by side do not mix', async (context, kind) => {
  const { target, capabilities } = context;
  const keys = Array.from({ length: Math.min(32, Math.max(4, capabilities.concurrency)) }, (_, index) => `r/${index}`);
  const batch = await target.begin(kind.begin);
  const sourceOf = (index: number): ObjectSource => patternSource(100_000 + index, index);
  const answers = await Promise.allSettled([
    ...keys.map((key, index) => batch.put(key, sourceOf(index))),
    batch.put('r/bad', failingSource(100_000, 50_000, new Error('one of many'))),
  ]);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [...keys.map(() => 'fulfilled'), 'rejected'],
  );
  await batch.commit(record());
  for (const [index, key] of keys.entries()) await assertHolds(target, key, sourceOf(index));
  assert.equal((await keysOf(target)).length, keys.length + 1);
});

putting.forEachKind('a put says whether the medium has confirmed what it holds', async ({ target }, kind) => {
  const batch = await target.begin(kind.begin);
  assert.equal(typeof (await batch.put('r/a', textSource('a'))).confirmed, 'boolean');
  await batch.abort();
});

putting.forEachKind(
  'a digest of the medium is one and the same in the receipt, the listing and stat, and never that of other bytes',
  async (context, kind) => {
    const { target } = context;
    const batch = await target.begin(kind.begin);
    const receipts = new Map([
      ['r/a', await batch.put('r/a', textSource('one'))],
      ['r/b', await batch.put('r/b', textSource('two'))],
      ['r/large', await batch.put('r/large', patternSource(largestBytes(context)))],
    ]);
    const [many] = await batch.putAll([{ key: 'r/c', bytes: Buffer.from('six') }]);
    assert.ok(many?.status === 'fulfilled');
    receipts.set('r/c', many.value);
    await batch.commit(record());
    const seen = new Set<string>();
    for await (const { key, digest } of target.list('r/')) {
      assert.equal((await target.stat(key))?.digest, digest, `${key}: stat and listing`);
      const receipt = receipts.get(key);
      if (receipt?.digest !== undefined) {
        assert.ok(receipt.confirmed, `${key}: a digest of what is not confirmed`);
        assert.equal(digest, receipt.digest, `${key}: listing and receipt`);
      }
      if (digest === undefined) continue;
      assert.match(digest, /^[a-z0-9]{1,20}:[0-9a-z-]{1,200}$/);
      assert.ok(!seen.has(digest), `${key} has the digest of other bytes`);
      seen.add(digest);
    }
  },
);

putting.when(
  ({ capabilities }) => Number.isFinite(capabilities.maxObjectBytes),
  'an object larger than maxObjectBytes is TOO_LARGE before its source is opened',
  async (context) => {
    const { target, capabilities } = context;
    const batch = await target.begin({ root: 'r' });
    const source = watched(patternSource(capabilities.maxObjectBytes + 1));
    await assertFails(target, 'TOO_LARGE', () => batch.put('r/a', source), { operation: 'put', key: 'r/a' });
    assert.equal(source.opened(), 0);
    await batch.abort();
    await assertNothingLeft(context);
  },
);

putting.forEachKind('a batch of nothing but failed puts commits as if they had not been', async (context, kind) => {
  const { target } = context;
  const batch = await target.begin(kind.begin);
  await assert.rejects(batch.put('r/a', announcing(5, textSource('four'))));
  await batch.commit(record());
  assert.deepEqual(await keysOf(target), [RECORD_KEY]);
});
