import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { consoleReporter, exportCsv } from '../src/index.js';
import { Program } from './program.js';

test('row 6: writes every sheet as CSV that a person can read, and says what it wrote', async () => {
  const program = new Program();
  const result = await exportCsv(program.excelFile, program.at('out.csv'), program.options);
  expect(result).toMatchObject({ status: 'done', skippedCount: 0 });
  expect(result.files.map(({ sheet, path }) => [sheet, path])).toEqual([
    ['Attendance', program.at('out.csv')],
    ['Late comers', program.at('out.Late comers.csv')],
  ]);
  expect(readFileSync(program.at('out.csv'), 'utf8')).toContain("'=HYPERLINK,0018,2026-11-27,-5");
  expect(program.told()).toHaveLength(2);
  await exportCsv(program.excelFile, program.at('out.csv'), { raw: true });
  expect(readFileSync(program.at('out.csv'), 'utf8')).toContain('\n=HYPERLINK,');
});

test('row 6: a workbook that is missing, broken or none is reported, and what stands stands', async () => {
  const program = new Program();
  writeFileSync(program.at('out.csv'), 'of yesterday');
  program.goWrong();
  writeFileSync(program.at('notes.txt'), 'no workbook');
  for (const name of ['data.xlsx', 'missing.xlsx', 'notes.txt']) {
    const result = await exportCsv(program.at(name), program.at('out.csv'), program.options);
    expect(result).toMatchObject({ status: 'unreadable', files: [], skipped: [{ path: program.at(name) }] });
  }
  expect(readFileSync(program.at('out.csv'), 'utf8')).toBe('of yesterday');
  expect(program.told('skipped')).toHaveLength(3);
});

test('row 6: asks before it replaces where it is to ask', async () => {
  const program = new Program();
  writeFileSync(program.at('out.csv'), 'of yesterday');
  const result = await exportCsv(program.excelFile, program.at('out.csv'), { confirm: () => false });
  expect(result).toMatchObject({ status: 'declined', files: [] });
  expect(readFileSync(program.at('out.csv'), 'utf8')).toBe('of yesterday');
  expect(existsSync(program.at('out.Late comers.csv'))).toBe(false);
});

test('the reporter for a console prints a line for each file, and names so that a terminal obeys nothing', () => {
  const [out, errors]: [string[], string[]] = [[], []];
  const report = consoleReporter({ log: (line) => out.push(line), warn: (line) => errors.push(line) });
  report({ type: 'file', action: 'copied', path: 'npy/a\u001b[31m.npy', sizeBytes: 1 });
  report({ type: 'file', action: 'alreadyThere', path: 'npy/b.npy', sizeBytes: 1 });
  report({ type: 'note', code: 'X', message: 'known' });
  report({ type: 'skipped', code: 'UNREADABLE', path: 'npy/c.npy', message: 'it cannot be read' });
  report({ type: 'done', status: 'done', message: 'Done.' });
  expect(out).toEqual(['Copied: npy/a\\x1b[31m.npy', 'Already there: npy/b.npy', 'Note: known', 'Done.']);
  expect(errors).toEqual(['Attention: npy/c.npy: it cannot be read']);
});
