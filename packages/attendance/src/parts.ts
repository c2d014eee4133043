import { statSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { HoldfastError, type SourceSpec } from '@holdfast/core';
import type { ContentInspector } from '@holdfast/core/inspect';
import { excelInspector } from '@holdfast/inspect-excel';
import { npyInspector } from '@holdfast/inspect-npy';

/** What the part of a backup with the workbook is called, and its folder there. */
export const EXCEL = 'excel';
/** The same of the encodings. */
export const NPY = 'npy';

/** Who knows what is in the files. */
export const INSPECTORS: readonly ContentInspector[] = [excelInspector, npyInspector];

/**
 * The workbook, which lies under its own name in `excel/`, with its sheets as CSV beside it.
 *
 * @throws HoldfastError `SOURCE_MISSING` if it is a folder: the words of the call are in another order than they were meant
 */
export function workbook(path: string): SourceSpec {
  if (kindOf(path) === 'folder') throw wrongKind(`the workbook "${path}" is a folder`);
  return { path, name: EXCEL, exports: ['csv'] };
}

/**
 * Every `.npy` file of a folder, with its name and sub-folder, in `npy/`.
 *
 * @throws HoldfastError `SOURCE_MISSING` if it is a file
 */
export function encodings(path: string): SourceSpec {
  if (path === '') throw wrongKind('no folder with encodings is named');
  if (kindOf(path) === 'file') throw wrongKind(`the folder with encodings "${path}" is a file`);
  return { path, name: NPY, filter: { include: ['*.npy'] }, exports: [] };
}

/**
 * Is there any `.npy` file in the folder? What lies in a hidden folder of ours does not count. Where it cannot be seen the answer is yes: then the backup
 * says why.
 */
export async function mayHaveEncodings(path: string): Promise<boolean> {
  try {
    for await (const entry of await opendir(path, { recursive: true })) {
      const isOurs = relative(path, entry.parentPath).split(sep).includes('.holdfast');
      if (!isOurs && entry.name.endsWith('.npy') && !entry.isDirectory()) return true;
    }
    return false;
  } catch {
    return true;
  }
}

/** What stands there, through links. What cannot be seen is told by the backup. */
function kindOf(path: string): 'folder' | 'file' | undefined {
  try {
    const stats = statSync(path === '' ? '.' : path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return stats.isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function wrongKind(message: string): HoldfastError {
  return new HoldfastError({ code: 'SOURCE_MISSING', message, hint: 'Look at the order of what the call is given.' });
}
