import { opendir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { SourceSpec } from '@holdfast/core';
import type { ContentInspector } from '@holdfast/core/inspect';
import { excelInspector } from '@holdfast/inspect-excel';
import { npyInspector } from '@holdfast/inspect-npy';

/** What the part of a backup with the workbook is called, and its folder there. */
export const EXCEL = 'excel';
/** The same of the encodings. */
export const NPY = 'npy';

/** Who knows what is in the files. */
export const INSPECTORS: readonly ContentInspector[] = [excelInspector, npyInspector];

/** The workbook, which lies under its own name in `excel/`, with its sheets as CSV beside it. */
export function workbook(path: string): SourceSpec {
  return { path, name: EXCEL, exports: ['csv'] };
}

/** Every `.npy` file of a folder, with its name and sub-folder, in `npy/`. */
export function encodings(path: string): SourceSpec {
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
