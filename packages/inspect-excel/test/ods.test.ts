import { describe, expect, it } from 'vitest';
import { type Inspected, inspected } from './inspected.js';
import { zipOf } from './zip-of.js';

/** An OpenDocument spreadsheet of these tables. */
function odsOf(tables: string, styles = ''): Buffer {
  const names = ['office', 'table', 'text', 'style', 'calcext', 'draw', 'dc'].map(
    (name) => `xmlns:${name}="urn:${name}"`,
  );
  const content = `<office:document-content ${names.join(' ')}><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`;
  return zipOf([
    { name: 'mimetype', text: 'application/vnd.oasis.opendocument.spreadsheet' },
    { name: 'content.xml', text: content },
  ]);
}

const table = (rows: string, name = 'T'): string => `<table:table table:name="${name}">${rows}</table:table>`;
const row = (cells: string, attributes = ''): string => `<table:table-row ${attributes}>${cells}</table:table-row>`;
const text = (content: string): string =>
  `<table:table-cell office:value-type="string"><text:p>${content}</text:p></table:table-cell>`;
const typed = (type: string, attributes: string, shown = 'shown'): string =>
  `<table:table-cell office:value-type="${type}" ${attributes}><text:p>${shown}</text:p></table:table-cell>`;

async function read(bytes: Uint8Array): Promise<Inspected> {
  const limits = { timeoutMs: 60_000, heapMiB: 256, maxInflatedBytes: 20 * 1024 * 1024 };
  return inspected(bytes, { name: 'data.ods', limits });
}
const csvOf = async (rows: string): Promise<string | undefined> => (await read(odsOf(table(rows)))).csv.T;

describe('an OpenDocument spreadsheet', () => {
  it('has rows and cells that stand for several', async () => {
    const repeated = 'table:number-rows-repeated="3"';
    const blank = '<table:table-cell table:number-columns-repeated="2"/>';
    const rows = [
      row(`${blank}${text('a')}`, repeated),
      row('<table:table-cell table:number-columns-repeated="16384"/>', 'table:number-rows-repeated="2"'),
      row(
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>',
      ),
      row(blank, 'table:number-rows-repeated="1048570"'),
    ];
    expect(await csvOf(rows.join(''))).toBe(',,a\r\n,,a\r\n,,a\r\n,,\r\n,,\r\n7,7,\r\n');
  });

  it('has values by what is stored, not by what is shown', async () => {
    const rows = [
      typed('float', 'office:value="0.10000000000000001"', '0,1'),
      typed('percentage', 'office:value="0.255"', '26%'),
      typed('currency', 'office:value="1234.5"', '1.234,50 €'),
      typed('date', 'office:date-value="2024-02-29"'),
      typed('date', 'office:date-value="2024-02-29T08:30:15.250000000"'),
      typed('time', 'office:time-value="PT26H30M00S"'),
      typed('time', 'office:time-value="-PT1H0.5S"'),
      typed('boolean', 'office:boolean-value="true"', 'WAHR'),
      typed('string', 'calcext:value-type="error" office:string-value=""', '#DIV/0!'),
      typed('string', 'office:string-value="long"', 'lo'),
    ];
    expect(await csvOf(row(rows.join('')))).toBe(
      '0.1,0.255,1234.5,2024-02-29,2024-02-29T08:30:15.25,26:30:00,-01:00:00.5,TRUE,#DIV/0!,long\r\n',
    );
  });

  it('has as a guarded text what a cell calls a number, an error or a time, and is none', async () => {
    const rows = [
      typed('float', 'office:value="=1,2"'),
      typed('date', 'office:date-value="+1+cmd|x"'),
      typed('time', 'office:time-value="@A1"'),
      typed('string', 'calcext:value-type="error" office:string-value=""', '=cmd'),
      typed('string', 'calcext:value-type="error" office:string-value=""', '#¡DIV/0!'),
    ];
    expect(await csvOf(row(rows.join('')))).toBe(`"'=1,2",'+1+cmd|x,'@A1,'=cmd,#¡DIV/0!\r\n`);
  });

  it('with a formula or a moment of half a million signs is read as quickly as any', async () => {
    const rows = [
      typed('date', `office:date-value="1.${'0'.repeat(500_000)}1"`),
      typed('date', `office:date-value="1${'.0'.repeat(250_000)}"`),
      typed('time', `office:time-value="PT${'0'.repeat(500_000)}"`),
      typed('float', `table:formula="of:=${'['.repeat(500_000)}" office:value="1"`),
      typed('float', `table:formula="of:=${'[.A1]'.repeat(100_000)}" office:value="2"`),
    ];
    expect(await csvOf(row(rows.join('')))).toMatch(/0,1,2\r\n$/);
  });

  it('has texts with their lines and blanks, and nothing of what stands beside them', async () => {
    const rows = [
      text('  one  <text:span>two</text:span><text:s text:c="3"/>\n three<text:line-break/>four'),
      '<table:table-cell office:value-type="string"><office:annotation><dc:date>now</dc:date><text:p>a note</text:p></office:annotation><text:p>x</text:p><text:p>y</text:p></table:table-cell>',
      text('<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>ひがし</text:ruby-text></text:ruby>'),
      text('a<text:tab/>b'),
    ];
    expect(await csvOf(row(rows.join('')))).toBe('"one two    three\nfour","x\ny",東,a\tb\r\n');
  });

  it('has sheets in their order, hidden ones too, and what is covered by a merged cell', async () => {
    const styles =
      '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>';
    const merged = row(`${text('m')}<table:covered-table-cell/>${text('z')}`);
    const tables = `${table(merged, 'One')}<table:table table:name="Two" table:style-name="h">${row(text('t'))}</table:table>${table('', 'Three')}`;
    const { csv, inspection } = await read(odsOf(tables, styles));
    expect(csv).toEqual({ One: 'm,,z\r\n', Two: 't\r\n', Three: '' });
    expect(inspection.facts).toMatchObject({
      sheets: [{ name: 'One' }, { name: 'Two', hidden: true }, { name: 'Three', rows: 0 }],
    });
  });

  it('that repeats a row or a cell without end is a bomb, or breaks a rule', async () => {
    const wide = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>';
    const bomb = await read(odsOf(table(row(wide, 'table:number-rows-repeated="1048576"'))));
    expect(bomb.inspection).toMatchObject({ status: 'broken', fault: { code: 'BOMB' } });
    for (const repeats of ['0', '-1', '1.5', 'x', '16385']) {
      const broken = row(
        `<table:table-cell table:number-columns-repeated="${repeats}" office:value-type="float" office:value="1"/>`,
      );
      expect((await read(odsOf(table(broken)))).inspection).toMatchObject({ fault: { code: 'INVALID' } });
    }
    const deep = row(text('x'), 'table:number-rows-repeated="1048577"');
    expect((await read(odsOf(table(deep)))).inspection).toMatchObject({ fault: { code: 'INVALID' } });
  });
});
