import { basename } from 'node:path';
import { type BackupTarget, isHoldfastError, isRefused, showSnapshot } from '@holdfast/core';
import { EXCEL, NPY } from './parts.js';

/** The backup that stands in a folder. */
export interface StandingBackup {
  readonly id: string;
  /** What the workbook in it is called. */
  readonly workbook: string | undefined;
  /** Are there encodings in it? */
  hasEncodings(): Promise<boolean>;
}

/**
 * Which backup stands in a folder that is one; `undefined` for none. With `force` also for a damaged one: it is in nobody's way then.
 *
 * @throws HoldfastError `SNAPSHOT_DAMAGED`
 */
export async function standingIn(
  target: BackupTarget,
  signal: AbortSignal | undefined,
  { force }: { readonly force: boolean },
): Promise<StandingBackup | undefined> {
  for await (const { key } of target.list('', { oneLevel: true, signal })) {
    const id = key.replace(/\/$/, '');
    try {
      const snapshot = await showSnapshot({ target, which: id, signal });
      const { sources } = snapshot.record.payload;
      await snapshot.close();
      const excel = sources.find(({ name, type }) => name === EXCEL && type === 'file');
      const workbook = excel === undefined ? undefined : basename(excel.path);
      return { id, workbook, hasEncodings: () => hasEncodings(target, id, signal) };
    } catch (error) {
      if (force && isHoldfastError(error, 'SNAPSHOT_DAMAGED')) return undefined;
      throw error;
    }
  }
  return undefined;
}

async function hasEncodings(target: BackupTarget, id: string, signal: AbortSignal | undefined): Promise<boolean> {
  const snapshot = await showSnapshot({ target, which: id, signal });
  try {
    for await (const item of snapshot.entries()) {
      if (!isRefused(item) && item.entry.type === 'file' && item.entry.path.startsWith(`${NPY}/`)) return true;
    }
    return false;
  } finally {
    await snapshot.close();
  }
}
