import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.js';
import { EntryJudge, isRefused } from './entry-judge.js';

const COMMON = { mode: '0644', mtimeNs: '0' };
const file = (path: string): Entry => ({
  ...COMMON,
  type: 'file',
  path,
  sizeBytes: 0,
  sha256: '0'.repeat(64),
  stable: true,
});
const folder = (path: string): Entry => ({ ...COMMON, type: 'directory', path });
const link = (path: string): Entry => ({ ...COMMON, type: 'symlink', path, linkTarget: 'x' });

/** What comes of each entry: `ok`, a code, or `disorder`. */
function verdicts(...entries: Entry[]): string[] {
  const judge = new EntryJudge();
  return entries.map((entry) => {
    const item = judge.judge(entry);
    if (item === undefined) return 'disorder';
    return isRefused(item) ? item.code : 'ok';
  });
}

describe('entries of a manifest', () => {
  it('are accepted where each folder comes right before what is in it', () => {
    expect(verdicts(folder('a'), file('a/b'), folder('a/c'), file('a/c/d'), file('a/e'), folder('b'))).toEqual(
      Array(6).fill('ok'),
    );
  });

  it('are refused where a file, a link or nothing stands in the place of their folder', () => {
    expect(verdicts(file('a'), file('a/b'))).toEqual(['ok', 'UNSAFE']);
    expect(verdicts(link('a'), file('a/b'))).toEqual(['ok', 'UNSAFE']);
    expect(verdicts(file('a/b'))).toEqual(['UNSAFE']);
    // What lies below a refused folder is refused with it.
    expect(verdicts(folder('a/b'), file('a/b/c'))).toEqual(['UNSAFE', 'UNSAFE']);
  });

  it('are out of order where a later one should have come first', () => {
    expect(verdicts(file('b'), file('a'))).toEqual(['ok', 'disorder']);
    expect(verdicts(folder('a'), file('a.b'))).toEqual(['ok', 'disorder']);
    expect(verdicts(folder('a'), file('a/b'), file('a'))).toEqual(['ok', 'ok', 'disorder']);
  });

  it('are refused the second time a name comes, whatever stands between', () => {
    expect(verdicts(file('a'), file('a'))).toEqual(['ok', 'COLLISION']);
    expect(verdicts(folder('a'), folder('a'))).toEqual(['ok', 'COLLISION']);
    expect(verdicts(file('a'), folder('a'), file('a/b'))).toEqual(['ok', 'COLLISION', 'UNSAFE']);
    expect(verdicts(link('a'), folder('a-'), folder('a-/x'), file('a-/x/y'), file('a.b'), folder('a'))).toEqual([
      ...Array(5).fill('ok'),
      'COLLISION',
    ]);
    expect(verdicts(folder('d'), file('d/a'), file('d/a-'), folder('d/a'), file('e'))).toEqual([
      'ok',
      'ok',
      'ok',
      'COLLISION',
      'ok',
    ]);
  });

  it('that are accepted never name one path twice, and each lies in a folder that was accepted: whatever is given', () => {
    const paths = fc
      .array(fc.string({ unit: fc.constantFrom('a', '-', '.', '/'), minLength: 1, maxLength: 5 }), { maxLength: 30 })
      .map((list) =>
        list.map((path, index) => (index % 3 === 0 ? folder(path) : index % 3 === 1 ? file(path) : link(path))),
      );
    fc.assert(
      fc.property(paths, fc.boolean(), (entries, sorted) => {
        const order = (entry: Entry): string => entry.path + (entry.type === 'directory' ? '/' : '');
        const given = sorted ? [...entries].sort((left, right) => (order(left) < order(right) ? -1 : 1)) : entries;
        const judge = new EntryJudge();
        const accepted = new Map<string, string>();
        for (const entry of given) {
          const item = judge.judge(entry);
          if (item === undefined || isRefused(item)) continue;
          expect(accepted.has(entry.path)).toBe(false);
          const parent = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')));
          if (parent !== '') expect(accepted.get(parent)).toBe('directory');
          accepted.set(entry.path, entry.type);
        }
      }),
    );
  });
});
