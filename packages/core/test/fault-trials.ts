import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type BackupTarget,
  isHoldfastError,
  isTargetError,
  listSnapshots,
  mirror,
  type OperationOptions,
  restore,
  verify,
} from '../src/index.js';
import { memoryStore, memoryTarget } from '../src/testing/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { all, bytesPath, expectSameTree, scratch, treeOf } from './workspace.js';

/** A small tree with one of each kind, and a first snapshot of it, after which something has changed. */
export async function worldOf(publish: 'commit' | 'put'): Promise<Lab> {
  const lab = new Lab(
    {
      'a.txt': 'a',
      'b/c.txt': 'c',
      'b/empty': null,
      'b/link': '-> ../a.txt',
      'large.bin': Buffer.alloc(1_100_000, 'x'),
      zero: '',
    },
    { publish },
  );
  linkSync(lab.path('a.txt'), lab.path('b/a again.txt'));
  writeFileSync(bytesPath(lab.source, Buffer.from('f\xff', 'latin1')), 'bytes');
  await lab.backup();
  writeFileSync(lab.path('b/c.txt'), 'c, changed');
  return lab;
}

/** What an operation is tried on, again and again. */
export interface Trial {
  /** The healthy target that the faulty one is made of. */
  healthy(): BackupTarget;
  /** Everything is as it was before the first run. */
  reset(): void;
  /** Does it over a target in which something may go wrong. */
  run(target: BackupTarget, options?: OperationOptions): Promise<Outcome>;
  /** After whatever happened: nothing half is there, and the same again without a fault completes. */
  check(): Promise<void>;
  /** How many batches are open that should not be. */
  residue(): number;
}

export interface Outcome {
  readonly problemCount: number;
  readonly targets?: readonly { readonly error?: unknown }[];
}

/** Every snapshot that is listed can be restored to the byte. */
async function expectWhole(target: BackupTarget): Promise<void> {
  const listed = await all(listSnapshots({ target }));
  expect(listed.map(({ status }) => status)).toEqual(listed.map(() => 'ok'));
  expect((await verify({ target, data: true })).problems).toEqual([]);
}

/** Every file that is there is what it is in the source; nothing else is there. */
export function expectPart(into: string, source: string): void {
  const [found, whole] = [treeOf(into), treeOf(source)];
  for (const [path, what] of Object.entries(found)) {
    if (what.startsWith('file'))
      expect({ path, content: what.split(' ')[2] }).toEqual({ path, content: whole[path]?.split(' ')[2] });
    else expect(whole[path]).toBeDefined();
  }
}

export type Publish = 'commit' | 'put';

/** A world that can be put back to what it was. */
async function resettable(publish: Publish, snapshots: number): Promise<{ lab: Lab; reset(): void }> {
  const lab = await worldOf(publish);
  if (snapshots > 1) await lab.backup();
  const objects = new Map(lab.store.objects);
  const reset = (): void => {
    lab.store.objects.clear();
    for (const [key, object] of objects) lab.store.objects.set(key, object);
    lab.store.staged.clear();
    writeFileSync(lab.path('b/c.txt'), 'c, changed');
  };
  return { lab, reset };
}

export const TRIALS: Record<
  'backup' | 'backup with exports' | 'restore' | 'verify' | 'mirror from' | 'mirror to',
  (publish: Publish) => Promise<Trial>
> = {
  async backup(publish) {
    const { lab, reset } = await resettable(publish, 1);
    return {
      healthy: () => lab.target,
      reset,
      run: (target, options) => lab.backup({ ...options, targets: [target] }),
      residue: () => lab.store.staged.size,
      async check() {
        await expectWhole(lab.target);
        expect(await lab.backup()).toMatchObject({ problemCount: 0, targets: [{ committed: true }] });
        await expectWhole(lab.target);
        expect((await lab.entries()).length).toBe(10);
      },
    };
  },
  async 'backup with exports'(publish) {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1\n# Two\n2\n', 'b/a.book': 'BOOK\n# One\n3\n' }, { publish });
    const asked = { sources: [{ path: lab.source, name: 'data', exports: ['csv'] }], inspectors: [bookInspector()] };
    await lab.backup(asked);
    writeFileSync(lab.path('b/a.book'), 'BOOK\n# One\n4\n# Two\n5\n');
    const objects = new Map(lab.store.objects);
    return {
      healthy: () => lab.target,
      reset() {
        lab.store.objects.clear();
        for (const [key, object] of objects) lab.store.objects.set(key, object);
        lab.store.staged.clear();
      },
      run: (target, options) => lab.backup({ ...asked, ...options, targets: [target] }),
      residue: () => lab.store.staged.size,
      async check() {
        await expectWhole(lab.target);
        const again = await lab.backup(asked);
        expect(again).toMatchObject({ problemCount: 0, counts: { exports: 4 }, targets: [{ committed: true }] });
        await expectWhole(lab.target);
        const entries = await lab.entries();
        const exported = entries.map((item) =>
          'entry' in item && item.entry.exportOf !== undefined ? item.entry.path : '',
        );
        expect(exported.filter((path) => path.endsWith('.csv'))).toEqual([
          'a_backup.Two.csv',
          'a_backup.csv',
          'data_backup/b/a_backup.Two.csv',
          'data_backup/b/a_backup.csv',
        ]);
      },
    };
  },
  async restore(publish) {
    const { lab } = await resettable(publish, 2);
    let into = scratch();
    // By its id: where the newest record cannot be read, `latest` is an older snapshot, and that is said in a note.
    const which = (await all(listSnapshots({ target: lab.target }))).at(-1)?.id;
    return {
      healthy: () => lab.target,
      reset() {
        into = scratch();
        mkdirSync(join(into, 'data'));
      },
      run: (target, options) => restore({ ...options, target, which, into }),
      residue: () => 0,
      async check() {
        expect(Object.keys(treeOf(into)).filter((path) => !path.startsWith('data'))).toEqual([]);
        expectPart(join(into, 'data'), lab.source);
        expect((await restore({ target: lab.target, into })).problems).toEqual([]);
        expectSameTree(join(into, 'data'), lab.source);
      },
    };
  },
  async verify(publish) {
    const { lab } = await resettable(publish, 2);
    return {
      healthy: () => lab.target,
      reset: () => undefined,
      run: (target, options) => verify({ ...options, target, data: true }),
      residue: () => 0,
      check: () => expectWhole(lab.target),
    };
  },
  async 'mirror from'(publish) {
    const { lab } = await resettable(publish, 2);
    let to = memoryTarget({ url: 'memory:to', publish });
    return {
      healthy: () => lab.target,
      reset() {
        to = memoryTarget({ url: 'memory:to', publish });
      },
      run: (target, options) => mirror({ ...options, from: target, to }),
      residue: () => 0,
      async check() {
        expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true });
        await expectWhole(to);
      },
    };
  },
  async 'mirror to'(publish) {
    const { lab } = await resettable(publish, 2);
    let store = memoryStore();
    let to = memoryTarget({ url: 'memory:to', publish, store });
    return {
      healthy: () => to,
      reset() {
        store = memoryStore();
        to = memoryTarget({ url: 'memory:to', publish, store });
      },
      run: (target, options) => mirror({ ...options, from: lab.target, to: target }),
      residue: () => store.staged.size,
      async check() {
        if (store.objects.size > 0) await expectWhole(to).catch((error: unknown) => notATarget(error));
        expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true });
        await expectWhole(to);
      },
    };
  },
};

/** A place in which nothing was completed is no target yet. */
function notATarget(error: unknown): void {
  if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
}

/** Is it one of the two errors that have codes? */
export const isTyped = (error: unknown): boolean => isTargetError(error) || isHoldfastError(error);
