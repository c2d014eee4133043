import { linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { retrying } from '../src/decorators/index.js';
import {
  type BackupTarget,
  isHoldfastError,
  isTargetError,
  listSnapshots,
  type ObjectSource,
  TargetError,
  verify,
} from '../src/index.js';
import {
  type Fault,
  fails,
  faultPlan,
  faultyTarget,
  losesAnswer,
  memoryStore,
  memoryTarget,
  targetFault,
  waits,
} from '../src/testing/index.js';
import { Lab } from './lab.js';
import { all, expectSameTree, type Planting } from './workspace.js';

const FILES: Planting = { 'a.txt': 'a', 'b/c.txt': 'c', 'large.bin': Buffer.alloc(2_500_000, 'large'), zero: '' };

const snapshotsIn = async (target: BackupTarget): Promise<string[]> => {
  try {
    return (await all(listSnapshots({ target }))).map(({ id }) => id);
  } catch (error) {
    if (isHoldfastError(error, 'NOT_A_TARGET')) return [];
    throw error;
  }
};

/** Of commits the snapshot's, not that of the header which makes a new target. */
const keyOf = (operation: string): RegExp | undefined => (operation === 'commit' ? /snapshot\.json$/ : undefined);

describe('a backup to several targets', () => {
  it('reads each file once, whatever its size and however many targets there are', async () => {
    const lab = new Lab(FILES);
    const targets = [1, 2, 3].map((number) => memoryTarget({ url: `memory:${number}` }));
    const read: string[] = [];
    let bytes = 0;
    const summary = await lab.backup({
      targets,
      onEvent: (event) => {
        if (event.type === 'file') read.push(event.path);
        if (event.type === 'progress') bytes = event.progress.bytes;
      },
    });
    expect(summary).toMatchObject({ readFiles: 4, readBytes: 2_500_002, problemCount: 0 });
    expect(bytes).toBe(2_500_002);
    expect(read.sort()).toEqual(['data/a.txt', 'data/b/c.txt', 'data/large.bin', 'data/zero']);
    for (const target of targets) {
      const restored = await lab.restore({ target });
      expectSameTree(join(restored.into, 'data'), lab.source);
    }
  });

  // As the system counts it: the engine's own counters would not notice a second reading that does not count.
  it.runIf(process.platform === 'linux')('takes the bytes of a file from the system once', async () => {
    const sizeBytes = 16_000_000;
    const lab = new Lab({ 'large.bin': Buffer.alloc(sizeBytes, 'large'), small: 's' });
    const targets = [1, 2, 3].map((number) => memoryTarget({ url: `memory:${number}` }));
    const readBytes = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
    const before = readBytes();
    await lab.backup({ targets });
    const read = readBytes() - before;
    expect(read).toBeGreaterThanOrEqual(sizeBytes);
    expect(read).toBeLessThan(1.5 * sizeBytes);
  });

  it('gives each one snapshot of one id and one payload', async () => {
    const lab = new Lab(FILES);
    const other = memoryTarget({ url: 'memory:other', capabilities: { copy: false, attributes: false } });
    const { snapshotId } = await lab.backup({ targets: [lab.target, other] });
    const payloads: unknown[] = [];
    for (const target of [lab.target, other]) {
      for await (const item of listSnapshots({ target })) if (item.status === 'ok') payloads.push(item.record.payload);
    }
    expect(payloads).toHaveLength(2);
    expect(payloads[0]).toEqual(payloads[1]);
    expect(payloads[0]).toMatchObject({ id: snapshotId });
  });

  it('never gives a target more at once than it has said it takes', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, `content ${index}`]));
    const lab = new Lab({ ...files, 'large.bin': Buffer.alloc(2_500_000, 'large') });
    const most: number[] = [];
    const counting = (index: number, concurrency: number): BackupTarget => {
      let running = 0;
      const fault: Fault = {
        async call(_call, run) {
          running += 1;
          most[index] = Math.max(most[index] ?? 0, running);
          try {
            return await run();
          } finally {
            running -= 1;
          }
        },
      };
      const target = memoryTarget({ url: `memory:${index}`, capabilities: { concurrency } });
      return faultyTarget(target, faultPlan().on('put', fault, { times: 1000 }));
    };
    const summary = await lab.backup({ targets: [counting(0, 6), counting(1, 1)] });
    expect(summary.problems).toEqual([]);
    expect(most[1]).toBe(1);
    expect(most[0]).toBeGreaterThan(1);
    // A call with many objects counts as one, and is made of six puts at once here; beside it are five more.
    expect(most[0]).toBeLessThanOrEqual(6 + 5);
  });
});

describe('one target of several', () => {
  const calls = ['list', 'get', 'begin', 'put', 'commit'] as const;

  it.each(calls)(
    'whose %s fails gets no snapshot, and the others get theirs; the summary says why',
    async (operation) => {
      for (const position of [0, 1]) {
        const lab = new Lab(FILES);
        const [good, bad] = [memoryTarget({ url: 'memory:good' }), memoryStore()];
        const plan = faultPlan().on(operation, fails(targetFault('NO_SPACE')), { times: 1000, key: keyOf(operation) });
        const faulty = faultyTarget(memoryTarget({ url: 'memory:bad', store: bad }), plan);
        const targets = position === 0 ? [faulty, good] : [good, faulty];
        const summary = await lab.backup({ targets });
        expect(summary.problems).toEqual([]);
        expect(summary.targets.map(({ url, committed }) => `${url} ${committed}`)).toEqual(
          targets.map(({ url }) => `${url} ${url === 'memory:good'}`),
        );
        expect(isTargetError(summary.targets[position]?.error, 'NO_SPACE')).toBe(true);
        expect(await snapshotsIn(good)).toEqual([summary.snapshotId]);
        expect(await snapshotsIn(memoryTarget({ store: bad }))).toEqual([]);
        expect(bad.staged.size).toBe(0);
        expect((await verify({ target: good, data: true })).whole).toBe(true);
      }
    },
  );

  it('that fails in the middle of a large file does not stop the others, nor cost them a second reading', async () => {
    const lab = new Lab(FILES);
    const breaking: Fault = {
      source: (_call, source): ObjectSource => ({
        sizeBytes: source.sizeBytes,
        async *open() {
          for await (const piece of source.open()) {
            yield piece;
            throw new TargetError({
              code: 'UNAVAILABLE',
              reason: 'the line is cut',
              url: 'memory:bad',
              operation: 'put',
            });
          }
        },
      }),
    };
    const plan = faultPlan().on('put', breaking, { key: /large\.bin$/ });
    const summary = await lab.backup({
      targets: [faultyTarget(memoryTarget({ url: 'memory:bad' }), plan), lab.target],
    });
    expect(summary.targets).toMatchObject([{ committed: false }, { committed: true }]);
    expect(summary.readBytes).toBe(2_500_002);
    expect((await verify({ target: lab.target, data: true })).whole).toBe(true);
  });

  it('that is the wrong place altogether ends the backup before anything is written anywhere', async () => {
    const lab = new Lab(FILES);
    const other = memoryStore();
    other.objects.set('holiday.jpg', { bytes: new Uint8Array(1), attributes: {}, listedFromMs: 0 });
    const targets = [lab.target, memoryTarget({ url: 'memory:other', store: other })];
    const error: unknown = await lab.backup({ targets }).catch((reason: unknown) => reason);
    expect(isHoldfastError(error, 'TARGET_NOT_EMPTY')).toBe(true);
    expect(lab.store.objects.size + other.objects.size).toBe(1);
  });

  it('cannot hold a file that is too large for it: the file is left out for all, for the snapshot is one', async () => {
    const lab = new Lab(FILES);
    const small = memoryTarget({ url: 'memory:small', capabilities: { maxObjectBytes: 1_000_000 } });
    const summary = await lab.backup({ targets: [lab.target, small] });
    expect(summary.problems).toMatchObject([{ code: 'NOT_STORABLE', path: 'data/large.bin' }]);
    expect(summary).toMatchObject({ flags: ['incomplete'], targets: [{ committed: true }, { committed: true }] });
  });
});

describe('all targets', () => {
  it('that fail make the backup fail with the error of the first', async () => {
    const lab = new Lab(FILES);
    const failing = (code: 'NO_SPACE' | 'BAD_CREDENTIALS', operation: 'put' | 'begin' | 'commit'): BackupTarget => {
      const plan = faultPlan().on(operation, fails(targetFault(code)), { times: 1000, key: keyOf(operation) });
      return faultyTarget(memoryTarget({ url: `memory:${code}` }), plan);
    };
    const both = lab.backup({ targets: [failing('NO_SPACE', 'begin'), failing('BAD_CREDENTIALS', 'begin')] });
    expect(isTargetError(await both.catch((error: unknown) => error), 'NO_SPACE')).toBe(true);
    for (const operation of ['put', 'commit'] as const) {
      const one = lab.backup({ targets: [failing('NO_SPACE', operation)] });
      expect(isTargetError(await one.catch((error: unknown) => error), 'NO_SPACE')).toBe(true);
    }
  });
});

describe('no target', () => {
  it('is an error, before anything is read', async () => {
    const error: unknown = await new Lab(FILES).backup({ targets: [] }).catch((reason: unknown) => reason);
    expect(isHoldfastError(error, 'NOT_A_TARGET')).toBe(true);
  });
});

describe('a target that cannot even give up', () => {
  it('does not hide why it had to', async () => {
    const lab = new Lab(FILES);
    const plan = faultPlan()
      .on('put', fails(targetFault('NO_SPACE')), { nth: 2 })
      .on('abort', fails(), { times: 9 });
    const error: unknown = await lab
      .backup({ targets: [faultyTarget(lab.target, plan)] })
      .catch((reason: unknown) => reason);
    expect(isTargetError(error, 'NO_SPACE')).toBe(true);
  });
});

describe('targets that share with their parents', () => {
  it('of which one refuses a copy: that one gets the bytes again, and both are whole', async () => {
    const lab = new Lab(FILES);
    const other = memoryTarget({ url: 'memory:other' });
    await lab.backup({ targets: [lab.target, other] });
    const plan = faultPlan().on('copy', fails(targetFault('COPY_REFUSED')), { times: 1000 });
    const summary = await lab.backup({ targets: [lab.target, faultyTarget(other, plan)] });
    expect(summary).toMatchObject({
      problemCount: 0,
      targets: [
        { sharedFiles: 4, storedFiles: 0 },
        { sharedFiles: 0, storedFiles: 4 },
      ],
    });
    for (const target of [lab.target, other]) expect((await verify({ target, data: true })).whole).toBe(true);
  });

  it('of which one refuses a copy, and the file changes right then: no target gets bytes that the manifest does not name', async () => {
    const lab = new Lab({ 'a.txt': 'before', 'large.bin': Buffer.alloc(2_500_000, 'before') });
    const other = memoryTarget({ url: 'memory:other' });
    await lab.backup({ targets: [lab.target, other] });
    for (const [name, content] of [
      ['a.txt', 'after!'],
      ['large.bin', Buffer.alloc(2_500_000, 'after!')],
    ] as const) {
      const changing: Fault = {
        async call(call) {
          writeFileSync(lab.path(name), content);
          throw (targetFault('COPY_REFUSED') as (met: typeof call) => Error)(call);
        },
      };
      const plan = faultPlan().on('copy', changing, { key: new RegExp(`/${name}$`) });
      const summary = await lab.backup({ targets: [lab.target, faultyTarget(other, plan)] });
      // The first took the old bytes already: it cannot be whole. The other one is.
      expect(summary.targets.map(({ committed }) => committed)).toEqual([false, true]);
      for (const target of [lab.target, other]) expect((await verify({ target, data: true })).problems).toEqual([]);
      expect((await lab.backup({ targets: [lab.target, other] })).targets).toMatchObject([
        { committed: true },
        { committed: true },
      ]);
    }
  });

  it('and a hard-linked file whose second name is replaced meanwhile: each name has its own content', async () => {
    const lab = new Lab({ 'a.txt': 'both' });
    linkSync(lab.path('a.txt'), lab.path('b.txt'));
    const other = memoryTarget({ url: 'memory:other', capabilities: { copy: false, copyShares: false } });
    const summary = await lab.backup({ targets: [other] });
    expect(summary).toMatchObject({ problemCount: 0, readFiles: 2 });
    expect((await verify({ target: other, data: true })).whole).toBe(true);
  });
});

describe('a target that has to repeat its put of a large file', () => {
  it('reads it by itself, while the others go on with the one reading', async () => {
    const lab = new Lab(FILES);
    const plan = faultPlan().on('put', losesAnswer(), { key: /large\.bin$/, times: 2 });
    const slow = faultPlan().on(
      'put',
      waits(() => new Promise((resolve) => setTimeout(resolve, 20))),
      { times: 100 },
    );
    const repeating = retrying(faultyTarget(memoryTarget({ url: 'memory:repeating' }), plan), {
      sleep: async () => undefined,
    });
    const other = faultyTarget(lab.target, slow);
    const summary = await lab.backup({ targets: [repeating, other] });
    expect(summary).toMatchObject({ problemCount: 0, targets: [{ committed: true }, { committed: true }] });
    for (const target of [repeating, lab.target]) expect((await verify({ target, data: true })).whole).toBe(true);
  });
});

describe('two backups at once in one process', () => {
  it('to one target: both are whole, and neither disturbs the other', async () => {
    const lab = new Lab(FILES);
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'changed');
    const [first, second] = await Promise.all([lab.backup(), lab.backup()]);
    expect([first, second]).toMatchObject([{ problemCount: 0 }, { problemCount: 0 }]);
    expect((await snapshotsIn(lab.target)).length).toBe(3);
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
    expect(await lab.backup()).toMatchObject({ problemCount: 0, readFiles: 0 });
  });

  it('of two sources with two state folders, to a new target: both are there', async () => {
    const store = memoryStore();
    const [one, two] = [new Lab(FILES, { store }), new Lab({ other: 'o' }, { store })];
    await Promise.all([one.backup(), two.backup()]);
    expect((await snapshotsIn(one.target)).length).toBe(2);
    expect((await verify({ target: one.target, data: true })).problems).toEqual([]);
  });
});
