import { appendFileSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { verify } from '../src/index.js';
import { afterwards, fails, faultPlan, faultyTarget, memoryTarget, targetFault, waits } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { expectSameTree, type Planting } from './workspace.js';

/** More than one group of files takes, in folders, of all sizes that go together and a few that do not. */
function manyFiles(count = 600): Planting {
  const files: Record<string, string | Buffer> = {};
  for (let index = 0; index < count; index++) {
    files[`${index % 3 === 0 ? 'sub/deeper' : 'flat'}/f${index}`] = `${index} `.repeat(index % 200);
  }
  files['flat/large'] = Buffer.alloc(300_000, 'large');
  files['sub/huge.bin'] = Buffer.alloc(2_500_000, 'huge');
  return files;
}

describe('many small files', () => {
  it('are saved with all else that is among them, and come back as they were', async () => {
    const lab = new Lab(manyFiles());
    linkSync(lab.path('flat/f1'), lab.path('flat/f1 again'));
    symlinkSync('f1', lab.path('flat/f1 link'));
    const summary = await lab.backup();
    expect(summary).toMatchObject({ counts: { files: 603, symlinks: 1, skipped: 0 }, problemCount: 0, readFiles: 602 });
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  });

  it('are not read again while they stay as they are, and what has changed among them is', async () => {
    const lab = new Lab(manyFiles());
    await lab.backup();
    writeFileSync(lab.path('flat/f1'), 'changed');
    rmSync(lab.path('flat/f2'));
    writeFileSync(lab.path('flat/new'), 'new');
    const second = await lab.backup();
    expect(second).toMatchObject({
      readFiles: 2,
      counts: { files: 602 },
      targets: [{ storedFiles: 2, sharedFiles: 600 }],
    });
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('share what the parent holds also where the local state is lost and all is read', async () => {
    const lab = new Lab(manyFiles());
    await lab.backup();
    rmSync(join(lab.state, 'sources'), { recursive: true });
    const ids = await lab.backup();
    expect(ids.readFiles).toBe(602);
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('are read one by one as far as they change or vanish after the walk has seen them', async () => {
    const lab = new Lab(manyFiles());
    await lab.backup();
    for (const name of ['flat/f200', 'flat/f202', 'flat/f203']) writeFileSync(lab.path(name), 'to be read');
    // The first copy is made when the whole group has been walked, and before what has changed in it is read.
    const plan = faultPlan().on(
      'copy',
      afterwards(() => {
        appendFileSync(lab.path('flat/f200'), ', and grown');
        rmSync(lab.path('flat/f202'));
      }),
      { key: /flat\/f1$/ },
    );
    const summary = await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    expect(summary.problems).toMatchObject([{ code: 'VANISHED', path: 'data/flat/f202' }]);
    const { into } = await lab.restore();
    expect(readFileSync(join(into, 'data/flat/f200'), 'utf8')).toBe('to be read, and grown');
    expect(readFileSync(join(into, 'data/flat/f203'), 'utf8')).toBe('to be read');
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  });

  it('go to every target, and one that fails in the middle does not keep the others from theirs', async () => {
    const lab = new Lab(manyFiles());
    const other = memoryTarget({ url: 'memory:other' });
    const plan = faultPlan().on('put', fails(targetFault('NO_SPACE')), { key: /f300$/ });
    const summary = await lab.backup({ targets: [faultyTarget(other, plan), lab.target] });
    expect(summary.targets).toMatchObject([{ committed: false }, { committed: true, storedFiles: 602 }]);
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('that a target refuses to copy are put', async () => {
    const lab = new Lab(manyFiles());
    await lab.backup();
    const plan = faultPlan().on('copy', fails(targetFault('COPY_REFUSED')), { key: /f[12]..?$/, times: 1000 });
    const summary = await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    const [target] = summary.targets;
    expect(target?.storedFiles).toBeGreaterThan(100);
    expect((target?.storedFiles ?? 0) + (target?.sharedFiles ?? 0)).toBe(602);
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('are held in memory until the slowest target has them', async () => {
    const lab = new Lab(manyFiles(1500), { capabilities: { concurrency: 3 } });
    const plan = faultPlan().on(
      'put',
      waits(() => sleep(400)),
      { key: /f(10|100|400|700)$/, times: 10 },
    );
    await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('that have rotted in the parent are stored anew when all is read again', async () => {
    const lab = new Lab(manyFiles());
    const { snapshotId } = await lab.backup();
    const rotten = lab.store.objects.get(`${snapshotId}/data/flat/f199`);
    if (rotten === undefined) throw new Error('it is not there');
    rotten.bytes[3] = (rotten.bytes[3] ?? 0) ^ 1;
    const summary = await lab.backup({ rehash: true });
    expect(summary).toMatchObject({ readFiles: 602, targets: [{ storedFiles: 1, sharedFiles: 601 }] });
    expectSameTree(join((await lab.restore()).into, 'data'), lab.source);
  });

  it('stop soon after the signal, and no snapshot is there', async () => {
    const lab = new Lab(manyFiles());
    const controller = new AbortController();
    const run = lab.backup({
      signal: controller.signal,
      onEvent: (event) => event.type === 'file' && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect([...lab.store.objects.keys()].filter((key) => key.endsWith('snapshot.json'))).toEqual([]);
  });
});
