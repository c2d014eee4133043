import { meaningOfBuiltIn, meaningOfFormat, type NumberMeaning } from '../values/number-format.js';
import { attributeOf } from '../xml/attributes.js';
import type { Archive } from '../zip/archive.js';
import { readPart } from '../zip/read-part.js';

/** Excel knows 65,490 cell formats in a workbook. */
const MAX_STYLES = 100_000;

/** What the numbers of cells with each style mean: the `s` of a cell is the place in this list. */
export async function readStyles(archive: Archive, part: string | undefined): Promise<readonly NumberMeaning[]> {
  const meanings: NumberMeaning[] = [];
  const custom = new Map<number, NumberMeaning>();
  let isInCellFormats = false;
  if (part === undefined || !archive.has(part)) return meanings;
  await readPart(archive, part, {
    open(name, attributes) {
      if (name === 'cellXfs') isInCellFormats = true;
      else if (name === 'numFmt' && custom.size < MAX_STYLES) {
        custom.set(
          Number(attributeOf(attributes, 'numFmtId')),
          meaningOfFormat(attributeOf(attributes, 'formatCode') ?? ''),
        );
      } else if (name === 'xf' && isInCellFormats && meanings.length < MAX_STYLES) {
        const id = Number(attributeOf(attributes, 'numFmtId') ?? 0);
        meanings.push(custom.get(id) ?? meaningOfBuiltIn(id));
      }
    },
    close(name) {
      if (name === 'cellXfs') isInCellFormats = false;
    },
  });
  return meanings;
}
