import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldName } from '../snapshot/index.js';
import { pathFault } from '../snapshot/path-order.js';
import { windowsNameFault } from '../target/key-limits.js';
import { ExportPlaces } from './export-places.js';

const first = { name: 'Sheet1', index: 0, extension: 'csv' };
const second = { name: 'Q1', index: 1, extension: 'csv' };

/** The paths of two parts of each file, in the order of the files. */
function pathsOf(tops: readonly string[], files: readonly string[]): string[] {
  const places = new ExportPlaces(tops);
  return files.flatMap((file) => {
    const [sourceName = '', ...names] = file.split('/');
    const place = places.place({ sourceName, names: names.length === 0 ? [sourceName] : names });
    return [place.pathOf(first), place.pathOf(second)];
  });
}

describe('the place of an export', () => {
  it('is the top for the first file of a name at the top of its source, and below its source for any other', () => {
    expect(
      pathsOf(['excel', 'old'], ['excel/data.xlsx', 'excel/q/data.xlsx', 'old/data.xls', 'old/more.xlsx']),
    ).toEqual([
      'data_backup.csv',
      'data_backup.Q1.csv',
      'excel_backup/q/data_backup.csv',
      'excel_backup/q/data_backup.Q1.csv',
      'old_backup/data_backup.csv',
      'old_backup/data_backup.Q1.csv',
      'more_backup.csv',
      'more_backup.Q1.csv',
    ]);
  });

  it('is the top for a file that is itself a source', () => {
    expect(pathsOf(['data.xlsx'], ['data.xlsx'])).toEqual(['data_backup.csv', 'data_backup.Q1.csv']);
  });

  it('leaves every name that a source has to the source, in whatever case', () => {
    const tops = ['Data_Backup.csv', 'a_backup', 'a'];
    expect(pathsOf(tops, ['a/data.xlsx', 'a/sub/data.xlsx'])).toEqual([
      'data_backup-2.csv',
      'data_backup.Q1.csv',
      'a_backup-2/sub/data_backup.csv',
      'a_backup-2/sub/data_backup.Q1.csv',
    ]);
  });

  it('is another one for files whose names differ in case or in their ending, and for folders that do', () => {
    expect(pathsOf(['s'], ['s/A/x.xlsx', 's/a/X.ods', 's/a/x.xls', 's/a/x_backup/x.xlsx'])).toEqual([
      's_backup/A/x_backup.csv',
      's_backup/A/x_backup.Q1.csv',
      's_backup/a-2/X_backup.csv',
      's_backup/a-2/X_backup.Q1.csv',
      's_backup/a-2/x_backup-2.csv',
      's_backup/a-2/x_backup.Q1-2.csv',
      's_backup/a-2/x_backup/x_backup.csv',
      's_backup/a-2/x_backup/x_backup.Q1.csv',
    ]);
  });

  it('has no name that Windows does not have', () => {
    expect(
      pathsOf(['s'], ['s/con/a:b?.xlsx', 's/dots. ./aux.x.xlsx', `s/t/${'é'.repeat(200)}.xlsx`]).filter(
        (_, at) => at % 2 === 0,
      ),
    ).toEqual([
      's_backup/_con/a_b__backup.csv',
      's_backup/dots___/_aux.x_backup.csv',
      `s_backup/t/${'é'.repeat(60)}_backup.csv`,
    ]);
  });

  it('is inside the snapshot, of printable names, short, and nobody else has it, whatever files and parts are called', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'a',
        'A',
        'a_backup',
        'data.xlsx',
        'DATA.xls',
        'data_backup.csv',
        '__proto__',
        'x'.repeat(300),
        '..a',
        'nul',
        'con .x',
        'conin$',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).map((text) => text.replace(/[/\0]/g, '~')),
    );
    const isName = (text: string): boolean => text !== '.' && text !== '..';
    const path = fc.array(name.filter(isName), { minLength: 1, maxLength: 3 });
    const part = fc.oneof(
      fc.constantFrom('../../x', 'a/b', '__proto__', 'n'.repeat(1000), 'one', 'ONE'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), fc.array(part, { maxLength: 4 }), (files, parts) => {
        // As a walk gives them: sorted, each folder in one go.
        const sorted = [...new Map(files.map((file) => [file.join('/'), file])).values()].sort((left, right) =>
          Buffer.compare(Buffer.from(`${left.join('\0')}`), Buffer.from(right.join('\0'))),
        );
        const tops = ['s', 'a_backup', 'DATA_BACKUP.csv'];
        const places = new ExportPlaces(tops);
        const taken = new Set(tops.map(foldName));
        const folders = new Set<string>();
        for (const names of sorted) {
          const place = places.place({ sourceName: 's', names });
          const made = parts.map((partName, index) => place.pathOf({ name: partName, index, extension: 'csv' }));
          for (const { path: folder } of parts.length === 0 ? [] : place.folders) folders.add(folder);
          for (const exported of made) {
            expect(pathFault(Buffer.from(exported))).toBeUndefined();
            expect(taken.has(foldName(exported))).toBe(false);
            taken.add(foldName(exported));
            const segments = exported.split('/');
            for (const segment of segments) {
              expect(Buffer.byteLength(segment)).toBeLessThanOrEqual(255);
              expect(segment).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
              expect(windowsNameFault(segment)).toBeUndefined();
            }
            // Each folder that it lies in is told.
            for (let at = 1; at < segments.length; at += 1) expect(folders).toContain(segments.slice(0, at).join('/'));
          }
        }
        for (const folder of folders) expect(taken.has(foldName(folder))).toBe(false);
      }),
    );
  });
});
