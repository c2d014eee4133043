import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type BackupTarget,
  findRemovable,
  type HoldfastEvent,
  isRefused,
  mirror,
  remove,
  type VerifySummary,
  verify,
} from '../src/index.js';
import { decodeChecked, encodeChecked } from '../src/snapshot/checked-json.js';
import { type MemoryStore, type MemoryTargetOptions, memoryStore, memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';

/** A store as S3 is: it makes digests of what it holds, and copies take space. */
const STORE: MemoryTargetOptions = {
  digests: true,
  publish: 'put',
  capabilities: { copyShares: false, attributes: false },
};
const FILES = { 'a.txt': 'a', 'b/c.txt': 'cc', 'large.bin': Buffer.alloc(1_200_000, 'x') };
const BYTES = 1_200_003;

/** Other bytes of the same length. */
function spoil(store: MemoryStore, key: string): void {
  const object = store.objects.get(key);
  if (object === undefined) throw new Error(`nothing is stored under ${key}`);
  store.objects.set(key, { ...object, bytes: object.bytes.map((byte) => byte ^ 1) });
}

async function digestsIn(lab: Lab, which?: string, target?: BackupTarget): Promise<(string | undefined)[]> {
  const items = await lab.entries(which, target);
  return items.flatMap((item) => (isRefused(item) || item.entry.type !== 'file' ? [] : [item.entry.storeDigest]));
}

async function noted(options: Parameters<typeof verify>[0]): Promise<{ summary: VerifySummary; notes: string[] }> {
  const notes: string[] = [];
  const onEvent = (event: HoldfastEvent): void => {
    if (event.type === 'note') notes.push(`${event.note.code} ${event.note.message}`);
  };
  return { summary: await verify({ ...options, onEvent }), notes };
}

const codes = ({ problems }: VerifySummary): string[] => problems.map(({ code, path }) => `${code} ${path}`);

describe('what a store says of its bytes', () => {
  it('is kept with each file put and each file copied from it, and proves them without reading', async () => {
    const lab = new Lab({ ...FILES, link: '-> a.txt' }, STORE);
    await lab.backup();
    writeFileSync(lab.path('a.txt'), 'A');
    const { snapshotId, targets } = await lab.backup();
    expect(targets[0]).toMatchObject({ storedFiles: 1, sharedFiles: 2 });
    for (const digest of await digestsIn(lab, snapshotId)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const { summary, notes } = await noted({ target: lab.target });
    expect(summary).toMatchObject({
      whole: true,
      files: 6,
      provenFiles: 6,
      provenBytes: 2 * BYTES,
      readFiles: 0,
      readBytes: 0,
      changedDigests: 0,
    });
    expect(notes).toEqual([]);
  });

  it('is no part of the snapshot: another target of the same backup, and a mirror, hold the same contents without it', async () => {
    const lab = new Lab(FILES, STORE);
    const folder = memoryTarget({ url: 'memory:folder' });
    await lab.backup({ targets: [lab.target, folder] });
    const mirrored = memoryTarget({ url: 'memory:mirror' });
    const other = memoryTarget({ ...STORE, url: 'memory:other' });
    expect(await mirror({ from: lab.target, to: mirrored })).toMatchObject({ equal: true });
    expect(await mirror({ from: mirrored, to: other })).toMatchObject({ equal: true });
    expect(await digestsIn(lab, undefined, folder)).toEqual([undefined, undefined, undefined]);
    expect(await digestsIn(lab, undefined, mirrored)).toEqual([undefined, undefined, undefined]);
    expect(await digestsIn(lab, undefined, other)).toEqual(await digestsIn(lab));
    for (const target of [folder, mirrored]) {
      expect(await verify({ target })).toMatchObject({ whole: true, provenFiles: 0, provenBytes: 0 });
    }
    expect(await verify({ target: other })).toMatchObject({ whole: true, provenFiles: 3 });
    writeFileSync(lab.path('a.txt'), 'A');
    await lab.backup();
    expect(await mirror({ from: lab.target, to: other })).toMatchObject({ equal: true, sharedFiles: 2 });
    expect(await verify({ target: other })).toMatchObject({ whole: true, files: 6, provenFiles: 6 });
  });

  it('does not go along with a file that gets another key in a mirror', async () => {
    const lab = new Lab({ 'a:b.txt': 'a' }, STORE);
    await lab.backup();
    expect((await digestsIn(lab))[0]).toMatch(/^sha256:/);
    const to = memoryTarget({ url: 'memory:to', capabilities: { windowsNames: true } });
    expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true });
    expect(await digestsIn(lab, undefined, to)).toEqual([undefined]);
  });

  it('proves nothing once it is another one: that is noted, and reading tells', async () => {
    const lab = new Lab(FILES, STORE);
    const { snapshotId } = await lab.backup();
    spoil(lab.store, `${snapshotId}/data/b/c.txt`);
    const { summary, notes } = await noted({ target: lab.target });
    expect(summary).toMatchObject({ whole: true, provenFiles: 2, provenBytes: BYTES - 2, changedDigests: 1 });
    expect(notes).toEqual([
      expect.stringContaining(
        'DIGEST_CHANGED memory: gives another checksum than when it was stored for data/b/c.txt: ',
      ),
    ]);
    const read = await verify({ target: lab.target, data: true });
    expect(codes(read)).toEqual(['DAMAGED data/b/c.txt']);
    expect(read).toMatchObject({ provenFiles: 2, readFiles: 3 });
  });

  it('is not asked for by a store that gives none now', async () => {
    const lab = new Lab(FILES, STORE);
    await lab.backup();
    const silent = memoryTarget({ ...STORE, digests: false, store: lab.store });
    const { summary, notes } = await noted({ target: silent });
    expect(summary).toMatchObject({ whole: true, provenFiles: 0, changedDigests: 0 });
    expect(notes).toEqual([]);
  });
});

describe('verify against another target', () => {
  async function world(): Promise<{ lab: Lab; ids: string[]; store: MemoryStore; to: BackupTarget }> {
    const lab = new Lab(FILES);
    const ids: string[] = [];
    for (const text of ['1', '2']) {
      writeFileSync(lab.path('a.txt'), text);
      ids.push((await lab.backup()).snapshotId);
    }
    const store = memoryStore();
    const to = memoryTarget({ ...STORE, url: 'memory:to', store });
    await mirror({ from: lab.target, to });
    return { lab, ids, store, to };
  }

  it('finds equal snapshots equal, says what is proven on each side, and does not mind what is there besides', async () => {
    const { lab, to } = await world();
    const besides = new Lab({ 'x.txt': 'x' });
    await besides.backup({ targets: [to] });
    const summary = await verify({ target: lab.target, against: to });
    expect(summary).toMatchObject({ whole: true, snapshots: 2, files: 6, provenFiles: 0 });
    expect(summary.against).toMatchObject({
      url: 'memory:to',
      snapshots: 2,
      equalSnapshots: 2,
      missingSnapshots: 0,
      differingSnapshots: 0,
      files: 6,
      bytes: 2 * BYTES,
      provenFiles: 6,
      provenBytes: 2 * BYTES,
      readBytes: 0,
    });
    expect(summary.against).not.toHaveProperty('missingFrom');
    const read = await verify({ target: lab.target, against: to, data: true });
    expect(read.against).toMatchObject({ equalSnapshots: 2, readFiles: 6, readBytes: 2 * BYTES, provenFiles: 6 });
    expect(read.provenFiles).toBe(6);
  });

  it('names what is missing, with the times between which it was taken', async () => {
    const { lab, to } = await world();
    const third = await lab.backup();
    const fourth = await lab.backup();
    const summary = await verify({ target: lab.target, against: to });
    expect(summary.whole).toBe(false);
    expect(codes(summary)).toEqual([`MISSING ${third.snapshotId}`, `MISSING ${fourth.snapshotId}`]);
    expect(summary.against).toMatchObject({
      equalSnapshots: 2,
      missingSnapshots: 2,
      missingFrom: third.createdAt,
      missingTo: fourth.createdAt,
    });
    expect(summary.damagedSnapshots).toBe(0);
  });

  it('compares only the snapshot that is named', async () => {
    const { lab, ids, to } = await world();
    await lab.backup();
    const summary = await verify({ target: lab.target, which: ids[0], against: to });
    expect(summary).toMatchObject({ whole: true, against: { snapshots: 1, equalSnapshots: 1 } });
  });

  it('names damage and gaps there as being there, and reads them when it is to read', async () => {
    const { lab, ids, store, to } = await world();
    store.objects.delete(`${ids[0]}/data/b/c.txt`);
    const gone = await verify({ target: lab.target, against: to });
    expect(codes(gone)).toEqual(['MISSING data/b/c.txt']);
    expect(gone.problems[0]?.message).toMatch(/^in memory:to: /);
    expect(gone.against).toMatchObject({ equalSnapshots: 1, differingSnapshots: 1 });
    spoil(store, `${ids[1]}/data/b/c.txt`);
    const { summary, notes } = await noted({ target: lab.target, which: ids[1], against: to });
    expect(summary.against).toMatchObject({ equalSnapshots: 1, provenFiles: 2, changedDigests: 1 });
    expect(notes).toEqual([expect.stringContaining('DIGEST_CHANGED memory:to gives')]);
    const read = await verify({ target: lab.target, which: ids[1], against: to, data: true });
    expect(codes(read)).toEqual(['DAMAGED data/b/c.txt']);
    expect(read.against).toMatchObject({ equalSnapshots: 0, differingSnapshots: 1 });
  });

  it('finds one id with two payloads, and a record that is damaged there', async () => {
    const { lab, ids, store, to } = await world();
    const [first = '', second = ''] = ids;
    const key = `${first}/.holdfast/snapshot.json`;
    const record = decodeChecked(store.objects.get(key)?.bytes ?? new Uint8Array()) as { payload: object };
    const body = encodeChecked({ ...record, payload: { ...record.payload, user: 'somebody else' } });
    store.objects.set(key, { bytes: body, attributes: {}, listedFromMs: 0 });
    spoil(store, `${second}/.holdfast/snapshot.json`);
    const summary = await verify({ target: lab.target, against: to });
    expect(codes(summary)).toEqual([`CONFLICT ${first}`, `DAMAGED ${second}`]);
    expect(summary.against).toMatchObject({ equalSnapshots: 0, differingSnapshots: 2 });
  });

  it('notes what was removed there, which is no fault', async () => {
    const { lab, ids, to } = await world();
    await remove({ target: to, snapshots: await findRemovable({ target: to, which: [ids[0] ?? ''] }) });
    const { summary, notes } = await noted({ target: lab.target, against: to });
    expect(summary).toMatchObject({ whole: true, against: { equalSnapshots: 1, removedSnapshots: 1 } });
    expect(notes).toEqual([expect.stringContaining('REMOVED_THERE')]);
  });

  it('refuses to compare a target with itself', async () => {
    const { lab } = await world();
    await expect(verify({ target: lab.target, against: memoryTarget() })).rejects.toMatchObject({
      code: 'DESTINATION',
    });
  });
});

describe('verify of a part', () => {
  it('reads as many files as it says, and says which part that was', async () => {
    const lab = new Lab(
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.txt`, `file ${index}`])),
    );
    await lab.backup();
    const summary = await verify({ target: lab.target, sample: 0.25 });
    expect(summary).toMatchObject({ whole: true, files: 40, readFiles: 10, provenFiles: 10, data: false });
    expect(summary.readBytes).toBe(summary.provenBytes);
    expect(summary.notChecked[0]).toBe(
      'Of 40 files the bytes of 10 were read, chosen at random: --data reads and hashes them all.',
    );
    for (const key of lab.store.objects.keys())
      if (key.endsWith('.txt') && key.includes('/data/')) spoil(lab.store, key);
    expect((await verify({ target: lab.target, sample: 0.25 })).problemCount).toBe(10);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a part of %s', async (sample) => {
    const lab = new Lab(FILES);
    await lab.backup();
    await expect(verify({ target: lab.target, sample })).rejects.toThrow(RangeError);
  });
});

describe('what describes a snapshot', () => {
  it('is checked as well: RESTORE.txt', async () => {
    const lab = new Lab(FILES);
    const { snapshotId } = await lab.backup();
    spoil(lab.store, `${snapshotId}/.holdfast/RESTORE.txt`);
    expect(codes(await verify({ target: lab.target }))).toEqual(['DAMAGED .holdfast/RESTORE.txt']);
  });

  it('is named as not checked where an older record holds no checksum of it', async () => {
    const lab = new Lab(FILES);
    const { snapshotId } = await lab.backup();
    const key = `${snapshotId}/.holdfast/snapshot.json`;
    const object = lab.store.objects.get(key);
    const record = decodeChecked(object?.bytes ?? new Uint8Array()) as { envelope: { restoreText?: unknown } };
    const { restoreText: _, ...envelope } = record.envelope;
    lab.store.objects.set(key, { bytes: encodeChecked({ ...record, envelope }), attributes: {}, listedFromMs: 0 });
    const { whole, notChecked } = await verify({ target: lab.target });
    expect(whole).toBe(true);
    expect(notChecked).toContain('RESTORE.txt was not compared in 1 snapshot, whose record holds no checksum of it.');
  });

  it('a damaged header of the target is noted: no snapshot needs it', async () => {
    const lab = new Lab(FILES);
    await lab.backup();
    expect((await noted({ target: lab.target })).notes).toEqual([]);
    spoil(lab.store, '.holdfast/target.json');
    const { summary, notes } = await noted({ target: lab.target });
    expect(summary.whole).toBe(true);
    expect(notes).toEqual([expect.stringContaining("HEADER_DAMAGED memory:: the target's own header is damaged")]);
  });
});
