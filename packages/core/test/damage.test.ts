import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BackupTarget,
  findSnapshot,
  isHoldfastError,
  isTargetError,
  listSnapshots,
  mirror,
  restore,
  type VerifySummary,
  verify,
} from '../src/index.js';
import { canonicalSha256 } from '../src/snapshot/canonical-json.js';
import {
  fails,
  faultPlan,
  faultyTarget,
  type MemoryTargetOptions,
  memoryTarget,
  targetFault,
} from '../src/testing/index.js';
import { craft, file, folder } from './crafted.js';
import { Lab } from './lab.js';
import { all, scratch, treeOf } from './workspace.js';

/** What can happen to stored bytes. */
const DAMAGES: readonly [string, (bytes: Uint8Array) => Uint8Array | undefined][] = [
  ['missing', () => undefined],
  ['empty', () => new Uint8Array(0)],
  ['all zeros', (bytes) => new Uint8Array(bytes.length)],
  ['cut short', (bytes) => bytes.slice(0, bytes.length >> 1)],
  ['too long', (bytes) => Uint8Array.from([...bytes, 0x78])],
  ['other in one bit', (bytes) => bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte))],
];

function damage(lab: Lab, key: string, change: (bytes: Uint8Array) => Uint8Array | undefined): void {
  const object = lab.store.objects.get(key);
  if (object === undefined) throw new Error(`nothing is stored under ${key}`);
  const bytes = change(object.bytes);
  if (bytes === undefined) lab.store.objects.delete(key);
  else lab.store.objects.set(key, { bytes, attributes: object.attributes, listedFromMs: 0 });
}

const statuses = async (lab: Lab): Promise<string[]> =>
  (await all(listSnapshots({ target: lab.target }))).map(({ status }) => status);

const codes = ({ problems }: Pick<VerifySummary, 'problems'>): string[] =>
  problems.map(({ code, path }) => `${code} ${path}`);

/** Two snapshots; what is done to the second must not touch the first. */
async function twoSnapshots(options: MemoryTargetOptions = {}): Promise<{ lab: Lab; first: string; second: string }> {
  const lab = new Lab({ 'a.txt': 'a in both', 'b.txt': 'b', 'large.bin': Buffer.alloc(1_200_000, 'x') }, options);
  const first = await lab.backup();
  writeFileSync(lab.path('b.txt'), 'b, changed');
  const second = await lab.backup();
  return { lab, first: first.snapshotId, second: second.snapshotId };
}

describe('a record that is damaged', () => {
  it.each(DAMAGES.filter(([what]) => what !== 'missing'))(
    '(%s) is named, makes verify fail, and is never latest',
    async (_, change) => {
      const { lab, first, second } = await twoSnapshots();
      damage(lab, `${second}/.holdfast/snapshot.json`, change);
      expect(await statuses(lab)).toEqual(['ok', 'damaged']);
      const found = await findSnapshot({ target: lab.target });
      expect(found.id).toBe(first);
      // Passed over, but not in silence.
      expect(found.choice).toContain(second);
      const named: unknown = await findSnapshot({ target: lab.target, which: second }).catch((error: unknown) => error);
      expect(isHoldfastError(named, 'SNAPSHOT_DAMAGED')).toBe(true);
      expect(codes(await verify({ target: lab.target, which: second }))).toEqual([`DAMAGED ${second}`]);
      const checked = await verify({ target: lab.target, data: true });
      expect(codes(checked)).toEqual([`DAMAGED ${second}`]);
      expect(checked).toMatchObject({ whole: false, snapshots: 2, damagedSnapshots: 1 });
      // The next backup goes by the last whole one, and completes.
      expect(await lab.backup()).toMatchObject({ parent: first, problemCount: 0 });
    },
  );

  it('of another snapshot (a folder that was copied by hand) is named', async () => {
    const { lab, first, second } = await twoSnapshots();
    const other = lab.store.objects.get(`${first}/.holdfast/snapshot.json`)?.bytes;
    damage(lab, `${second}/.holdfast/snapshot.json`, () => other);
    const [, item] = await all(listSnapshots({ target: lab.target }));
    expect(item).toMatchObject({ status: 'damaged', reason: expect.stringContaining(first) });
  });

  it('that is missing is named where roots appear as a whole: no interrupted run leaves that', async () => {
    const { lab, first, second } = await twoSnapshots();
    damage(lab, `${second}/.holdfast/snapshot.json`, () => undefined);
    expect(await statuses(lab)).toEqual(['ok', 'damaged']);
    expect((await findSnapshot({ target: lab.target })).id).toBe(first);
    const checked = await verify({ target: lab.target });
    expect(checked).toMatchObject({ whole: false, damagedSnapshots: 1 });
    expect(checked.problems).toMatchObject([{ path: second, message: 'its record is missing' }]);
  });

  it('that is missing elsewhere: its tree is no snapshot, for nobody; verify says that something was left aside', async () => {
    const { lab, first, second } = await twoSnapshots({ publish: 'put' });
    damage(lab, `${second}/.holdfast/snapshot.json`, () => undefined);
    expect(await statuses(lab)).toEqual(['ok']);
    expect((await findSnapshot({ target: lab.target })).id).toBe(first);
    const checked = await verify({ target: lab.target });
    expect(checked).toMatchObject({ whole: true, snapshots: 1 });
    expect(checked.notChecked.join(' ')).toContain('1 folder without a record');
  });
});

describe('a manifest that is damaged', () => {
  it.each(DAMAGES)('(%s) makes its snapshot unusable, and no other', async (_, change) => {
    const { lab, first, second } = await twoSnapshots();
    damage(lab, `${second}/.holdfast/manifest.jsonl`, change);
    const restored: unknown = await restore({ target: lab.target, into: scratch() }).catch((error: unknown) => error);
    expect(isHoldfastError(restored, 'SNAPSHOT_DAMAGED')).toBe(true);
    expect((await restore({ target: lab.target, which: first, into: scratch() })).problems).toEqual([]);
    expect(codes(await verify({ target: lab.target }))).toEqual([`DAMAGED ${second}`]);
    // A backup shares with the last parent that is whole, says so, and completes.
    const next = await lab.backup();
    expect(next.notes.map(({ code }) => code)).toContain('PARENT_DAMAGED');
    expect(next).toMatchObject({ problemCount: 0, targets: [{ committed: true }] });
    expect((await lab.restore()).problems).toEqual([]);
  });

  it('though its checksum fits (somebody knew how) does not stop the next backup of the same source', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'b.txt': 'b' });
    const { sources } = await lab.backup();
    craft([folder('data'), file('data/a.txt', 'a'), { line: 'no entry' }], {
      store: lab.store,
      payload: { sequence: 7, sources },
    });
    const next = await lab.backup();
    expect(next.notes.map(({ code }) => code)).toContain('PARENT_DAMAGED');
    expect(next).toMatchObject({ problemCount: 0, counts: { files: 2 } });
    expect((await lab.restore()).problems).toEqual([]);
  });
});

describe('checksums for `sha256sum` that are damaged', () => {
  it.each(DAMAGES)('(%s) are found by verify; restores do not need them', async (_, change) => {
    const { lab, second } = await twoSnapshots();
    damage(lab, `${second}/.holdfast/SHA256SUMS`, change);
    expect(codes(await verify({ target: lab.target }))).toEqual(['DAMAGED .holdfast/SHA256SUMS']);
    expect((await lab.restore()).problems).toEqual([]);
  });
});

describe('a header of the target that is damaged', () => {
  it.each(DAMAGES)(
    '(%s) counts as absent: nothing depends on it, and the next backup writes it again',
    async (_, change) => {
      const { lab } = await twoSnapshots();
      const sound = lab.store.objects.get('.holdfast/target.json')?.bytes;
      damage(lab, '.holdfast/target.json', change);
      expect(await statuses(lab)).toEqual(['ok', 'ok']);
      expect((await lab.restore()).problems).toEqual([]);
      expect((await lab.backup()).problems).toEqual([]);
      const written = lab.store.objects.get('.holdfast/target.json')?.bytes ?? new Uint8Array(0);
      expect(JSON.parse(Buffer.from(written).toString())).toMatchObject({ holdfast: 'target', format: 'plain' });
      expect(written).not.toEqual(sound);
    },
  );

  it('and all that is there (a first backup was killed) is no reason to refuse the place', async () => {
    const lab = new Lab({ a: 'a' });
    lab.store.objects.set('.holdfast/target.json', { bytes: new Uint8Array(40), attributes: {}, listedFromMs: 0 });
    expect((await lab.backup()).targets[0]?.committed).toBe(true);
  });

  it('because it is far too long, or its store says it is corrupt, counts as absent', async () => {
    const { lab } = await twoSnapshots();
    damage(lab, '.holdfast/target.json', () => new Uint8Array(1_000_000).fill(32));
    expect((await lab.backup()).problems).toEqual([]);
    const plan = faultPlan().on('get', fails(targetFault('CORRUPT')), { key: '.holdfast/target.json' });
    expect((await lab.backup({ targets: [faultyTarget(lab.target, plan)] })).problems).toEqual([]);
  });
});

describe('a stored file that is damaged', () => {
  it.each(DAMAGES)('(%s) is named by verify --data and by restore, which gives all the rest', async (what, change) => {
    const { lab, second } = await twoSnapshots();
    damage(lab, `${second}/data/b.txt`, change);
    const code = what === 'missing' ? 'MISSING' : 'DAMAGED';
    expect(codes(await verify({ target: lab.target, data: true }))).toEqual([`${code} data/b.txt`]);
    const { into, ...restored } = await lab.restore();
    expect(codes(restored)).toEqual([`${code} data/b.txt`]);
    expect(restored).toMatchObject({ restoredFiles: 2, failed: 1 });
    expect(Object.keys(treeOf(into))).toEqual(['data', 'data/a.txt', 'data/large.bin']);
  });

  it.each(DAMAGES.filter(([what]) => what !== 'all zeros' && what !== 'other in one bit'))(
    '(%s) is named by a verify that reads no data',
    async (_, change) => {
      const { lab, second } = await twoSnapshots();
      damage(lab, `${second}/data/b.txt`, change);
      expect((await verify({ target: lab.target })).whole).toBe(false);
    },
  );

  it('in the same size is not seen by a verify that reads no data, and it says that it did not look', async () => {
    const { lab, second } = await twoSnapshots();
    damage(lab, `${second}/data/b.txt`, (bytes) => new Uint8Array(bytes.length));
    const checked = await verify({ target: lab.target });
    expect(checked.whole).toBe(true);
    expect(checked.notChecked.join(' ')).toContain('bytes of the files were not read');
  });

  it('and that two snapshots share is read once, and named in both', async () => {
    const { lab, first, second } = await twoSnapshots();
    const readAll = await verify({ target: lab.target, data: true });
    expect(readAll.readBytes).toBe(readAll.bytes - 'a in both'.length - 1_200_000);
    for (const id of [first, second]) {
      const object = lab.store.objects.get(`${id}/data/a.txt`);
      if (object !== undefined)
        lab.store.objects.set(`${id}/data/a.txt`, { ...object, bytes: Buffer.from('A in both') });
    }
    const checked = await verify({ target: lab.target, data: true });
    expect(checked.problems.map(({ path, snapshotId }) => `${path} ${snapshotId}`)).toEqual([
      `data/a.txt ${first}`,
      `data/a.txt ${second}`,
    ]);
  });

  it('stored as something else than a file is named, and never followed', async () => {
    const { lab, second } = await twoSnapshots();
    const attributes = { type: 'symlink', linkTarget: Buffer.from('/etc/passwd') } as const;
    lab.store.objects.set(`${second}/data/b.txt`, { bytes: new Uint8Array(0), attributes, listedFromMs: 0 });
    expect(codes(await verify({ target: lab.target }))).toEqual(['DAMAGED data/b.txt']);
    expect(codes(await lab.restore())).toEqual(['MISSING data/b.txt']);
  });

  it.each(DAMAGES)('(%s) keeps its snapshot from being mirrored, and no other', async (_, change) => {
    const { lab, first, second } = await twoSnapshots();
    damage(lab, `${second}/data/b.txt`, change);
    // It proves what it gets: nobody has to find out when the bytes are at the other end.
    const to = memoryTarget({ url: 'memory:to', confirmsPuts: true });
    const summary = await mirror({ from: lab.target, to });
    expect(summary).toMatchObject({ copiedSnapshots: 1, failedSnapshots: 1, equal: false });
    expect(summary.problems).toMatchObject([
      { code: 'NOT_COPIED', path: second, message: expect.stringContaining('data/b.txt') },
    ]);
    expect((await all(listSnapshots({ target: to }))).map(({ id }) => id)).toEqual([first]);
    expect((await verify({ target: to, data: true })).whole).toBe(true);
  });

  it('that cannot be read (a bad sector, say) is named, and all the rest is given', async () => {
    const { lab } = await twoSnapshots();
    const broken = (): BackupTarget =>
      faultyTarget(lab.target, faultPlan().on('get', fails(), { key: /data\/b\.txt$/, times: 100 }));
    const { into, ...restored } = await lab.restore({ target: broken() });
    expect(codes(restored)).toEqual(['UNREADABLE data/b.txt']);
    expect(Object.keys(treeOf(into))).toEqual(['data', 'data/a.txt', 'data/large.bin']);
    expect(codes(await verify({ target: broken(), data: true }))).toEqual([
      'UNREADABLE data/b.txt',
      'UNREADABLE data/b.txt',
    ]);
  });

  it('among files of which none can be read any more is no damage: the store is gone, and that is the error', async () => {
    const names = Array.from({ length: 40 }, (_, index) => [`f${index}`, `content ${index}`]);
    const lab = new Lab(Object.fromEntries(names));
    await lab.backup();
    const gone = (): BackupTarget =>
      faultyTarget(lab.target, faultPlan().on('get', fails(), { key: /data\/f/, nth: 5, times: 100 }));
    for (const work of [() => lab.restore({ target: gone() }), () => verify({ target: gone(), data: true })]) {
      const error: unknown = await work().catch((reason: unknown) => reason);
      expect(isTargetError(error, 'UNAVAILABLE')).toBe(true);
    }
  });

  it('whose content is nothing, or nothing but zeros, is no damage: data of any content is data', async () => {
    const lab = new Lab({ '__init__.py': '', 'zeros.npy': Buffer.alloc(4096) });
    await lab.backup();
    expect((await verify({ target: lab.target, data: true })).whole).toBe(true);
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true });
    const { into } = await restore({ target: to, into: scratch() });
    expect(readFileSync(join(into, 'data/zeros.npy')).equals(Buffer.alloc(4096))).toBe(true);
  });
});

describe('versions', () => {
  const entries = [folder('data'), file('data/a', 'a')];

  it.each<[string, object]>([
    ['needs a newer reader', { version: 2, minReader: 2 }],
    ['uses a feature that must be known', { features: { incompat: ['recipes'], rocompat: [] } }],
  ])('a snapshot that %s is named as newer, and is not read', async (_, versions) => {
    const target = memoryTarget({ store: craft(entries, { versions }) });
    const [item] = await all(listSnapshots({ target }));
    expect(item?.status).toBe('newer');
    const error: unknown = await restore({ target, into: scratch(), which: '2026' }).catch((reason: unknown) => reason);
    expect(isHoldfastError(error, 'FORMAT_UNSUPPORTED')).toBe(true);
    expect((await verify({ target })).whole).toBe(false);
  });

  it('a newer snapshot may have members of other shapes: it is newer all the same, not damaged', async () => {
    const store = craft(entries, {
      versions: { minReader: 9 },
      payload: { createdAt: 'some day', counts: 'many' as never },
    });
    expect((await all(listSnapshots({ target: memoryTarget({ store }) })))[0]?.status).toBe('newer');
  });

  it('a snapshot with a feature that only writers must know is read', async () => {
    const store = craft(entries, { versions: { minWriter: 5, features: { incompat: [], rocompat: ['seals'] } } });
    expect((await restore({ target: memoryTarget({ store }), into: scratch() })).problems).toEqual([]);
  });

  /** A lab whose target has this header, with a checksum that fits. */
  async function withHeader(change: (header: Record<string, unknown>) => Record<string, unknown>): Promise<Lab> {
    const lab = new Lab({ a: 'a' });
    await lab.backup();
    const versions = { version: 1, minReader: 1, minWriter: 1, features: { incompat: [], rocompat: [] } };
    const header = change({ holdfast: 'target', format: 'plain', versions, targetId: 'x' });
    const check = canonicalSha256(header as never);
    damage(lab, '.holdfast/target.json', () => Buffer.from(JSON.stringify({ ...header, check })));
    return lab;
  }

  const changed = (more: object) => (header: Record<string, unknown>) => ({
    ...header,
    versions: { ...(header.versions as object), ...more },
  });

  it.each<[string, (header: Record<string, unknown>) => Record<string, unknown>, boolean, boolean]>([
    ['of this version', (header) => header, true, true],
    ['that needs a newer reader', changed({ minReader: 2 }), false, false],
    ['that uses a feature which must be known', changed({ features: { incompat: ['x'], rocompat: [] } }), false, false],
    ['that needs a newer writer', changed({ minWriter: 2 }), true, false],
    [
      'that uses a feature which writers must know',
      changed({ features: { incompat: [], rocompat: ['x'] } }),
      true,
      false,
    ],
    ['of another format', (header) => ({ ...header, format: 'vault' }), false, false],
  ])('a target %s is refused before anything is read or written', async (_, change, readable, writable) => {
    const lab = await withHeader(change);
    const keys = [...lab.store.objects.keys()];
    const outcome = (work: Promise<unknown>): Promise<boolean> =>
      work.then(
        () => true,
        (error: unknown) => {
          if (!isHoldfastError(error, 'FORMAT_UNSUPPORTED')) throw error;
          return false;
        },
      );
    expect(await outcome(lab.restore())).toBe(readable);
    expect(await outcome(verify({ target: lab.target }))).toBe(readable);
    expect(await outcome(all(listSnapshots({ target: lab.target })))).toBe(readable);
    const from = memoryTarget({ url: 'memory:from', store: craft(entries) });
    expect(await outcome(mirror({ from, to: lab.target }))).toBe(writable);
    if (writable) return;
    expect(await outcome(lab.backup())).toBe(false);
    expect([...lab.store.objects.keys()]).toEqual(keys);
  });
});

describe('a target that is itself one snapshot', () => {
  it('can be listed, restored, verified and mirrored from, under whatever name its folder has', async () => {
    const { lab, second } = await twoSnapshots();
    const objects = [...lab.store.objects].flatMap(([key, object]) =>
      key.startsWith(`${second}/`) ? [[key.slice(second.length + 1), object] as const] : [],
    );
    const target = memoryTarget({ url: 'memory:copied', store: { objects: new Map(objects), staged: new Set() } });
    expect((await all(listSnapshots({ target }))).map(({ id }) => id)).toEqual([second]);
    expect((await verify({ target, data: true })).whole).toBe(true);
    expect((await restore({ target, into: scratch() })).problems).toEqual([]);
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: target, to })).toMatchObject({ copiedSnapshots: 1, equal: true });
    expect((await all(listSnapshots({ target: to }))).map(({ id }) => id)).toEqual([second]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['whole', (bytes) => bytes],
    ['damaged', (bytes) => bytes.slice(1)],
  ])(
    'takes no other snapshot into it, whether its record is %s or not: that would never be found',
    async (_, change) => {
      const lab = new Lab({ a: 'a' });
      const crafted = craft([folder('data')]);
      for (const [key, object] of crafted.objects) {
        const bytes = key.endsWith('snapshot.json') ? change(object.bytes) : object.bytes;
        lab.store.objects.set(key.slice(key.indexOf('/') + 1), { ...object, bytes });
      }
      const keys = [...lab.store.objects.keys()];
      const error: unknown = await lab.backup({ adoptPlace: true }).catch((reason: unknown) => reason);
      expect(isHoldfastError(error, 'TARGET_NOT_EMPTY')).toBe(true);
      expect([...lab.store.objects.keys()]).toEqual(keys);
    },
  );
});
