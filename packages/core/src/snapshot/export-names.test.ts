import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExportNames } from './export-names.js';
import { foldName } from './fold-name.js';

const part = (name: string, index = 1) => ({ name, index, extension: 'csv' });

describe('the name of an export', () => {
  it('is the stem for the first part, and has the name of each further one behind it', () => {
    const names = new ExportNames();
    expect(names.nameOf('data_backup', part('Attendance', 0))).toBe('data_backup.csv');
    expect(names.nameOf('data_backup', part('2026 Q1', 1))).toBe('data_backup.2026 Q1.csv');
  });

  it('keeps letters and digits of every script, and makes _ of what could lead elsewhere', () => {
    const names = new ExportNames();
    expect(names.nameOf('b', part('../../x'))).toBe('b..._.._x.csv');
    expect(names.nameOf('b', part('a/b\\c:d'))).toBe('b.a_b_c_d.csv');
    expect(names.nameOf('b', part('Année 出席 ٣'))).toBe('b.Année 出席 ٣.csv');
    expect(names.nameOf('b', part('__proto__'))).toBe('b.__proto__.csv');
    expect(names.nameOf('b', part('\u001b[2J\u202e'))).toBe('b.__2J_.csv');
  });

  it('gets -2 where it is taken, in whatever case or composition, also by a file of the source', () => {
    const names = new ExportNames(['Data_Backup.csv']);
    expect(names.nameOf('data_backup', part('one', 0))).toBe('data_backup-2.csv');
    expect(names.nameOf('data_backup', part('Caf\u00e9'))).toBe('data_backup.Caf\u00e9.csv');
    expect(names.nameOf('data_backup', part('CAFE\u0301'))).toBe('data_backup.CAF\u00c9-2.csv');
    expect(names.nameOf('data_backup', part('café-2'))).toBe('data_backup.café-2-2.csv');
  });

  it('is short, of printable characters, without a separator, and its own, whatever the parts are called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'A', '/', '?')), { maxLength: 30 }),
        (given) => {
          const names = new ExportNames();
          const made = given.map((name, index) => names.nameOf('stem', part(name, index)));
          expect(new Set(made.map(foldName)).size).toBe(made.length);
          for (const name of made) {
            expect(name).toMatch(/^stem[\p{L}\p{N} _.-]*\.csv$/u);
            expect(Buffer.byteLength(name)).toBeLessThan(130);
          }
        },
      ),
    );
    const long = new ExportNames().nameOf('stem', part('出'.repeat(1000)));
    expect(Buffer.byteLength(long)).toBe('stem.'.length + 99 + '.csv'.length);
  });
});
