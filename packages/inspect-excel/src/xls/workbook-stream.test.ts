import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workbookStream } from './workbook-stream.js';

const sheetJs = createRequire(import.meta.url)('xlsx');
const VECTORS = join(import.meta.dirname, '../../../../docs/vectors/excel/files');

test('a password is seen in the records, before all of them are parsed', () => {
  const bytes = readFileSync(join(VECTORS, 'password.xls'));
  expect(() => workbookStream(bytes, sheetJs)).toThrow(expect.objectContaining({ code: 'ENCRYPTED' }));
});

test('a workbook without macros is told from one with a project of them', () => {
  expect(workbookStream(readFileSync(join(VECTORS, 'xlwt.xls')), sheetJs)).toEqual({ hasMacros: false });
});
