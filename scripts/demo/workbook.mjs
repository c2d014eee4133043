// A small real .xlsx: several sheets, dates, formulas with their results, text in many scripts. ECMA-376, the least that
// Excel, LibreOffice and openpyxl want.
import { zipFile } from './zip-file.mjs';

const DAY_MS = 86_400_000;
/** Day 0 of the 1900 date system, counting the 29 February 1900 that never was. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A cell that is computed: the formula without `=`, and the result a reader shows before it computes anew. */
export const formula = (text, result) => ({ formula: text, result });

/**
 * The bytes of a workbook. A cell is a string, a number, a Date (shown as a date), a {@link formula} or null.
 *
 * @param {{ name: string, rows: unknown[][] }[]} sheets
 */
export function workbookFile(sheets) {
  const sheetPaths = sheets.map((_sheet, index) => `xl/worksheets/sheet${index + 1}.xml`);
  return zipFile([
    { name: '[Content_Types].xml', text: contentTypes(sheetPaths) },
    { name: '_rels/.rels', text: relations([['officeDocument', 'xl/workbook.xml']]) },
    { name: 'xl/workbook.xml', text: workbook(sheets) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: relations([
        ...sheets.map((_sheet, index) => ['worksheet', `worksheets/sheet${index + 1}.xml`]),
        ['styles', 'styles.xml'],
      ]),
    },
    { name: 'xl/styles.xml', text: styles() },
    ...sheets.map((sheet, index) => ({ name: sheetPaths[index], text: worksheet(sheet.rows) })),
  ]);
}

function contentTypes(sheetPaths) {
  const part = (path, type) => `<Override PartName="/${path}" ContentType="${DOCUMENT}.${type}+xml"/>`;
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part('xl/workbook.xml', 'sheet.main')}${part('xl/styles.xml', 'styles')}${sheetPaths.map((path) => part(path, 'worksheet')).join('')}</Types>`;
}

function relations(entries) {
  const lines = entries.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${lines.join('')}</Relationships>`;
}

function workbook(sheets) {
  const lines = sheets.map(
    ({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${lines.join('')}</sheets></workbook>`;
}

/** Style 0 is plain, style 1 a date (built-in number format 14), style 2 bold for headings. */
function styles() {
  return `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
}

function worksheet(rows) {
  const lines = rows.map((row, rowIndex) => {
    const cells = row.map((value, column) => cell(value, `${columnName(column)}${rowIndex + 1}`, rowIndex === 0));
    return `<row r="${rowIndex + 1}">${cells.join('')}</row>`;
  });
  return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function cell(value, at, isHeading) {
  if (value === null) return '';
  if (value instanceof Date) return `<c r="${at}" s="1"><v>${(value.getTime() - EPOCH_MS) / DAY_MS}</v></c>`;
  if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`;
  if (typeof value === 'object') return `<c r="${at}"><f>${escaped(value.formula)}</f><v>${value.result}</v></c>`;
  const style = isHeading ? ' s="2"' : '';
  return `<c r="${at}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

function columnName(column) {
  return column < 26
    ? String.fromCharCode(65 + column)
    : columnName(Math.floor(column / 26) - 1) + columnName(column % 26);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
