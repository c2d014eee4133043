import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  type AdoptRequest,
  type BackupTarget,
  isTargetError,
  type Outcome,
  type TargetErrorCode,
} from '@holdfast/core/target';
import { type CaseConditions, type CaseContext, type Topic, topic } from '../case.js';
import { type Child, startChild } from '../child.js';
import {
  assertFails,
  assertNoResidue,
  assertNothingLeft,
  keysOf,
  RECORD_KEY,
  record,
  textOf,
  textSource,
} from '../steps.js';

const adopts = ({ capabilities }: CaseConditions): boolean => capabilities.adopts === true;
const adoptsFromChild = (conditions: CaseConditions): boolean => adopts(conditions) && conditions.hasChild;

export const adopting: Topic = topic('adopting: what a killed batch had staged');

const STAGED: Readonly<Record<string, string>> = { 'r/a': 'whole', 'r/b/c': 'another', 'r/unwanted': 'left' };

/** Another process stages the objects for the root `r`; then `look` is called, and it is killed. */
async function staged(
  { place }: CaseContext,
  look: (child: Child) => Promise<void> = async () => undefined,
): Promise<void> {
  assert.ok(place.child !== undefined, 'a child program');
  const child = await startChild(place.child);
  try {
    await child.step({ do: 'begin', root: 'r' });
    for (const [key, content] of Object.entries(STAGED)) await child.step({ do: 'put', key, content });
    await look(child);
  } finally {
    await child.kill();
  }
}

function request(fromKey: string, toKey: string, content: string = STAGED[fromKey] ?? ''): AdoptRequest {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { fromKey, toKey, sizeBytes: Buffer.byteLength(content), sha256 };
}

function assertOutcomes(outcomes: readonly Outcome<void>[], expected: readonly (TargetErrorCode | 'taken')[]): void {
  const found = outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return 'taken';
    return isTargetError(outcome.reason) ? outcome.reason.code : String(outcome.reason);
  });
  assert.deepEqual(found, expected);
}

adopting.when(
  adoptsFromChild,
  'what a killed process had staged is taken over by the batch that names its root, and is part of it; what is not taken goes',
  async (context) => {
    const { target } = context;
    await staged(context);
    const batch = await target.begin({ root: 'next', adopt: ['never-there', 'r'] });
    const requests = [
      request('r/a', 'next/a'),
      request('r/absent', 'next/absent'),
      request('r/b/c', 'next/d/e'),
      request('never-there/a', 'next/f'),
    ];
    assertOutcomes(await batch.adoptAll(requests), ['taken', 'NOT_FOUND', 'taken', 'NOT_FOUND']);
    await batch.put('next/put', textSource('put'));
    await batch.commit(record('next/record'));
    const reader = await context.open();
    assert.deepEqual(await keysOf(reader), ['next/a', 'next/d/e', 'next/put', 'next/record']);
    assert.equal(await textOf(reader, 'next/a'), 'whole');
    assert.equal(await textOf(reader, 'next/d/e'), 'another');
    assert.equal((await reader.stat('next/a'))?.sharedId, undefined, 'nobody shares it');
    await assertNoResidue(context);
  },
);

adopting.when(
  adoptsFromChild,
  'nothing is taken over but the very bytes that are asked for; what is refused can be put',
  async (context) => {
    const { target } = context;
    await staged(context);
    const batch = await target.begin({ root: 'next', adopt: ['r'] });
    const { sha256 } = request('r/a', 'next/a');
    const requests = [
      request('r/a', 'next/a', 'WHOLE'),
      { ...request('r/b/c', 'next/b', 'anothe'), sha256 },
      { ...request('r/unwanted', 'next/c'), sizeBytes: 5 },
    ];
    assertOutcomes(await batch.adoptAll(requests), ['COPY_REFUSED', 'COPY_REFUSED', 'COPY_REFUSED']);
    await batch.put('next/a', textSource('WHOLE'));
    await batch.commit(record('next/record'));
    assert.deepEqual(await keysOf(target), ['next/a', 'next/record']);
    assert.equal(await textOf(target, 'next/a'), 'WHOLE');
    await assertNoResidue(context);
  },
);

adopting.when(adoptsFromChild, 'of two batches that name one root one gets what was staged', async (context) => {
  await staged(context);
  const begin = async (target: BackupTarget, root: string) => target.begin({ root, adopt: ['r'] });
  const batches = [await begin(context.target, 'one'), await begin(await context.open(), 'two')];
  const outcomes = await Promise.all(
    batches.map((batch, index) => batch.adoptAll([request('r/a', `${index === 0 ? 'one' : 'two'}/a`)])),
  );
  assert.equal(outcomes.flat().filter(({ status }) => status === 'fulfilled').length, 1);
  for (const batch of batches) await batch.abort();
  await assertNothingLeft(context);
});

adopting.when(
  adoptsFromChild,
  'what a living process has staged is its own, and comes out whole, whoever names its root',
  async (context) => {
    const { target } = context;
    await staged(context, async (child) => {
      const batch = await target.begin({ root: 'next', adopt: ['r'] });
      assertOutcomes(await batch.adoptAll([request('r/a', 'next/a')]), ['NOT_FOUND']);
      await batch.abort();
      await child.step({ do: 'commit', key: RECORD_KEY, content: 'of the child' });
    });
    assert.deepEqual(await keysOf(target), [...Object.keys(STAGED), RECORD_KEY].sort());
    for (const [key, content] of Object.entries(STAGED)) assert.equal(await textOf(target, key), content);
  },
);

adopting.when(adoptsFromChild, 'what was taken over goes with a batch that is given up', async (context) => {
  await staged(context);
  const batch = await context.target.begin({ root: 'next', adopt: ['r'] });
  assertOutcomes(await batch.adoptAll([request('r/a', 'next/a')]), ['taken']);
  await batch.abort();
  await assertNothingLeft(context);
});

adopting.when(
  adopts,
  'a call that takes over never rejects: a signal, a wrong key or the end of the batch is the outcome of each',
  async (context) => {
    const batch = await context.target.begin({ root: 'next', adopt: ['r'] });
    const requests = [request('r/a', 'next/a', 'a'), request('r/b', 'next/b', 'b')];
    assertOutcomes(await batch.adoptAll(requests, { signal: AbortSignal.abort() }), ['ABORTED', 'ABORTED']);
    assertOutcomes(await batch.adoptAll([request('r/a', 'elsewhere/a', 'a')]), ['INVALID_KEY']);
    assert.deepEqual(await batch.adoptAll([]), []);
    await batch.abort();
    assertOutcomes(await batch.adoptAll(requests), ['CLOSED', 'CLOSED']);
    await assertNothingLeft(context);
  },
);

adopting.when(
  (conditions) => !adopts(conditions),
  'where nothing can be taken over, a batch that names a root to take over from is UNSUPPORTED, and so is each object asked for',
  async (context) => {
    const { target } = context;
    await assertFails(target, 'UNSUPPORTED', () => target.begin({ root: 'next', adopt: ['r'] }), {
      operation: 'begin',
    });
    const batch = await target.begin({ root: 'next' });
    assertOutcomes(await batch.adoptAll([request('r/a', 'next/a', 'a')]), ['UNSUPPORTED']);
    await batch.abort();
    await assertNothingLeft(context);
  },
);
