import { lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type BackupTarget, backup, type HoldfastEvent, type SourceSpec } from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import type { Gathered } from './gathered.js';
import { EXCEL, mayHaveEncodings, NPY } from './parts.js';

/** What the original program wrote beside both folders. */
const CSV = /_backup(\..*)?\.csv$/;
/** What it copied into them. */
const COPIES = { [EXCEL]: /\.(xls[xm]?|ods|csv)$/i, [NPY]: /\.npy$/ } as const;

/**
 * Is the folder just what the original program made: `excel/` or `npy/`, its CSV files, and nothing else? Only such a one may be taken for its backup
 * and removed.
 */
export function isOriginalBackup(backupDir: string): boolean {
  const names = namesIn(backupDir);
  const folders = names.filter((name) => (name === EXCEL || name === NPY) && isFolder(join(backupDir, name)));
  if (folders.length === 0 || !names.every((name) => folders.includes(name) || CSV.test(name))) return false;
  return folders.every((name) => holdsOnly(join(backupDir, name), COPIES[name === EXCEL ? EXCEL : NPY]));
}

/** Is every file in the folder and below it called so? */
function holdsOnly(folder: string, name: RegExp): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).every(
    (entry) => entry.isDirectory() || name.test(entry.name),
  );
}

/** Files of a backup without a record. */
export interface OriginalFiles {
  /** By parts: the workbook itself, and the folder with the encodings. */
  readonly sources: readonly SourceSpec[];
}

/**
 * Finds what the original program copied, in its folders or directly in the one that is named, as it did when it was asked for one part alone.
 *
 * @param excelFile the workbook that is to be restored: its name is looked for; absent where none is wanted
 */
export async function originalFiles(
  backupDir: string,
  { excelFile, npy }: { readonly excelFile?: string | undefined; readonly npy: boolean },
): Promise<OriginalFiles> {
  const sources: SourceSpec[] = [];
  if (excelFile !== undefined) {
    const name = basename(excelFile);
    const path = [join(backupDir, EXCEL, name), join(backupDir, name)].find(isFile);
    if (path !== undefined) sources.push({ path, name: EXCEL });
  }
  if (npy) {
    const path = isFolder(join(backupDir, NPY)) ? join(backupDir, NPY) : backupDir;
    const filter = { include: ['*.npy'], exclude: ['.holdfast'] };
    if (isFolder(path) && (await mayHaveEncodings(path))) sources.push({ path, name: NPY, filter });
  }
  return { sources };
}

/** A snapshot of what has no record, for as long as it is needed: from there it is restored like any other. What cannot be read is told. */
export async function withSnapshotOf<Result>(
  { sources }: OriginalFiles,
  gathered: Gathered,
  signal: AbortSignal | undefined,
  work: (target: BackupTarget) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-attendance-'));
  try {
    const target = await openLocalFs(join(folder, 'snapshot'), { single: true });
    try {
      const onEvent = (event: HoldfastEvent): void => {
        if (event.type === 'problem') gathered.onEvent(event);
      };
      await backup({ sources, targets: [target], stateDirectory: join(folder, 'state'), signal, onEvent });
      return await work(target);
    } finally {
      await target.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
