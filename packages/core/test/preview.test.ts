import { linkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PreviewItem, type PreviewOptions, type PreviewSummary, previewBackup } from '../src/index.js';
import { fails, faultPlan, faultyTarget, memoryTarget, targetFault } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { scratch, treeOf } from './workspace.js';

/** A preview of the lab's next backup, and what was told of each thing. */
async function preview(
  lab: Lab,
  options: Partial<PreviewOptions> = {},
): Promise<{ summary: PreviewSummary; items: PreviewItem[] }> {
  const items: PreviewItem[] = [];
  const summary = await previewBackup({
    sources: [{ path: lab.source, name: 'data' }],
    targets: [lab.target],
    stateDirectory: lab.state,
    clock: { now: () => new Date(Date.now() + 3_600_000) },
    onItem: (item) => void items.push(item),
    ...options,
  });
  return { summary, items };
}

const fileOf = (items: readonly PreviewItem[], path: string): PreviewItem | undefined =>
  items.find((item) => item.path === path);

describe('a preview of a backup', () => {
  it('writes nothing: no target is begun, no identity is minted, no file of the state changes', async () => {
    const lab = new Lab({ a: '1' });
    const state = join(scratch(), 'state');
    const plan = faultPlan();
    const watched = faultyTarget(lab.target, plan);
    await preview(lab, { stateDirectory: state, targets: [watched] });
    expect(treeOf(join(state, '..'))).toEqual({});
    await lab.backup();
    const before = treeOf(lab.state);
    writeFileSync(lab.path('a'), 'changed');
    await preview(lab, { targets: [watched] });
    expect(treeOf(lab.state)).toEqual(before);
    expect(plan.count()).toBeGreaterThan(0);
    expect(plan.log.filter(({ operation }) => !['list', 'stat', 'get'].includes(operation))).toEqual([]);
  });

  it('tells new, changed and unchanged files apart, and which of them would be read', async () => {
    const lab = new Lab({ same: '1', edited: '2', hidden: '3' });
    await lab.backup();
    writeFileSync(lab.path('edited'), '22');
    writeFileSync(lab.path('new'), '4');
    // Size and time as before: only the change time shows that it was written to.
    writeFileSync(lab.path('hidden'), 'x');
    const { atime, mtime } = { atime: new Date(), mtime: new Date('2026-01-02T03:04:05.678Z') };
    utimesSync(lab.path('hidden'), atime, mtime);
    const { summary, items } = await preview(lab);
    expect(fileOf(items, 'data/same')).toMatchObject({ change: 'unchanged', isRead: false, sizeBytes: 1 });
    expect(fileOf(items, 'data/edited')).toMatchObject({ change: 'changed', isRead: true, sizeBytes: 2 });
    expect(fileOf(items, 'data/hidden')).toMatchObject({ change: 'unchanged', isRead: true });
    expect(fileOf(items, 'data/new')).toMatchObject({ change: 'new', isRead: true });
    expect(summary).toMatchObject({
      changes: { new: 1, changed: 1, unchanged: 2 },
      readFiles: 3,
      counts: { files: 4 },
    });
  });

  it('with rehash reads everything', async () => {
    const lab = new Lab({ a: '1', b: '2' });
    await lab.backup();
    expect((await preview(lab)).summary).toMatchObject({ readFiles: 0 });
    expect((await preview(lab, { rehash: true })).summary).toMatchObject({ readFiles: 2, changes: { unchanged: 2 } });
  });

  it('counts further names of a file as the backup does', async () => {
    const lab = new Lab({ a: 'content' });
    linkSync(lab.path('a'), lab.path('b'));
    const foretold = (await preview(lab)).summary;
    expect(foretold).toMatchObject({ readFiles: 1, targets: [{ storedFiles: 1, sharedFiles: 1 }] });
    expect(await lab.backup()).toMatchObject({ readFiles: 1, targets: [{ storedFiles: 1, sharedFiles: 1 }] });
  });

  it('names what could not be stored, and a target that takes no part', async () => {
    const lab = new Lab({ small: '1', large: '12345' });
    const narrow = memoryTarget({ url: 'memory:narrow', capabilities: { maxObjectBytes: 4 } });
    const plan = faultPlan().on('any', fails(targetFault('UNAVAILABLE')), { times: 100 });
    const broken = faultyTarget(memoryTarget({ url: 'memory:broken' }), plan);
    const { summary, items } = await preview(lab, { targets: [lab.target, narrow, broken] });
    expect(summary.problems).toMatchObject([{ code: 'NOT_STORABLE', path: 'data/large' }]);
    expect(summary.counts).toMatchObject({ files: 1, skipped: 1 });
    expect(items.map(({ path }) => path)).toEqual(['data', 'data/small']);
    expect(summary.targets.map(({ url, error }) => [url, error === undefined])).toEqual([
      ['memory:', true],
      ['memory:narrow', true],
      ['memory:broken', false],
    ]);
  });

  it('waits for its listener before it goes on', async () => {
    const lab = new Lab(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, ''])));
    let open = 0;
    let most = 0;
    const onItem = async (): Promise<void> => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    };
    await preview(lab, { onItem });
    expect(most).toBe(1);
  });

  it('ends where nobody listens any more', async () => {
    const lab = new Lab({ a: '', b: '', c: '' });
    const items: PreviewItem[] = [];
    await preview(lab, { onItem: (item) => void items.push(item), isOver: () => items.length === 2 });
    expect(items.map(({ path }) => path)).toEqual(['data', 'data/a']);
  });
});
