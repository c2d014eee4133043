import { type TestMember, zipOf } from './zip-of.js';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

/** A workbook, part by part, so that a test can make any of them wrong. */
export interface TestWorkbook {
  /** What stands in `sheetData` of each sheet, by its name. */
  readonly sheets: Readonly<Record<string, string>>;
  readonly strings?: readonly string[];
  /** Formats of the styles 1, 2, … */
  readonly formats?: readonly string[];
  readonly date1904?: boolean;
  /** Replaces or adds members. */
  readonly members?: readonly TestMember[];
}

/** The bytes of it. */
export function xlsxOf(workbook: TestWorkbook): Buffer {
  const own = workbook.members ?? [];
  const all = membersOf(workbook).filter(({ name }) => !own.some((other) => other.name === name));
  return zipOf([...all, ...own]);
}

function membersOf({ sheets, strings = [], formats = [], date1904 = false }: TestWorkbook): readonly TestMember[] {
  const names = Object.keys(sheets);
  const relationship = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`;
  const relationships = (list: readonly string[]): string =>
    `<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
  return [
    {
      name: '[Content_Types].xml',
      text: `<Types xmlns="${PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    },
    { name: '_rels/.rels', text: relationships([relationship('rId1', 'officeDocument', 'xl/workbook.xml')]) },
    {
      name: 'xl/workbook.xml',
      text: `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><workbookPr date1904="${date1904}"/><sheets>${names
        .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="s${index}"/>`)
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: relationships([
        ...names.map((_, index) => relationship(`s${index}`, 'worksheet', `worksheets/sheet${index}.xml`)),
        relationship('t', 'sharedStrings', 'sharedStrings.xml'),
        relationship('f', 'styles', '/xl/styles.xml'),
      ]),
    },
    ...Object.values(sheets).map((data, index) => ({
      name: `xl/worksheets/sheet${index}.xml`,
      text: `<worksheet xmlns="${MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>${data}</sheetData></worksheet>`,
    })),
    {
      name: 'xl/sharedStrings.xml',
      text: `<sst xmlns="${MAIN}">${strings.map((text) => `<si>${text}</si>`).join('')}</sst>`,
    },
    {
      name: 'xl/styles.xml',
      text: `<styleSheet xmlns="${MAIN}"><numFmts>${formats
        .map((format, index) => `<numFmt numFmtId="${164 + index}" formatCode="${format}"/>`)
        .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
        .map((_, index) => `<xf numFmtId="${164 + index}"/>`)
        .join('')}</cellXfs></styleSheet>`,
    },
  ];
}
