import { open, readFile } from 'node:fs/promises';
import type { InspectLimits } from '@holdfast/core/inspect';
import { ContentError } from '../content-error.js';
import { openOds } from '../ods/open-ods.js';
import { openXls } from '../xls/open-xls.js';
import { openXlsx } from '../xlsx/open-xlsx.js';
import { type Archive, openArchive } from '../zip/archive.js';
import { budgetOf } from '../zip/budget.js';
import { contentKind, formatOfName } from './content-kind.js';
import type { Workbook, WorkbookFormat } from './workbook.js';

/** A file that a thread is to read. */
export interface WorkbookFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
}

const HEAD_BYTES = 4096;
/** A `.xls` is held as a whole, and parsed takes about ten times its size. */
const MAX_XLS_BYTES = 256 * 1024 * 1024;

/**
 * Opens a workbook of any format that is read here.
 *
 * @throws ContentError `MISNAMED` also where it is a workbook, but not the one that its name says: no spreadsheet would open it like that. An error of the system.
 */
export async function openWorkbook(file: WorkbookFile, limits: InspectLimits): Promise<Workbook> {
  const kind = contentKind(await headOf(file));
  const named = formatOfName(file.name);
  if (kind === 'empty') throw new ContentError('TRUNCATED', 'it is empty');
  if (kind === 'zeros') throw new ContentError('INVALID', 'it begins with nothing but zeros');
  if (kind === 'zip') return openZipped(file, limits, named);
  if (kind !== 'ole') throw new ContentError('MISNAMED', `it is ${kind.other}, not a workbook`);
  if (file.sizeBytes > MAX_XLS_BYTES) {
    throw new ContentError('TOO_LARGE', `workbooks of its kind are read up to ${MAX_XLS_BYTES} bytes`);
  }
  const workbook = openXls(await bytesOf(file));
  if (named !== 'xls') throw new ContentError('MISNAMED', 'it is a workbook of Excel 2003 or older (.xls)');
  return workbook;
}

async function openZipped(
  { content, sizeBytes }: WorkbookFile,
  limits: InspectLimits,
  named: WorkbookFormat | undefined,
): Promise<Workbook> {
  const budget = budgetOf(limits.maxInflatedBytes, sizeBytes);
  const archive = await openArchive('bytes' in content ? content.bytes : content.path, budget);
  try {
    const isOds = await isOpenDocument(archive);
    if (isOds !== (named === 'ods') || named === 'xls') {
      throw new ContentError(
        'MISNAMED',
        `it is ${isOds ? 'an OpenDocument spreadsheet (.ods)' : 'a newer workbook (.xlsx)'}`,
      );
    }
    return isOds ? await openOds(archive, budget) : await openXlsx(archive);
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** @throws ContentError `MISNAMED`: neither an OpenDocument spreadsheet nor an office package. */
async function isOpenDocument(archive: Archive): Promise<boolean> {
  if (archive.has('[Content_Types].xml')) return false;
  let type = '';
  if (archive.has('mimetype')) {
    for await (const piece of archive.content('mimetype'))
      if (type.length < HEAD_BYTES) type += piece.toString('latin1');
  }
  if (type.startsWith('application/vnd.oasis.opendocument.spreadsheet')) return true;
  const what = type.startsWith('application/vnd.oasis.opendocument') ? 'another OpenDocument file' : 'a zip archive';
  throw new ContentError('MISNAMED', `it is ${what}, not a workbook`);
}

async function headOf({ content }: WorkbookFile): Promise<Uint8Array> {
  if ('bytes' in content) return content.bytes.subarray(0, HEAD_BYTES);
  const handle = await open(content.path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function bytesOf({ content }: WorkbookFile): Promise<Buffer> {
  if ('path' in content) return readFile(content.path);
  const { buffer, byteOffset, byteLength } = content.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}
