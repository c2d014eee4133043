import type { ContentFaultCode } from '@holdfast/core/inspect';
import { describe, expect, it } from 'vitest';
import { excelInspector } from '../src/index.js';
import { inspected } from './inspected.js';
import { rowsOf } from './rows-of.js';
import { xlsxOf } from './xlsx-of.js';
import { zipOf } from './zip-of.js';

const sound = xlsxOf({ sheets: { S: rowsOf([['a', 1]]) }, strings: ['<t>x</t>'] });
const sheet = (text: string): Buffer =>
  xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/worksheets/sheet0.xml', text }] });
const contentTypes = (type: string): Buffer =>
  zipOf([{ name: '[Content_Types].xml', text: `<Types><Override PartName="/x" ContentType="${type}"/></Types>` }]);
const mimetype = (type: string): Buffer => zipOf([{ name: 'mimetype', text: type }]);

describe('a file that is no sound workbook is named, and exports nothing', () => {
  const cases: readonly (readonly [
    what: string,
    code: ContentFaultCode,
    message: RegExp,
    bytes: Uint8Array,
    name?: string,
  ])[] = [
    ['empty', 'TRUNCATED', /empty/, Buffer.alloc(0)],
    ['all zeros', 'INVALID', /zeros/, Buffer.alloc(5000)],
    ['cut off', 'TRUNCATED', /end is missing/, sound.subarray(0, sound.length - 30)],
    ['cut off within the first member', 'TRUNCATED', /end is missing/, sound.subarray(0, 100)],
    ['a text with separators', 'MISNAMED', /\.csv/, Buffer.from('a,b\n1,2\n')],
    ['a web page', 'MISNAMED', /web page/, Buffer.from('\n<!DOCTYPE html><html><table>')],
    ['a PDF', 'MISNAMED', /PDF/, Buffer.from('%PDF-1.7\n')],
    [
      'an XML spreadsheet',
      'MISNAMED',
      /2003/,
      Buffer.from('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'),
    ],
    ['random bytes', 'MISNAMED', /not known/, Buffer.from([1, 2, 3, 4, 5, 6])],
    [
      'a Word document',
      'MISNAMED',
      /Word/,
      contentTypes('application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'),
    ],
    ['a binary workbook', 'MISNAMED', /xlsb/, contentTypes('application/vnd.ms-excel.sheet.binary.macroEnabled.main')],
    ['another zip archive', 'MISNAMED', /zip archive/, zipOf([{ name: 'a.txt', text: 'a' }])],
    ['an OpenDocument spreadsheet', 'MISNAMED', /\.ods/, mimetype('application/vnd.oasis.opendocument.spreadsheet')],
    ['a newer workbook', 'MISNAMED', /\.xlsx/, sound, 'data.xls'],
    ['a newer workbook', 'MISNAMED', /\.xlsx/, sound, 'data.ods'],
    [
      'members that are encrypted',
      'ENCRYPTED',
      /encrypted/,
      xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/workbook.xml', text: 'x', flags: 1 }] }),
    ],
    [
      'a member packed by another method',
      'UNSUPPORTED',
      /method 12/,
      xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/workbook.xml', text: 'x', method: 12 }] }),
    ],
    [
      'a wrong checksum',
      'INVALID',
      /checksum/,
      xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/workbook.xml', text: '<workbook/>', crc: 1 }] }),
    ],
    [
      'a wrong checksum in a picture that nothing reads',
      'INVALID',
      /checksum/,
      xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/media/image1.png', text: 'x', crc: 1 }] }),
    ],
    [
      'a list of sheets that is missing',
      'INVALID',
      /list of its sheets/,
      contentTypes('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'),
    ],
    [
      'a sheet that is missing',
      'INVALID',
      /does not have/,
      xlsxOf({ sheets: { S: '' }, members: [{ name: 'xl/_rels/workbook.xml.rels', text: '<Relationships/>' }] }),
    ],
    ['a part that ends too early', 'TRUNCATED', /ends too early/, sheet('<worksheet><sheetData><row r="1">')],
    ['elements out of order', 'INVALID', /order they began/, sheet('<worksheet><sheetData></worksheet></sheetData>')],
    [
      'rows out of order',
      'INVALID',
      /rows of a sheet/,
      sheet('<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>'),
    ],
    [
      'a row beyond the last one',
      'INVALID',
      /rows of a sheet/,
      sheet('<worksheet><sheetData><row r="1048577"/></sheetData></worksheet>'),
    ],
    [
      'a cell without a place',
      'INVALID',
      /no place/,
      sheet('<worksheet><sheetData><row r="1"><c r="XFE1"/></row></sheetData></worksheet>'),
    ],
    [
      'a text that is not there',
      'INVALID',
      /names a text/,
      sheet('<worksheet><sheetData><row r="1"><c t="s"><v>7</v></c></row></sheetData></worksheet>'),
    ],
    [
      'entities of its own',
      'INVALID',
      /declares/,
      sheet('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'),
    ],
    ['an entity that XML does not know', 'INVALID', /entity/, sheet('<worksheet>&nbsp;</worksheet>')],
    [
      'bytes that are no text',
      'INVALID',
      /no text/,
      xlsxOf({
        sheets: { S: '' },
        members: [{ name: 'xl/worksheets/sheet0.xml', text: Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0x3e]) }],
      }),
    ],
    [
      'a row between two rows',
      'INVALID',
      /order/,
      sheet('<worksheet><sheetData><row r="1.5"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'),
    ],
    ['elements within elements without end', 'INVALID', /nested/, sheet('<a>'.repeat(500))],
  ];
  for (const [what, code, message, bytes, name] of cases) {
    it(`${what}${name === undefined ? '' : ` called ${name}`}: ${code}`, async () => {
      const { inspection, csv } = await inspected(bytes, name === undefined ? {} : { name });
      expect(inspection).toMatchObject({ fault: { code } });
      expect('fault' in inspection && inspection.fault.message).toMatch(message);
      expect(csv).toEqual({});
    });
  }
});

describe('what would take too much ends soon', () => {
  const limits = { timeoutMs: 60_000, heapMiB: 256, maxInflatedBytes: 20 * 1024 * 1024 };

  it('a zip bomb ends at the bytes that may come out, or where a member lies about its length', async () => {
    const bomb = (more: object): Buffer =>
      xlsxOf({
        sheets: { S: '' },
        members: [{ name: 'xl/worksheets/sheet0.xml', text: `<a>${' '.repeat(30 * 1024 * 1024)}</a>`, ...more }],
      });
    const [honest, lying] = [
      await inspected(bomb({}), { limits }),
      await inspected(bomb({ announcedBytes: 10 }), { limits }),
    ];
    expect(honest.inspection).toMatchObject({
      status: 'broken',
      fault: { code: 'BOMB', message: expect.stringMatching(/20971520 bytes/) },
    });
    expect(lying.inspection).toMatchObject({
      status: 'broken',
      fault: { code: 'BOMB', message: expect.stringMatching(/announces/) },
    });
  });

  it('a workbook that is honestly too large is not called a bomb', async () => {
    const data = rowsOf(Array.from({ length: 3000 }, (_, index) => [Math.sqrt(index), Math.sin(index)]));
    const { inspection } = await inspected(xlsxOf({ sheets: { S: data } }), {
      limits: { ...limits, maxInflatedBytes: 100_000 },
    });
    expect(inspection).toMatchObject({ status: 'opaque', fault: { code: 'TOO_LARGE' } });
  });

  it('a text that stands in very many cells is counted, and its CSV is not written', async () => {
    const strings = [`<t>${'x'.repeat(32_000)}</t>`];
    const row = (number: number): string => `<row r="${number}"><c t="s"><v>0</v></c></row>`;
    const data = Array.from({ length: 5000 }, (_, index) => row(index + 1)).join('');
    const { inspection, csv } = await inspected(xlsxOf({ sheets: { S: data, T: rowsOf([['kept']]) }, strings }), {
      limits,
    });
    expect(inspection).toMatchObject({ status: 'opaque', fault: { code: 'TOO_LARGE' }, facts: { cells: 5001 } });
    expect(csv).toEqual({ T: 'kept\r\n' });
  });

  it('a cell at the far corner makes no field for each place before it', async () => {
    const { inspection, csv } = await inspected(
      xlsxOf({
        sheets: { S: '<row r="1"><c><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>' },
      }),
      { limits },
    );
    expect(inspection).toMatchObject({ status: 'sound', facts: { sheets: [{ rows: 1_048_576, columns: 16_384 }] } });
    expect(csv.S).toHaveLength(3 + 2 * 1_048_574 + 16_383 + 3);
  });

  it('a cell of five million characters is none', async () => {
    const data = `<row><c t="inlineStr"><is><t>${'x'.repeat(5_000_000)}</t></is></c></row>`;
    expect((await inspected(xlsxOf({ sheets: { S: data } }), { limits })).inspection).toMatchObject({
      fault: { code: 'BOMB' },
    });
  });

  it('a sheet that is named a thousand times is read once at most', async () => {
    const list = Array.from({ length: 1000 }, (_, index) => `<sheet name="S${index}" xmlns:r="r" r:id="s0"/>`).join('');
    const bytes = xlsxOf({
      sheets: { S: '' },
      members: [{ name: 'xl/workbook.xml', text: `<workbook><sheets>${list}</sheets></workbook>` }],
    });
    expect((await inspected(bytes, { limits })).inspection).toMatchObject({ fault: { code: 'INVALID' } });
  });

  it('what is not read in time is opaque, and the next file is read as ever', async () => {
    const data = rowsOf(Array.from({ length: 20_000 }, (_, index) => [index, 'a', 'b', 'c']));
    const slow = await inspected(xlsxOf({ sheets: { S: data } }), { limits: { ...limits, timeoutMs: 1 } });
    expect(slow.inspection).toMatchObject({ status: 'opaque', fault: { code: 'TIMEOUT' } });
    expect((await inspected(sound, { limits })).inspection.status).toBe('sound');
  });

  it('a thread that needs more memory than it may is ended, and the next file is read as ever', async () => {
    const type = `<Override ContentType="${'x'.repeat(2000)}"/>`;
    const bytes = zipOf([{ name: '[Content_Types].xml', text: `<Types>${type.repeat(20_000)}</Types>` }]);
    const small = { timeoutMs: 60_000, heapMiB: 16, maxInflatedBytes: 1024 ** 3 };
    expect((await inspected(bytes, { limits: small })).inspection).toMatchObject({
      status: 'opaque',
      fault: { code: 'TOO_LARGE' },
    });
    expect((await inspected(sound, { limits: small })).inspection.status).toBe('sound');
  });
});

describe('whoever asks', () => {
  const file = { name: 'data.xlsx', sizeBytes: sound.length, content: { bytes: sound } };

  it('can stop it', async () => {
    await expect(excelInspector.inspect(file, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
    const controller = new AbortController();
    const sink = {
      async begin() {
        controller.abort(new Error('stop now'));
      },
      async write() {},
    };
    await expect(excelInspector.inspect(file, { signal: controller.signal, exports: { sink } })).rejects.toThrow(
      'stop now',
    );
  });

  it('gets the error of a sink as it is', async () => {
    const error = new Error('no room');
    const sink = { begin: () => Promise.reject(error), write: async () => undefined };
    await expect(excelInspector.inspect(file, { exports: { sink } })).rejects.toBe(error);
  });

  it('gets only the sheets that are wanted', async () => {
    const bytes = xlsxOf({ sheets: { A: rowsOf([['a']]), B: rowsOf([['b']]), C: '' } });
    const begun: string[] = [];
    const sink = {
      wants: ({ index }: { index: number }) => index > 0,
      begin: async ({ name }: { name: string }) => void begun.push(name),
      write: async (piece: Uint8Array) => void begun.push(Buffer.from(piece).toString()),
    };
    await excelInspector.inspect({ ...file, content: { bytes } }, { exports: { sink } });
    expect(begun).toEqual(['B', 'b\r\n', 'C']);
  });

  it('is answered for ten files at a time', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => excelInspector.inspect(file)));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'sound'));
  });

  it('is told which names are for it, and which are marks of the moment', () => {
    const names = [
      'a.xlsx',
      'A.XLSM',
      'b.xls',
      'c.ods',
      'd.xlsb',
      'e.csv',
      'xlsx',
      '~$data.xlsx',
      '.~lock.data.ods#',
      '~data.xlsx',
    ];
    expect(names.filter((name) => excelInspector.recognises(name))).toEqual([
      'a.xlsx',
      'A.XLSM',
      'b.xls',
      'c.ods',
      '~$data.xlsx',
      '~data.xlsx',
    ]);
    expect(excelInspector.transientNames).toContain('~$*.[xX][lL][sS][xXmMbB]');
    expect(excelInspector.transientNames).toContain('.~lock.*#');
  });

  it('finds a file that is gone, and is told so without an error', async () => {
    const gone = { name: 'data.xlsx', sizeBytes: 5, content: { path: '/nowhere/data.xlsx' } };
    expect(await excelInspector.inspect(gone)).toMatchObject({ status: 'opaque', fault: { code: 'FAILED' } });
  });
});
