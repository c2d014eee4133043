import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BackupTarget, diff, findPaths, isHoldfastError, isRefused, showSnapshot } from '../src/index.js';
import { memoryStore, memoryTarget } from '../src/testing/index.js';
import { CRAFTED_ID, craft, file, folder } from './crafted.js';
import { Lab } from './lab.js';
import { all, bytesPath } from './workspace.js';

const codeOf = (error: unknown): string => (isHoldfastError(error) ? error.code : String(error));

async function contentOf(target: BackupTarget, path: string): Promise<{ bytes: number; code: string | undefined }> {
  const shown = await showSnapshot({ target });
  let bytes = 0;
  try {
    const found = await shown.file(path);
    const entry = found === 'several' ? undefined : found;
    if (entry === undefined) return { bytes, code: 'no such file' };
    for await (const chunk of shown.content(entry)) bytes += chunk.byteLength;
    return { bytes, code: undefined };
  } catch (error) {
    return { bytes, code: codeOf(error) };
  } finally {
    await shown.close();
  }
}

const LARGE_BYTES = 9 * 1024 * 1024;

function turnOver(lab: Lab, end: string, change: (bytes: Uint8Array) => Uint8Array | undefined): void {
  for (const [key, object] of lab.store.objects) {
    if (!key.endsWith(end)) continue;
    const bytes = change(object.bytes);
    if (bytes === undefined) lab.store.objects.delete(key);
    else lab.store.objects.set(key, { ...object, bytes });
  }
}

describe('the content of a file', () => {
  it('comes whole, small or large', async () => {
    const lab = new Lab({ small: 'small', large: Buffer.alloc(LARGE_BYTES, 'x'), empty: '' });
    await lab.backup();
    expect(await contentOf(lab.target, 'data/small')).toEqual({ bytes: 5, code: undefined });
    expect(await contentOf(lab.target, 'data/large')).toEqual({ bytes: LARGE_BYTES, code: undefined });
    expect(await contentOf(lab.target, 'data/empty')).toEqual({ bytes: 0, code: undefined });
  });

  it('of a small file is given only if all of it is what was saved; of a large one it fails at the end', async () => {
    const changes: ((bytes: Uint8Array) => Uint8Array | undefined)[] = [
      (bytes) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
      (bytes) => bytes.slice(0, -1),
      (bytes) => Uint8Array.from([...bytes.slice(0, 10), ...bytes]),
      () => undefined,
    ];
    for (const change of changes) {
      const lab = new Lab({ small: 'small', large: Buffer.alloc(LARGE_BYTES, 'x') });
      await lab.backup();
      turnOver(lab, '/small', change);
      turnOver(lab, '/large', change);
      expect(await contentOf(lab.target, 'data/small')).toEqual({ bytes: 0, code: 'FILE_DAMAGED' });
      const large = await contentOf(lab.target, 'data/large');
      expect(large.code).toBe('FILE_DAMAGED');
      expect(large.bytes).toBeLessThanOrEqual(LARGE_BYTES);
    }
  });

  it('is found by the path as it stands, before any other spelling of it', async () => {
    const lab = new Lab({
      'M\u00fcller': 'composed',
      'Mu\u0308ller': 'decomposed, longer',
      '[1].txt': 'x',
      'tab\there': 't',
    });
    await lab.backup();
    expect(await contentOf(lab.target, 'data/M\u00fcller')).toMatchObject({ bytes: 8 });
    expect(await contentOf(lab.target, 'data/Mu\u0308ller')).toMatchObject({ bytes: 18 });
    expect(await contentOf(lab.target, 'data/[1].txt')).toMatchObject({ bytes: 1 });
    expect(await contentOf(lab.target, 'data/tab\\there')).toMatchObject({ bytes: 1 });
    expect(await contentOf(lab.target, 'data')).toEqual({ bytes: 0, code: 'no such file' });
    const one = new Lab({ 'Mu\u0308ller': 'decomposed' });
    await one.backup();
    expect(await contentOf(one.target, 'data/M\u00fcller')).toMatchObject({ bytes: 10 });
  });

  it('is not guessed where two names that are no UTF-8 look alike', async () => {
    const lab = new Lab();
    writeFileSync(bytesPath(lab.source, Buffer.from([0x66, 0xff])), 'one');
    await lab.backup();
    expect(await contentOf(lab.target, 'data/f\ufffd')).toMatchObject({ bytes: 3 });
    writeFileSync(bytesPath(lab.source, Buffer.from([0x66, 0xfe])), 'two');
    await lab.backup();
    expect(await contentOf(lab.target, 'data/f\ufffd')).toEqual({ bytes: 0, code: 'no such file' });
  });
});

describe('a search', () => {
  it('goes past snapshots that are damaged, in their record or their manifest, and names them', async () => {
    const lab = new Lab({ a: 'a' });
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) ids.push((await lab.backup()).snapshotId);
    turnOver(lab, `${ids[1]}/.holdfast/manifest.jsonl`, (bytes) => bytes.slice(0, -1));
    turnOver(lab, `${ids[2]}/.holdfast/snapshot.json`, (bytes) => new Uint8Array(bytes.length));
    const { found, snapshots, problems } = await findPaths({ target: lab.target, patterns: ['a'] });
    expect(snapshots).toBe(2);
    expect(problems.map(({ code, snapshotId }) => `${code} ${snapshotId}`).sort()).toEqual(
      [`DAMAGED ${ids[1]}`, `DAMAGED ${ids[2]}`].sort(),
    );
    expect(found).toMatchObject([
      {
        path: 'data/a',
        versions: [{ firstSnapshotId: ids[0], lastSnapshotId: ids[3], snapshots: 2, isCurrent: true }],
      },
    ]);
  });

  it('names what must not be acted upon, and never lists it', async () => {
    const store = craft([folder('data'), file('data/../../evil', 'x'), file('data/good', 'y')]);
    const { found, problems } = await findPaths({ target: memoryTarget({ store }), patterns: ['evil', 'good'] });
    expect(found.map(({ path }) => path)).toEqual(['data/good']);
    expect(problems).toMatchObject([{ code: 'UNSAFE', path: 'data/../../evil', snapshotId: CRAFTED_ID }]);
  });

  it('lists what a pattern names, and not what lies below it', async () => {
    const lab = new Lab({ 'sub/a': 'a', 'sub/b': 'b' });
    await lab.backup();
    const { found, unused } = await findPaths({ target: lab.target, patterns: ['sub', 'x'] });
    expect(found.map(({ path }) => path)).toEqual(['data/sub']);
    expect(unused).toEqual(['x']);
  });
});

describe('a comparison of two snapshots', () => {
  const ids = ['20260101T000000000Z-aaaaaaaa', '20260101T000000001Z-bbbbbbbb'] as const;

  it('fails whole if a manifest turns out to be damaged midway', async () => {
    const store = memoryStore();
    craft([folder('data'), file('data/a', 'a')], { id: ids[0], store });
    craft([folder('data'), file('data/b', 'b'), { line: 'no json' }], { id: ids[1], store });
    const target = memoryTarget({ store });
    const failure = await diff({ target, before: ids[0], after: ids[1] }).catch(codeOf);
    expect(failure).toBe('SNAPSHOT_DAMAGED');
  });

  it('names entries that must not be acted upon, and compares nothing at their place', async () => {
    const store = memoryStore();
    craft([folder('data'), file('data/a', 'a'), file('data/twice', '1'), file('data/twice', '2')], {
      id: ids[0],
      store,
    });
    craft([folder('data'), file('data/a', 'a'), file('data/twice', '3')], { id: ids[1], store });
    const done = await diff({ target: memoryTarget({ store }), before: ids[0], after: ids[1] });
    expect(done.summary).toMatchObject({ equal: false, problemCount: 1, unchanged: 2 });
    expect(done.summary.problems).toMatchObject([{ code: 'COLLISION', path: 'data/twice' }]);
    await done.close();
  });

  it('says when the two have no source in common', async () => {
    const store = memoryStore();
    const source = (id: string) => ({ id, name: 'data', path: '/data', type: 'directory' as const });
    for (const [index, id] of ids.entries())
      craft([folder('data')], { id, store, payload: { sources: [source(String(index))] } });
    const notes: string[] = [];
    const done = await diff({
      target: memoryTarget({ store }),
      before: ids[0],
      after: ids[1],
      onEvent: (event) => {
        if (event.type === 'note') notes.push(event.note.code);
      },
    });
    expect(notes).toEqual(['UNRELATED']);
    expect(await all(done.changes())).toEqual([]);
    await done.close();
  });

  it('reads no file', async () => {
    const lab = new Lab({ a: 'a', b: 'b' });
    const { snapshotId: first } = await lab.backup();
    writeFileSync(lab.path('a'), 'changed');
    await lab.backup();
    turnOver(lab, '/data/a', () => undefined);
    turnOver(lab, '/data/b', () => undefined);
    const done = await diff({ target: lab.target, before: first, after: 'latest' });
    expect(done.summary).toMatchObject({ changed: 1, unchanged: 2, readFiles: 0, problemCount: 0 });
    await done.close();
    expect((await lab.entries()).some(isRefused)).toBe(false);
  });
});
