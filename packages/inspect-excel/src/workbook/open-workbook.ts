import { open } from 'node:fs/promises';
import type { InspectLimits } from '@holdfast/core/inspect';
import { ContentError } from '../content-error.js';
import { openXlsx } from '../xlsx/open-xlsx.js';
import { openArchive } from '../zip/archive.js';
import { budgetOf } from '../zip/budget.js';
import { contentKind, formatOfName } from './content-kind.js';
import type { Workbook } from './workbook.js';

/** A file that a thread is to read. */
export interface WorkbookFile {
  readonly name: string;
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
}

const HEAD_BYTES = 4096;

/**
 * Opens a workbook of any format.
 *
 * @throws ContentError; an error of the system.
 */
export async function openWorkbook(file: WorkbookFile, limits: InspectLimits): Promise<Workbook> {
  const { content } = file;
  const head = 'bytes' in content ? content.bytes.subarray(0, HEAD_BYTES) : await readHead(content.path);
  const kind = contentKind(head);
  if (kind === 'empty') throw new ContentError('TRUNCATED', 'it is empty');
  if (kind === 'zeros') throw new ContentError('INVALID', 'it begins with nothing but zeros');
  if (kind === 'ole') throw new ContentError('UNSUPPORTED', 'workbooks of this kind are not read yet');
  if (kind !== 'zip') throw new ContentError('MISNAMED', `it is ${kind.other}, not a workbook`);
  if (formatOfName(file.name) === 'xls')
    throw new ContentError('MISNAMED', 'it is a newer workbook (.xlsx), or another zip archive');
  const archive = await openArchive(
    'bytes' in content ? content.bytes : content.path,
    budgetOf(limits.maxInflatedBytes),
  );
  try {
    return await openXlsx(archive);
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
