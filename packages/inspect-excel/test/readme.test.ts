import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { xlsxOf } from './xlsx-of.js';

const HEAD =
  '<row r="1"><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><t>name</t></is></c><c t="inlineStr"><is><t>in</t></is></c><c t="inlineStr"><is><t>hours</t></is></c></row>';
const person = (id: string, name: string, day: number, hours: string): string =>
  `<row><c t="inlineStr"><is><t>${id}</t></is></c><c t="inlineStr"><is><t>${name}</t></is></c><c s="1"><v>${day}</v></c><c>${hours}</c></row>`;

test('the example of the README prints what stands there', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const [, output = ''] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  // Inside the package, whose name the example imports.
  const folder = mkdtempSync(join(import.meta.dirname, '.readme-'));
  try {
    const write = (name: string, rows: string): void =>
      writeFileSync(join(folder, name), xlsxOf({ sheets: { Attendance: rows }, formats: ['dd.mm.yy hh:mm'] }));
    const first = (hours: string): string => person('007', 'Jürgen Müller', 45_351.354_166_666_7, hours);
    write('monday.xlsx', `${HEAD}${first('<v>8</v>')}`);
    write('tuesday.xlsx', `${HEAD}${first('<f>8+1</f><v>9</v>')}${person('008', '=Ada', 45_351.375, '<v>7.5</v>')}`);
    writeFileSync(join(folder, 'example.mjs'), code);
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed.replaceAll('\r\n', '\n')).toBe(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
