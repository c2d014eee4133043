import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSystemOf } from '../src/files/index.js';
import { restore } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { craft, file, folder, symlink } from './crafted.js';
import { DATA, named } from './crafted-restore.js';
import { type FoldingKind, foldingDisk, whyNone } from './folding-disk.js';
import { Lab } from './lab.js';
import { scratch } from './workspace.js';

const KINDS: readonly FoldingKind[] = ['vfat', 'exfat-fuse'];

/** The disk, or nothing where this kernel has no such file system: that is said. */
function diskOr(skip: (why: string) => never, kind: FoldingKind): string {
  const why = whyNone(kind);
  try {
    if (why === undefined) return foldingDisk(kind);
  } catch (error) {
    return skip(`no ${kind} can be mounted: ${String(error)}`);
  }
  return skip(`no ${kind}: ${why}`);
}

describe.each(KINDS)('a real %s, which does not tell case apart', (kind) => {
  it('gets the first of the names that are one there, and the other is named: nothing is overwritten', async ({
    skip,
  }) => {
    const into = diskOr(skip, kind);
    const target = memoryTarget({
      store: craft([
        DATA,
        file('data/A.txt', 'upper'),
        folder('data/Folder'),
        file('data/Folder/x', '1'),
        file('data/a.txt', 'lower'),
        folder('data/folder'),
        file('data/folder/x', '2'),
      ]),
    });
    for (const overwrite of [false, true]) {
      const summary = await restore({ target, into, overwrite });
      expect(named(summary).filter((problem) => !problem.startsWith('ATTRIBUTES'))).toEqual([
        'COLLISION data/a.txt',
        'COLLISION data/folder',
        'UNWRITABLE data/folder/x',
      ]);
      expect(readFileSync(join(into, 'data/A.txt'), 'utf8')).toBe('upper');
      expect(readFileSync(join(into, 'data/Folder/x'), 'utf8')).toBe('1');
      expect(readdirSync(join(into, 'data')).sort()).toEqual(['A.txt', 'Folder']);
    }
  });

  it('in place keeps a file that only was renamed to the other case when what the snapshot lacks is deleted', async ({
    skip,
  }) => {
    const source = diskOr(skip, kind);
    writeFileSync(join(source, 'Readme'), 'text');
    const lab = new Lab();
    await lab.backup({ sources: [{ path: source, name: 'data' }] });
    renameSync(join(source, 'Readme'), join(source, 'other'));
    renameSync(join(source, 'other'), join(source, 'readme'));
    await lab.restoreInPlace({ delete: true });
    expect(readFileSync(join(source, 'README'), 'utf8')).toBe('text');
  });
});

it('a place whose names are all different, though its kind is not known, gets them all', async () => {
  const into = scratch();
  const target = memoryTarget({
    store: craft([
      DATA,
      file('data/A', 'upper'),
      file('data/a', 'lower'),
      symlink('data/e\u0301', 'x'),
      file('data/\u00e9', '1'),
    ]),
  });
  // As a case-sensitive volume of macOS looks: only the platform's usual facts are known.
  const unknown = async (path: string) =>
    ({ ...(await fileSystemOf(path)), kind: 'unknown', caseSensitive: false }) as const;
  const summary = await restore({ target, into, fileSystemOf: unknown });
  expect([summary.problems, readdirSync(join(into, 'data')).length]).toEqual([[], 4]);
  expect(readdirSync(into)).toEqual(['data']);
});
