import { describe, expect, it } from 'vitest';
import { inspected } from './inspected.js';
import { xlsxOf } from './xlsx-of.js';

/** The CSV of a workbook with one sheet. */
async function csvOf(data: string, workbook: Omit<Parameters<typeof xlsxOf>[0], 'sheets'> = {}): Promise<string> {
  const { inspection, csv } = await inspected(xlsxOf({ sheets: { S: data }, ...workbook }));
  expect(inspection.status).toBe('sound');
  return csv.S ?? '';
}

const cell = (reference: string, value: string, attributes = ''): string =>
  `<c r="${reference}" ${attributes}><v>${value}</v></c>`;
const row = (number: number, ...cells: string[]): string => `<row r="${number}">${cells.join('')}</row>`;

describe('the CSV of a sheet', () => {
  it('has numbers with all of their digits', async () => {
    const numbers = [
      '1234567890123456',
      '0.10000000000000001',
      '-1.5E-7',
      '12345678901234567890',
      '1E+21',
      '-0.5',
      '3',
    ];
    const data = row(1, ...numbers.map((number, index) => cell(`${'ABCDEFG'.charAt(index)}1`, number)));
    expect(await csvOf(data)).toBe('1234567890123456,0.1,-1.5e-7,12345678901234567890,1e+21,-0.5,3\r\n');
  });

  it('has texts as they are: leading zeros, quotes, line ends, blanks, rich text without its phonetic reading', async () => {
    const strings = [
      '<t>007</t>',
      '<t>a, "b"</t>',
      '<t>one\r\ntwo</t>',
      '<t xml:space="preserve"> x </t>',
      '<r><rPr><b/></rPr><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="1"><t>トウ</t></rPh><phoneticPr fontId="1"/>',
      '<t>a&amp;b&#x41;_x000D__x005F_x</t>',
    ];
    const data = row(1, ...strings.map((_, index) => cell(`${'ABCDEF'.charAt(index)}1`, String(index), 't="s"')));
    expect(await csvOf(data, { strings })).toBe('007,"a, ""b""","one\ntwo"," x ",東京,"a&bA\r_x"\r\n');
  });

  it('has dates in both systems as ISO 8601, and numbers where there is no such day', async () => {
    const formats = ['yyyy-mm-dd', 'dd/mm/yy h:mm', 'h:mm', '[h]:mm'];
    const data = row(
      1,
      cell('A1', '43889', 's="1"'),
      cell('B1', '43889.25', 's="2"'),
      cell('C1', '0.25', 's="3"'),
      cell('D1', '1.25', 's="4"'),
      cell('E1', '-3', 's="1"'),
      '<c r="F1" t="d" s="1"><v>2024-02-29</v></c>',
    );
    expect(await csvOf(data, { formats })).toBe('2020-02-28,2020-02-28T06:00:00,06:00:00,30:00:00,-3,2024-02-29\r\n');
    expect(await csvOf(data, { formats, date1904: true })).toBe(
      '2024-02-29,2024-02-29T06:00:00,06:00:00,30:00:00,-3,2024-02-29\r\n',
    );
  });

  it('has booleans, errors, inline texts and the stored results of formulas', async () => {
    const data = row(
      1,
      cell('A1', '1', 't="b"'),
      cell('B1', '0', 't="b"'),
      cell('C1', '#N/A', 't="e"'),
      '<c r="D1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>',
      '<c r="E1"><f>1+1</f><v>2</v></c>',
      '<c r="F1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>',
      '<c r="G1"><f>NOW()</f></c>',
    );
    expect(await csvOf(data)).toBe('TRUE,FALSE,#N/A,inline,2,ab,\r\n');
  });

  it('keeps empty rows and columns within the range that is used, and nothing of what the sheet only says to use', async () => {
    const data = row(2, cell('B2', '1')) + row(4, cell('C4', '2'), '<c r="XFD4" s="0"/>') + row(9, '<c r="A9"/>');
    expect(await csvOf(data)).toBe(',,\r\n,1,\r\n,,\r\n,,2\r\n');
  });

  it('finds places also where they are not written', async () => {
    expect(
      await csvOf('<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>'),
    ).toBe('1,,,2,3\r\n4,,,,\r\n');
  });

  it('guards texts that a spreadsheet would run, but for raw ones, and counts them', async () => {
    const bytes = xlsxOf({
      sheets: { S: row(1, cell('A1', '0', 't="s"'), cell('B1', '-5'), cell('C1', '1', 't="s"')) },
      strings: ['<t>=1+1</t>', '<t>-7</t>'],
    });
    expect((await inspected(bytes)).csv.S).toBe("'=1+1,-5,-7\r\n");
    const { csv, inspection } = await inspected(bytes, { raw: true });
    expect(csv.S).toBe('=1+1,-5,-7\r\n');
    expect(inspection.facts).toMatchObject({ formulaLikeTexts: 1 });
  });

  it('has as a guarded text what a cell calls a number, an error or a day, and is none', async () => {
    const data = row(
      1,
      cell('A1', '=HYPERLINK("x"),b'),
      cell('B1', '=cmd|x', 't="e"'),
      cell('C1', '@SUM(1)\n', 't="d"'),
      cell('D1', '-1+cmd', 's="1"'),
      cell('E1', '0x10'),
      cell('F1', 'TRUE', 't="b"'),
      cell('G1', '#N/A', 't="e"'),
    );
    expect(await csvOf(data, { formats: ['yyyy'] })).toBe(
      `"'=HYPERLINK(""x""),b",'=cmd|x,"'@SUM(1)\n",'-1+cmd,0x10,TRUE,#N/A\r\n`,
    );
  });

  it('has the last one of two cells that say to be at one place, in their order', async () => {
    const data = row(1, cell('C1', '3'), cell('A1', '1'), cell('A1', '2'));
    expect(await csvOf(data)).toBe('2,,3\r\n');
  });
});
