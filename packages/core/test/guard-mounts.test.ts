import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GuardOutcome, guard, isHoldfastError, leftGuards, rollBackGuard } from '../src/index.js';
import { expectAsItWas, fullTree } from './full-tree.js';
import { Lab } from './lab.js';
import { canMount, mountedTmpfs } from './mounts.js';
import { plant, scratch } from './workspace.js';

const MIB = 1024 * 1024;
const fail = (): never => {
  throw new Error('it went wrong');
};

describe.skipIf(!canMount('guarded runs on mounted file systems'))('row 9: a guarded run', () => {
  it('that fails because it has filled the disk is rolled back on that disk', async () => {
    const lab = new Lab();
    const source = mountedTmpfs(8 * MIB);
    plant(source, { 'a.bin': Buffer.alloc(3 * MIB, 'a'), 'b.txt': 'b', 'sub/c.txt': 'c' });
    const before = fullTree(source);
    let outcome: GuardOutcome | undefined;
    const run = guard(
      {
        sources: [{ path: source, name: 'data' }],
        target: lab.target,
        stateDirectory: lab.state,
        onOutcome: (ended) => {
          outcome = ended;
        },
      },
      () => {
        writeFileSync(join(source, 'a.bin'), 'spoilt');
        rmSync(join(source, 'sub'), { recursive: true });
        const { bavail, bsize } = statfsSync(source);
        writeFileSync(join(source, 'full'), Buffer.alloc(bavail * bsize, 'x'));
        writeFileSync(join(source, 'more'), Buffer.alloc(MIB, 'x'));
      },
    );
    await expect(run).rejects.toThrow('ENOSPC');
    expect(outcome).toMatchObject({ how: 'rolledBack', rollBack: { problems: [], uncovered: [] } });
    expectAsItWas(source, before);
  });

  it('is not rolled back while something is mounted that was not: nothing of what that holds is deleted', async () => {
    const lab = new Lab({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    const before = fullTree(lab.source);
    const other = scratch();
    plant(other, { 'precious.txt': 'precious' });
    const run = guard(
      { sources: [{ path: lab.source, name: 'data' }], target: lab.target, stateDirectory: lab.state },
      () => {
        mkdirSync(lab.path('point'));
        execFileSync('mount', ['--bind', other, lab.path('point')]);
        fail();
      },
    );
    try {
      const error: unknown = await run.catch((thrown: unknown) => thrown);
      expect(isHoldfastError(error, 'NOT_ROLLED_BACK') && error.message).toContain('something is mounted at');
      expect(readFileSync(join(other, 'precious.txt'), 'utf8')).toBe('precious');
    } finally {
      execFileSync('umount', [lab.path('point')]);
    }
    const [left] = leftGuards(lab.state);
    await rollBackGuard({ id: left?.id ?? '', target: lab.target, stateDirectory: lab.state });
    expectAsItWas(lab.source, before);
    expect(readFileSync(join(other, 'precious.txt'), 'utf8')).toBe('precious');
  });
});
