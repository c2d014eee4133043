import { ContentError } from '../content-error.js';
import { attributeOf } from '../xml/attributes.js';
import type { Archive } from '../zip/archive.js';
import { readPart } from '../zip/read-part.js';

/** What the main part of an office package says to be, by a part of its content type. */
const KINDS: readonly (readonly [marker: RegExp, kind: string])[] = [
  [/wordprocessingml/, 'a Word document (.docx)'],
  [/presentationml/, 'a PowerPoint presentation (.pptx)'],
  [/ms-excel\.sheet\.binary/, 'a binary workbook (.xlsb)'],
  [/visio/, 'a Visio drawing'],
];

/**
 * Is this zip archive a workbook, and may it have macros?
 *
 * @throws ContentError `MISNAMED`: it says what it is instead.
 */
export async function packageKind(archive: Archive): Promise<'xlsx' | 'xlsm'> {
  const types: string[] = [];
  await readPart(archive, '[Content_Types].xml', {
    open(name, attributes) {
      if (name === 'Override' || name === 'Default') types.push(attributeOf(attributes, 'ContentType') ?? '');
    },
    close: () => undefined,
  });
  const isMain = (type: string): boolean => /\.main\+xml$|\.main$/.test(type);
  const main = types.filter(isMain);
  if (main.some((type) => /macroEnabled\.main\+xml$/i.test(type) && /ms-excel/i.test(type))) return 'xlsm';
  if (main.some((type) => /spreadsheetml/.test(type))) return 'xlsx';
  const other = KINDS.find(([marker]) => types.some((type) => marker.test(type)));
  if (other !== undefined) throw new ContentError('MISNAMED', `it is ${other[1]}, not a workbook of this kind`);
  if (archive.has('xl/workbook.xml')) return 'xlsx';
  throw new ContentError('MISNAMED', 'it is an office package without a workbook');
}
