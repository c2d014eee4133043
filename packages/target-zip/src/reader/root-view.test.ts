import { describe, expect, test } from 'vitest';
import { type EntryTable, tableBuilder } from './entry-table.js';
import { listArchive } from './listing.js';
import { type RootView, viewOfRoot, WHOLE_ARCHIVE } from './root-view.js';

function tableOf(...names: string[]): EntryTable {
  const builder = tableBuilder(names.length);
  for (const name of names) {
    const isFolder = name.endsWith('/');
    const content = { sizeBytes: 1, packedBytes: 1, crc32: 0, method: 0, flags: 0, offset: 0 };
    builder.add(Buffer.from(isFolder ? name.slice(0, -1) : name), {
      ...content,
      kind: isFolder ? 'directory' : 'file',
    });
  }
  return builder.build();
}

function keys(table: EntryTable, view: RootView, prefix: string, oneLevel = false): string[] {
  return [...listArchive({ table, view }, prefix, oneLevel)].map((info) => info.key);
}

describe('the root of an archive in a folder of archives', () => {
  test('is the top folder that is called like the file', () => {
    const table = tableOf('r/', 'r/a', 'r/b/c');
    expect(keys(table, viewOfRoot(table, 'r'), 'r/')).toEqual(['r/a', 'r/b/c']);
    expect(viewOfRoot(table, 'r').outside).toBeUndefined();
  });

  test('is the only top folder, under the name of the file, when somebody renamed the archive', () => {
    const table = tableOf('old/', 'old/a', 'old/b/c');
    expect(keys(table, viewOfRoot(table, 'new name'), 'new name/')).toEqual(['new name/a', 'new name/b/c']);
    expect(keys(table, viewOfRoot(table, 'new name'), 'new name/b/')).toEqual(['new name/b/c']);
  });

  test('is the archive itself when it has several tops', () => {
    const table = tableOf('a', 'b/c');
    expect(keys(table, viewOfRoot(table, 'photos'), 'photos/')).toEqual(['photos/a', 'photos/b/c']);
  });

  test('is the archive itself when its only top is the hidden folder of a snapshot', () => {
    const table = tableOf('.holdfast/snapshot.json');
    expect(keys(table, viewOfRoot(table, 'r'), 'r/')).toEqual(['r/.holdfast/snapshot.json']);
  });

  test('leaves no entry out in silence: what lies beside the top folder is named', () => {
    expect(viewOfRoot(tableOf('r/a', 's'), 'r').outside).toBe('s');
    expect(viewOfRoot(tableOf('q', 'r/a'), 'r').outside).toBe('q');
    expect(viewOfRoot(tableOf('r', 'r-2/b', 'r/a'), 'r').outside).toBe('r-2/b');
  });

  test('is not taken for the only top when another one sorts between', () => {
    const table = tableOf('old', 'old-2/b', 'old/a');
    expect(keys(table, viewOfRoot(table, 'new'), 'new/')).toEqual(['new/old', 'new/old-2/b', 'new/old/a']);
  });

  test('may hold nothing', () => {
    const table = tableOf();
    expect(keys(table, viewOfRoot(table, 'r'), 'r/')).toEqual([]);
  });
});

describe('a listing of the table', () => {
  const table = tableOf('r/a', 'r/a-b', 'r/a/', 'r/a/x', 'r/e/', 'r/é/1', 'r/é/2');

  test('shows folders only while nothing lies below them', () => {
    expect(() => keys(table, WHOLE_ARCHIVE, 'r/')).toThrow('twice');
    const sound = tableOf('r/a/', 'r/a-b', 'r/a/x', 'r/e/', 'r/e-/y');
    expect(keys(sound, WHOLE_ARCHIVE, '')).toEqual(['r/a-b', 'r/a/x', 'r/e', 'r/e-/y']);
  });

  test('of one level shows each deeper prefix once, in its place', () => {
    const sound = tableOf('r/a', 'r/a-b', 'r/b/1', 'r/b/2/3', 'r/b0', 'r/é/1', 's');
    expect(keys(sound, WHOLE_ARCHIVE, '', true)).toEqual(['r/', 's']);
    expect(keys(sound, WHOLE_ARCHIVE, 'r/', true)).toEqual(['r/a', 'r/a-b', 'r/b/', 'r/b0', 'r/é/']);
    expect(keys(sound, WHOLE_ARCHIVE, 'r/b/', true)).toEqual(['r/b/1', 'r/b/2/']);
    expect(keys(sound, WHOLE_ARCHIVE, 'x/', true)).toEqual([]);
  });
});
