import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BackupTarget, mirror, restore, verify } from '../src/index.js';
import { corrupts, endsAfter, type Fault, faultPlan, faultyTarget, memoryTarget } from '../src/testing/index.js';
import { describeFaults } from './fault-laws.js';
import { expectPart, isTyped, worldOf } from './fault-trials.js';
import { scratch, treeOf } from './workspace.js';

describeFaults('restore');

describe('a store that lies', () => {
  it.each<[string, () => Fault]>([
    ['gives other bytes', () => corrupts(0)],
    ['gives fewer bytes', () => endsAfter(0)],
  ])('and %s for an object, whichever it is: restore gives nothing of it, and names it or fails', async (_, fault) => {
    const lab = await worldOf('commit');
    await lab.backup();
    const count = faultPlan();
    const { snapshotId: which } = await restore({ target: faultyTarget(lab.target, count), into: scratch() });
    for (let nth = 1; nth <= count.count('get'); nth += 1) {
      const plan = faultPlan().on('get', fault(), { nth });
      const into = scratch();
      const outcome: unknown = await restore({ target: faultyTarget(lab.target, plan), which, into }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(isTyped(outcome)).toBe(true);
      if (treeOf(into).data !== undefined) expectPart(join(into, 'data'), lab.source);
    }
  });

  it('and gives other bytes for a file: verify names it, and mirror does not pass it on', async () => {
    const lab = await worldOf('commit');
    await lab.backup();
    const plan = (): BackupTarget =>
      faultyTarget(lab.target, faultPlan().on('get', corrupts(0), { key: /c\.txt$/, times: 9 }));
    expect((await verify({ target: plan(), data: true })).problems.map(({ path }) => path)).toEqual([
      'data/b/c.txt',
      'data/b/c.txt',
    ]);
    const to = memoryTarget({ url: 'memory:to' });
    expect(await mirror({ from: plan(), to })).toMatchObject({ copiedSnapshots: 0, failedSnapshots: 2, equal: false });
    expect(readFileSync(lab.path('b/c.txt'), 'utf8')).toBe('c, changed');
  });
});
