import { ContentError } from '../content-error.js';
import type { Sheet, Workbook } from '../workbook/workbook.js';
import { attributeOf, attributesOf, isTrue } from '../xml/attributes.js';
import { textCollector } from '../xml/text-collector.js';
import type { Archive } from '../zip/archive.js';
import { readPart } from '../zip/read-part.js';
import { packageKind } from './package-kind.js';
import { relationshipsOf } from './relationships.js';
import { readSharedStrings } from './shared-strings.js';
import { sheetRows } from './sheet-rows.js';
import { readStyles } from './styles.js';

/** Excel has no limit but memory; nobody looks through this many. */
const MAX_SHEETS = 10_000;

interface NamedSheet {
  readonly name: string;
  readonly state: string | undefined;
  readonly relationship: string;
}

/**
 * Opens the package of a workbook (`.xlsx`, `.xlsm`): all but the cells is read now.
 *
 * @throws ContentError; `MISNAMED` if it is a package of something else.
 */
export async function openXlsx(archive: Archive): Promise<Workbook> {
  const kind = await packageKind(archive);
  const roots = await relationshipsOf(archive, '');
  const workbookPart = roots.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const { named, dateSystem } = await readWorkbookPart(archive, workbookPart);
  const parts = await relationshipsOf(archive, workbookPart);
  const partOf = (type: string): string | undefined => parts.find((part) => part.type === type)?.target;
  const byId = new Map(parts.map((part) => [part.id, part]));
  const styles = await readStyles(archive, partOf('styles'));
  const strings = await readSharedStrings(archive, partOf('sharedStrings'));
  const sheetParts = named.map(({ relationship }) => byId.get(relationship));
  // Read again and again, one part would be as long as all of them.
  if (sheetParts.includes(undefined) || new Set(sheetParts).size < sheetParts.length) {
    throw new ContentError('INVALID', 'its list names a sheet that it does not have, or one twice');
  }
  const context = { archive, strings, styles, dateSystem };
  return {
    format: kind,
    dateSystem,
    application: await readApplication(archive, roots.find(({ type }) => type === 'extended-properties')?.target),
    hasMacros: parts.some(({ type }) => type === 'vbaProject'),
    sheets: named.map(({ name, state }, index): Sheet => {
      const type = sheetParts[index]?.type;
      return {
        name,
        hidden: state === 'veryHidden' ? 'very' : state === 'hidden',
        kind: type === 'worksheet' ? 'table' : type === 'chartsheet' ? 'chart' : 'other',
      };
    }),
    async *groups(wanted) {
      for (const [sheet, part] of sheetParts.entries()) {
        if (part?.type !== 'worksheet' || !wanted(sheet)) continue;
        for await (const rows of sheetRows(context, part.target)) yield { sheet, rows };
      }
    },
    checkTheRest: () => archive.checkTheRest(),
    close: () => archive.close(),
  };
}

async function readWorkbookPart(
  archive: Archive,
  part: string,
): Promise<{ named: readonly NamedSheet[]; dateSystem: 1900 | 1904 }> {
  const named: NamedSheet[] = [];
  let dateSystem: 1900 | 1904 = 1900;
  if (!archive.has(part)) throw new ContentError('INVALID', 'it has no list of its sheets');
  await readPart(archive, part, {
    open(name, attributes) {
      if (name === 'workbookPr' && isTrue(attributeOf(attributes, 'date1904'))) dateSystem = 1904;
      if (name !== 'sheet') return;
      const all = attributesOf(attributes);
      if (named.length === MAX_SHEETS) throw new ContentError('BOMB', `it has more than ${MAX_SHEETS} sheets`);
      named.push({ name: all.get('name') ?? '', state: all.get('state'), relationship: all.get('id') ?? '' });
    },
    close: () => undefined,
  });
  return { named, dateSystem };
}

async function readApplication(archive: Archive, part: string | undefined): Promise<string | undefined> {
  if (part === undefined || !archive.has(part)) return undefined;
  const text = textCollector();
  let application: string | undefined;
  let isWithin = false;
  await readPart(archive, part, {
    open(name) {
      isWithin = name === 'Application';
    },
    text(piece) {
      if (isWithin) text.add(piece);
    },
    close(name) {
      if (name === 'Application') application = text.take();
      isWithin = false;
    },
  });
  return application === '' ? undefined : application;
}
