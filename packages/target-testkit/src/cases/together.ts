import assert from 'node:assert/strict';
import { type CaseConditions, sideBySide, type Topic, topic } from '../case.js';
import { type Child, startChild } from '../child.js';
import type { ChildProgram } from '../harness.js';
import { assertNoResidue, keysOf, putAll, RECORD_KEY, record, store, textOf, textSource } from '../steps.js';

const hasChild = ({ hasChild }: CaseConditions): boolean => hasChild;

export const together: Topic = topic('several at once, and the ones that were killed');

together.forEachKind(
  'two batches at once, begun one within the other, both come out whole',
  async (context, kind) => {
    const { target, open } = context;
    const other = await open();
    const outer = await target.begin(kind.begin);
    await outer.put('r/a', textSource('outer'));
    const inner = await other.begin({ root: 'inner' });
    await outer.put('r/b', textSource('outer'));
    await inner.put('inner/a', textSource('inner'));
    // What a third one sweeps when it begins must not be theirs.
    await (await (await open()).begin({ root: 'third' })).abort();
    await inner.commit(record('inner/record'));
    await store(await open(), { 'fourth/a': 'fourth' }, { begin: { root: 'fourth' } }, record('fourth/record'));
    await outer.put('r/c', textSource('outer'));
    await outer.commit(record());
    assert.deepEqual(await keysOf(target), [
      'fourth/a',
      'fourth/record',
      'inner/a',
      'inner/record',
      'r/a',
      'r/b',
      'r/c',
      RECORD_KEY,
    ]);
    for (const key of ['r/a', 'r/b', 'r/c']) assert.equal(await textOf(other, key), 'outer');
    assert.equal(await textOf(target, 'inner/a'), 'inner');
    await assertNoResidue(context);
  },
  sideBySide,
);

together.forEachKind('an abort disturbs no other batch', async (context, kind) => {
  const { target, open } = context;
  const kept = await target.begin(kind.begin);
  await kept.put('r/a', textSource('kept'));
  const given = await (await open()).begin({ root: 'given' });
  await given.put('given/a', textSource('given up'));
  await kept.put('r/b', textSource('kept'));
  await given.abort();
  await kept.commit(record());
  assert.deepEqual(await keysOf(target), ['r/a', 'r/b', RECORD_KEY]);
  await assertNoResidue(context);
});

together.when(sideBySide, 'eight batches of one handle side by side do not mix', async (context) => {
  const { target } = context;
  const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
  await Promise.all(
    names.map(async (name) => {
      const batch = await target.begin({ root: name });
      await putAll(batch, { [`${name}/a`]: name, [`${name}/b/c`]: name });
      await batch.commit(record(`${name}/record`));
    }),
  );
  assert.deepEqual(
    await keysOf(target),
    names.flatMap((name) => [`${name}/a`, `${name}/b/c`, `${name}/record`]),
  );
  for (const name of names) assert.equal(await textOf(target, `${name}/b/c`), name);
  await assertNoResidue(context);
});

together.forEachKind(
  "a batch that its owner forgot shows no record and is in nobody's way",
  async ({ open, target }, kind) => {
    const batch = await (await open()).begin(kind.begin);
    await batch.put('r/a', textSource('forgotten'));
    await store(target, { 'next/a': 'next' }, { begin: { root: 'next' } }, record('next/record'));
    assert.equal(await target.stat(RECORD_KEY), undefined);
    assert.deepEqual(await keysOf(target, 'next/'), ['next/a', 'next/record']);
  },
);

/** Runs the case with another process, which is gone afterwards. */
async function withChild(program: ChildProgram | undefined, run: (child: Child) => Promise<void>): Promise<void> {
  assert.ok(program !== undefined, 'a child program');
  const child = await startChild(program);
  try {
    await run(child);
  } finally {
    await child.kill();
  }
}

together.forEachKind(
  'a batch of another living process is not disturbed by batches here, and is seen here once it is committed',
  ({ place, target, open }, kind) =>
    withChild(place.child, async (child) => {
      await child.step({ do: 'begin', ...kind.begin });
      await child.step({ do: 'put', key: 'r/a', content: 'from the child' });
      await store(target, { 'here/a': 'here' }, { begin: { root: 'here' } }, record('here/record'));
      await (await (await open()).begin({ root: 'swept' })).abort();
      assert.equal(await target.stat(RECORD_KEY), undefined);
      await child.step({ do: 'put', key: 'r/b', content: 'from the child' });
      await child.step({ do: 'commit', key: RECORD_KEY, content: 'record of the child' });
      assert.deepEqual(await keysOf(target), ['here/a', 'here/record', 'r/a', 'r/b', RECORD_KEY]);
      for (const key of ['r/a', 'r/b']) assert.equal(await textOf(target, key), 'from the child');
    }),
  (conditions) => hasChild(conditions) && sideBySide(conditions),
);

for (const [title, steps] of [
  ['right after begin', []],
  [
    'between put and commit',
    [
      { do: 'put', key: 'r/a', content: 'whole' },
      { do: 'put', key: 'r/b/c', content: 'whole' },
    ],
  ],
  [
    'in the midst of a put',
    [
      { do: 'put', key: 'r/a', content: 'whole' },
      { do: 'put half', key: 'r/b', sizeBytes: 1_000_000 },
    ],
  ],
] as const) {
  together.forEachKind(
    `a process killed ${title} leaves no record and no half object, and the next batch works and clears up`,
    async (context, kind) => {
      const { place, target, open } = context;
      await withChild(place.child, async (child) => {
        await child.step({ do: 'begin', ...kind.begin });
        for (const step of steps) await child.step(step);
      });
      assert.equal(await target.stat(RECORD_KEY), undefined, 'the record');
      for (const key of await keysOf(target)) {
        assert.ok(['r/a', 'r/b/c'].includes(key), `${key} is listed`);
        assert.equal(await textOf(target, key), 'whole', key);
      }
      const next = await open();
      await store(next, { 'next/a': 'next' }, { begin: { root: 'next' } }, record('next/record'));
      assert.deepEqual(await keysOf(target, 'next/'), ['next/a', 'next/record']);
      assert.equal(await target.stat(RECORD_KEY), undefined, 'the record, later');
      await assertNoResidue(context);
    },
    hasChild,
  );
}

together.forEachKind(
  'what a process committed before it was killed stays',
  ({ place, open }, kind) =>
    withChild(place.child, async (child) => {
      await child.step({ do: 'begin', ...kind.begin });
      await child.step({ do: 'put', key: 'r/a', content: 'whole' });
      await child.step({ do: 'commit', key: RECORD_KEY, content: 'record' });
      await child.kill();
      const target = await open();
      await store(target, {}, { begin: { root: 'next' } }, record('next/record'));
      assert.deepEqual(await keysOf(target, 'r/'), ['r/a', RECORD_KEY]);
      assert.equal(await textOf(target, 'r/a'), 'whole');
    }),
  (conditions) => hasChild(conditions) && sideBySide(conditions),
);
