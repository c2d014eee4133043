import { describe, expect, test } from 'vitest';
import { type BackupTarget, bytesSource, type ObjectInfo, type WriteBatch } from '../target/index.js';
import { fails, faultPlan, faultyTarget, memoryTarget, waits } from '../testing/index.js';
import { checked, wrapTarget } from './index.js';

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const ONE = bytesSource(new Uint8Array(1));
const NOTHING = {
  rangeRead: false,
  append: false,
  delete: false,
  removeRoots: false,
  ownObjects: false,
  putIfAbsent: false,
  copy: false,
  copyShares: false,
  attributes: false,
  maxObjectBytes: 10,
  maxKeyBytes: 20,
  windowsNames: true,
} as const;

describe('what must be refused is refused before the inner target is asked', () => {
  const calls: Record<string, (target: BackupTarget) => Promise<unknown>> = {
    'INVALID_KEY of a list': (target) => drain(target.list('r')),
    'INVALID_KEY of a stat': (target) => target.stat('../r'),
    'INVALID_KEY of a get': (target) => drain(target.get('')),
    'INVALID_KEY of a begin': (target) => target.begin({ root: 'a/b' }),
    'UNSUPPORTED of a get': (target) => drain(target.get('r/a', { range: { offset: 0, length: 1 } })),
    'UNSUPPORTED of a begin': (target) => target.begin(),
    'UNSUPPORTED of a delete': (target) => target.delete(['r/a']),
    'UNSUPPORTED of a removeRoot': (target) => target.removeRoot('r'),
    'INVALID_KEY of a sweep': (target) => drain(target.sweep({ abandonedRoots: ['../r'] })),
    'ABORTED of a stat': (target) => target.stat('r/a', { signal: AbortSignal.abort() }),
    'ABORTED of a list': (target) => drain(target.list('', { signal: AbortSignal.abort() })),
    'CLOSED of a stat': async (target) => {
      await target.close();
      return target.stat('r/a');
    },
  };
  test.each(Object.entries(calls))('%s', async (title, call) => {
    const faults = faultPlan();
    const target = checked(faultyTarget(memoryTarget({ capabilities: NOTHING }), faults));
    await expect(call(target)).rejects.toMatchObject({ code: title.split(' ')[0], url: 'memory:' });
    expect(faults.log.filter(({ operation }) => operation !== 'close')).toEqual([]);
  });

  const inBatch: Record<string, (batch: WriteBatch) => Promise<unknown>> = {
    'INVALID_KEY of a put beside the root': (batch) => batch.put('s/a', ONE),
    'INVALID_KEY of a put too long': (batch) => batch.put(`r/${'k'.repeat(30)}`, ONE),
    'INVALID_KEY of a put that Windows does not take': (batch) => batch.put('r/CON', ONE),
    'INVALID_KEY of a record beside the root': (batch) => batch.commit({ key: 's', body: new Uint8Array(1) }),
    'UNSUPPORTED of a link': (batch) =>
      batch.put('r/a', bytesSource(new Uint8Array(0)), { attributes: { type: 'symlink' } }),
    'UNSUPPORTED of a copy': (batch) => batch.copy('r/a', 'r/b'),
    'UNSUPPORTED of ifAbsent': (batch) => batch.commit({ key: 'r/a', body: new Uint8Array(1), ifAbsent: true }),
    'TOO_LARGE of a put': (batch) => batch.put('r/a', bytesSource(new Uint8Array(11))),
    'SIZE_MISMATCH of a put that announces no number': (batch) => batch.put('r/a', { ...ONE, sizeBytes: Number.NaN }),
  };
  test.each(Object.entries(inBatch))('%s', async (title, call) => {
    const faults = faultPlan();
    const target = checked(faultyTarget(memoryTarget({ capabilities: NOTHING }), faults));
    const batch = await target.begin({ root: 'r' });
    await expect(call(batch)).rejects.toMatchObject({ code: title.split(' ')[0], url: 'memory:' });
    expect(faults.count()).toBe(1);
  });
});

test('a commit while a put is still running is refused: it would publish a snapshot without it', async () => {
  let release: () => void = () => {};
  const faults = faultPlan().on(
    'put',
    waits(
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    ),
  );
  const batch = await checked(faultyTarget(memoryTarget(), faults)).begin({ root: 'r' });
  const put = batch.put('r/a', ONE);
  await expect(batch.commit()).rejects.toMatchObject({ code: 'UNSUPPORTED', operation: 'commit' });
  release();
  await put;
  await batch.commit();
});

test('a commit that failed can be repeated, one that succeeded cannot', async () => {
  const faults = faultPlan().on('commit', fails());
  const batch = await checked(faultyTarget(memoryTarget(), faults)).begin({ root: 'r' });
  await expect(batch.commit({ key: 'x', body: new Uint8Array(1) })).rejects.toMatchObject({ code: 'INVALID_KEY' });
  await expect(batch.commit({ key: 'r/x', body: new Uint8Array(1) })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await batch.commit({ key: 'r/x', body: new Uint8Array(1) });
  await expect(batch.commit()).rejects.toMatchObject({ code: 'CLOSED' });
});

const file = (key: string): ObjectInfo => ({ key, type: 'file', sizeBytes: 1 });

test.each([
  ['out of order', [file('r/b'), file('r/a')]],
  ['with a key twice', [file('r/a'), file('r/a')]],
  ['with a key of another prefix', [file('r/a'), file('s/a')]],
])('a listing %s is CORRUPT', async (_, lines) => {
  const target = checked(
    wrapTarget(memoryTarget(), {
      async *list() {
        yield* lines;
      },
    }),
  );
  await expect(drain(target.list('r/'))).rejects.toMatchObject({ code: 'CORRUPT', operation: 'list' });
});

test.each([5, 15])(
  'a range of 10 bytes for which %d come is CORRUPT, and nothing past the range is given',
  async (sizeBytes) => {
    const target = checked(
      wrapTarget(memoryTarget(), {
        async *get() {
          yield new Uint8Array(sizeBytes);
        },
      }),
    );
    let givenBytes = 0;
    const read = async (): Promise<void> => {
      for await (const piece of target.get('r/a', { range: { offset: 0, length: 10 } })) givenBytes += piece.byteLength;
    };
    await expect(read()).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(givenBytes).toBeLessThanOrEqual(10);
  },
);

test('a source that lies is found out even where the inner target does not count', async () => {
  const credulous = checked(
    wrapTarget(memoryTarget(), {
      begin: async () => ({
        async put(_, source) {
          for await (const _piece of source.open());
          return { confirmed: true };
        },
        copy: async () => {},
        putAll: async () => [],
        copyAll: async () => [],
        adoptAll: async () => [],
        commit: async () => ({ durableBy: 'memory' }),
        abort: async () => {},
      }),
    }),
  );
  const batch = await credulous.begin({ root: 'r' });
  for (const sizeBytes of [0, 2]) {
    await expect(batch.put('r/a', { ...ONE, sizeBytes })).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
  }
  await batch.put('r/a', ONE);
});
