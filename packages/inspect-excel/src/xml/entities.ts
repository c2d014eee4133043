import { ContentError } from '../content-error.js';

/** The five that XML knows without a declaration, and declarations are refused. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Text of an XML part as it is meant: `&lt;` is `<`.
 *
 * @throws ContentError `INVALID`: an entity that XML does not know.
 */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,10});?/g, (all, name: string) => {
    const known = NAMED.get(name);
    if (known !== undefined && all.endsWith(';')) return known;
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = number === null ? Number.NaN : Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10);
    if (!all.endsWith(';') || !isCharacter(code))
      throw new ContentError('INVALID', 'a part of it is no XML: an entity is unknown');
    return String.fromCodePoint(code);
  });
}

/** Half a character, which UTF-16 has, is none of XML. */
function isCharacter(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}

/** What XML cannot hold stands in the texts of a workbook as `_x000D_` (ST_Xstring of ECMA-376, 22.9.2.19). */
export function unescapeCellText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
