import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { undoableRestores } from '../src/index.js';
import { Lab } from './lab.js';
import { runs } from './runs.js';
import { copyOf, expectJustTheSame, happen, happenings, undo } from './undo-lab.js';

/** How a restore is asked for. */
const restores = fc.record({
  delete: fc.boolean(),
  patterns: fc.constantFrom<readonly string[]>([], [], ['data/a/**'], ['b']),
});

describe('whatever a tree was and became, and whatever is restored of it', () => {
  it('undo makes it just what it was before the restore, and undo again just what it was after', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(happenings, happenings, restores, async (before, since, how) => {
        const lab = new Lab({ always: 'there' });
        happen(lab.source, before);
        await lab.backup();
        happen(lab.source, since);
        const old = copyOf(lab.source);
        const summary = await lab.restoreInPlace(how).catch((error: { code?: string }) => error.code);
        if (summary === 'NO_MATCH') return;
        if (typeof summary !== 'object') throw new Error(summary);
        const restored = copyOf(lab.source);
        if (summary.undoId === undefined) {
          expectJustTheSame(restored, old);
          return;
        }
        changed += 1;
        for (const expected of [old, restored, old, restored]) {
          expect(await undo(lab.state)).toMatchObject({ problems: [], changedSince: 0 });
          expectJustTheSame(lab.source, expected);
          expect(undoableRestores(lab.state)).toHaveLength(1);
        }
      }),
      { numRuns: runs(12) },
    );
    expect(changed).toBeGreaterThan(3);
  }, 60_000);
});
