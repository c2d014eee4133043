import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ComparedContents,
  compareContents,
  type DiffOptions,
  diff,
  exportParts,
  showSnapshot,
} from '../src/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { scratch } from './workspace.js';

/** How the contents differ of what has changed since the latest snapshot, by the path; nothing of what has no two contents. */
async function compared(
  lab: Lab,
  options: Partial<DiffOptions> = {},
): Promise<Record<string, ComparedContents['status'] | string>> {
  const done = await diff({ target: lab.target, after: { stateDirectory: lab.state }, ...options });
  const found: Record<string, string> = {};
  try {
    for await (const change of done.changes()) {
      const places = done.contents(change);
      if (places === undefined) continue;
      const answer = await compareContents(places.before, places.after, { inspectors: [bookInspector()] });
      found[change.path] = answer?.status === 'compared' ? answer.lines.join() : (answer?.status ?? 'no inspector');
    }
  } finally {
    await done.close();
  }
  return found;
}

const BOOKS = { 'a.book': 'BOOK\n# One\n', 'sub/b.book': 'BOOK\n# One\n', 'c.txt': 'one', 'same.book': 'BOOK\n' };

describe('the contents that a change has exchanged', () => {
  it('can be compared with the live files, wherever these are', async () => {
    const lab = new Lab(BOOKS);
    await lab.backup();
    writeFileSync(lab.path('a.book'), 'BOOK\n# One\nx\n');
    writeFileSync(lab.path('sub/b.book'), 'BOOK\n# One\nxyz\n');
    writeFileSync(lab.path('c.txt'), 'two');
    writeFileSync(lab.path('new.book'), 'BOOK\n');
    expect(await compared(lab)).toEqual({
      'data/a.book': '11 and 13 characters',
      'data/sub/b.book': '11 and 15 characters',
      'data/c.txt': 'no inspector',
    });
    const other = new Lab({ 'a.book': 'BOOK\n', 'sub/b.book': BOOKS['sub/b.book'] });
    const places = new Map([['data', other.source]]);
    expect(await compared(lab, { after: { stateDirectory: lab.state, places } })).toEqual({
      'data/a.book': '11 and 5 characters',
    });
  });

  it('can be compared between two snapshots, also when the live files are gone', async () => {
    const lab = new Lab(BOOKS);
    const first = await lab.backup();
    writeFileSync(lab.path('a.book'), 'BOOK\n# One\nx\n');
    const second = await lab.backup();
    writeFileSync(lab.path('a.book'), 'none');
    expect(await compared(lab, { before: first.snapshotId, after: second.snapshotId })).toEqual({
      'data/a.book': '11 and 13 characters',
    });
  });

  it('are those of a source that is a file, and of one that is reached through a link', async () => {
    const lab = new Lab(BOOKS);
    const link = join(scratch(), 'link');
    symlinkSync(lab.source, link);
    const sources = [{ path: lab.path('a.book'), name: 'excel' }, { path: lab.path('same.book') }, { path: link }];
    await lab.backup({ sources });
    writeFileSync(lab.path('a.book'), 'BOOK\n');
    writeFileSync(lab.path('same.book'), 'BOOK\n# Two\n');
    expect(await compared(lab)).toEqual({
      'excel/a.book': '11 and 5 characters',
      'link/a.book': '11 and 5 characters',
      'link/same.book': '5 and 11 characters',
      'same.book': '5 and 11 characters',
    });
  });
});

describe('the parts of a stored file', () => {
  it('are written from the bytes that the snapshot holds, whatever the live file is', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\nfirst\n# Two\nsecond\n' });
    await lab.backup();
    writeFileSync(lab.path('a.book'), 'none');
    const snapshot = await showSnapshot({ target: lab.target });
    const entry = await snapshot.file('data/a.book');
    if (typeof entry !== 'object') throw new Error('it is there');
    const to = join(scratch(), 'two.csv');
    const options = { inspectors: [bookInspector()], to, part: 'Two', raw: true };
    expect(await exportParts({ snapshot, entry }, options)).toMatchObject({
      parts: [{ name: 'Two', path: to, sizeBytes: 7 }],
    });
    await snapshot.close();
  });
});
