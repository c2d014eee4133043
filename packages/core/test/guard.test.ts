import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GuardOptions, type GuardOutcome, guard, leftGuards, listSnapshots } from '../src/index.js';
import { Lab } from './lab.js';
import { all, plant, treeOf } from './workspace.js';

function guarded<Result>(
  lab: Lab,
  action: () => Promise<Result> | Result,
  options: Partial<GuardOptions> = {},
): Promise<Result> {
  return guard(
    { sources: [{ path: lab.source, name: 'data' }], target: lab.target, stateDirectory: lab.state, ...options },
    action,
  );
}

describe('row 9: a guarded run', () => {
  it('gives back what the action returns, and leaves nothing behind', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const outcomes: GuardOutcome[] = [];
    expect(await guarded(lab, () => 42, { onOutcome: (outcome) => outcomes.push(outcome) })).toBe(42);
    expect(outcomes).toMatchObject([{ how: 'succeeded', isSnapshotKept: false }]);
    expect(await all(listSnapshots({ target: lab.target }))).toEqual([]);
    expect(leftGuards(lab.state)).toEqual([]);
  });

  it('rolls back what a failed action has done, and throws its error', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/c.tmp': 'c', empty: null, link: '-> a.txt' });
    const before = treeOf(lab.source);
    const error = new Error('it went wrong');
    const outcomes: GuardOutcome[] = [];
    const run = guarded(
      lab,
      () => {
        writeFileSync(lab.path('a.txt'), 'spoilt');
        rmSync(lab.path('sub'), { recursive: true });
        rmSync(lab.path('link'));
        symlinkSync('elsewhere', lab.path('link'));
        mkdirSync(lab.path('new/deep'), { recursive: true });
        plant(lab.source, { 'new/deep/x.tmp': 'x', 'empty/y.tmp': 'y' });
        throw error;
      },
      { onOutcome: (outcome) => outcomes.push(outcome) },
    );
    await expect(run).rejects.toBe(error);
    expect(outcomes).toMatchObject([{ how: 'rolledBack', isSnapshotKept: false, rollBack: { problems: [] } }]);
    expect(treeOf(lab.source)).toEqual(before);
  });
});
