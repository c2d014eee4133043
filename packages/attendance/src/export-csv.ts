import { exportParts, isHoldfastError } from '@holdfast/core';
import { excelInspector } from '@holdfast/inspect-excel';
import { Gathered } from './gathered.js';
import type { CsvOptions } from './options.js';
import type { CsvResult } from './results.js';

/**
 * Writes the sheets of a workbook as CSV: the first one as `csvFile`, each further one beside it with its name in the file's (`out.Sheet2.csv`). A workbook that is
 * missing or broken is told, and nothing is written. What stands there is replaced, whole by whole.
 *
 * @throws HoldfastError `DESTINATION`, `ABORTED`; never for what is wrong with the workbook
 */
export async function exportCsv(excelFile: string, csvFile: string, options: CsvOptions = {}): Promise<CsvResult> {
  const { confirm, raw, signal, reporter } = options;
  const gathered = new Gathered(reporter);
  const unreadable = (message: string): CsvResult => {
    gathered.tell({ type: 'skipped', code: 'CONTENT', path: excelFile, message });
    return end('unreadable', `Nothing was exported of ${excelFile}: ${message}.`, []);
  };
  const end = (status: CsvResult['status'], text: string, files: CsvResult['files']): CsvResult => {
    const { message, skipped, skippedCount } = gathered.ended(status, text);
    return { status, message, skipped, skippedCount, files };
  };
  let isDeclined = false;
  const mayReplace = async (paths: readonly string[]): Promise<boolean> => {
    const yes = confirm === undefined || (await confirm({ about: 'replace', paths }));
    isDeclined = !yes;
    return yes;
  };
  try {
    const place = { livePath: excelFile };
    const exported = await exportParts(place, { inspectors: [excelInspector], to: csvFile, raw, mayReplace, signal });
    if (exported === undefined) return unreadable('by its name it is no workbook');
    const { content, parts } = exported;
    if (content.status !== 'sound') return unreadable(content.fault?.message ?? 'it cannot be read');
    const files = parts.map(({ name, path, sizeBytes }) => ({ sheet: name, path, sizeBytes }));
    for (const { path, sizeBytes } of files) gathered.tell({ type: 'file', action: 'exported', path, sizeBytes });
    return end('done', `${files.length === 1 ? '1 sheet' : `${files.length} sheets`} of ${excelFile} as CSV.`, files);
  } catch (error) {
    if (isDeclined && isHoldfastError(error, 'FILE_EXISTS')) return end('declined', 'Nothing was exported.', []);
    if (isHoldfastError(error, 'SOURCE_MISSING')) return unreadable(error.message);
    throw error;
  }
}
