import { ContentError } from '../content-error.js';
import type { Row, Sheet, Workbook } from '../workbook/workbook.js';
import { attributeOf } from '../xml/attributes.js';
import { textCollector } from '../xml/text-collector.js';
import type { Archive } from '../zip/archive.js';
import type { Budget } from '../zip/budget.js';
import { readPart, scanPart } from '../zip/read-part.js';
import { odsHandler } from './table-rows.js';

const MAX_SHEETS = 10_000;

/**
 * Opens an OpenDocument spreadsheet (`.ods`). All sheets are in one part, which is gone through once for their names, and again each time that
 * rows are asked for.
 *
 * @throws ContentError
 */
export async function openOds(archive: Archive, budget: Budget): Promise<Workbook> {
  if (!archive.has('content.xml')) throw new ContentError('INVALID', 'it has no content');
  if (await isEncrypted(archive)) throw new ContentError('ENCRYPTED', 'it is protected by a password');
  const sheets = await readSheets(archive);
  return {
    format: 'ods',
    dateSystem: undefined,
    application: await readGenerator(archive),
    hasMacros: archive.names.some((name) => /^(?:basic|scripts)\//.test(name)),
    sheets,
    async *groups(wanted) {
      let rows: Row[] = [];
      let sheet = -1;
      const full: { sheet: number; rows: Row[] }[] = [];
      const endGroup = (): void => {
        if (rows.length > 0) full.push({ sheet, rows });
        rows = [];
      };
      const handler = odsHandler({
        budget,
        beginSheet() {
          endGroup();
          sheet += 1;
        },
        tell(row) {
          if (wanted(sheet)) rows.push(row);
        },
      });
      for await (const _ of scanPart(archive, 'content.xml', handler)) {
        endGroup();
        yield* full.splice(0);
      }
      endGroup();
      yield* full;
    },
    checkTheRest: () => archive.checkTheRest(),
    close: () => archive.close(),
  };
}

async function isEncrypted(archive: Archive): Promise<boolean> {
  let found = false;
  const list = 'META-INF/manifest.xml';
  if (!archive.has(list)) return false;
  await readPart(archive, list, {
    open(name) {
      if (name === 'encryption-data') found = true;
    },
    close: () => undefined,
  });
  return found;
}

/** The tables in their order; hidden is what has a style that is not displayed. */
async function readSheets(archive: Archive): Promise<readonly Sheet[]> {
  const sheets: Sheet[] = [];
  const hiddenStyles = new Set<string>();
  let style = '';
  let depth = 0;
  await readPart(archive, 'content.xml', {
    open(name, attributes) {
      if (name === 'style') style = attributeOf(attributes, 'style:name') ?? '';
      else if (name === 'table-properties') {
        if (attributeOf(attributes, 'table:display') === 'false') hiddenStyles.add(style);
      } else if (name === 'table') {
        if (depth === 0) {
          if (sheets.length === MAX_SHEETS) throw new ContentError('BOMB', `it has more than ${MAX_SHEETS} sheets`);
          sheets.push({
            name: attributeOf(attributes, 'table:name') ?? '',
            hidden: hiddenStyles.has(attributeOf(attributes, 'table:style-name') ?? ''),
            kind: 'table',
          });
        }
        depth += 1;
      }
    },
    close(name) {
      if (name === 'table') depth -= 1;
    },
  });
  return sheets;
}

async function readGenerator(archive: Archive): Promise<string | undefined> {
  if (!archive.has('meta.xml')) return undefined;
  const text = textCollector();
  let generator = '';
  let isWithin = false;
  await readPart(archive, 'meta.xml', {
    open(name) {
      isWithin = name === 'generator';
    },
    text(piece) {
      if (isWithin) text.add(piece);
    },
    close(name) {
      if (name === 'generator') generator = text.take();
      isWithin = false;
    },
  });
  // LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/…: who and which version is enough.
  const short = generator.replace(/\$.*$/s, '');
  return short === '' ? undefined : short;
}
