import { type BackupTarget, isRefused, type SnapshotSource, showSnapshot } from '@holdfast/core';
import { NPY } from './parts.js';

/** The backup that stands in a folder. */
export interface StandingBackup {
  readonly id: string;
  readonly sources: readonly SnapshotSource[];
  /** Are there encodings in it? */
  hasEncodings(): Promise<boolean>;
}

/** Which backup stands in a folder that is one; `undefined` for none. One that cannot be read has no parts. */
export async function standingIn(
  target: BackupTarget,
  signal: AbortSignal | undefined,
): Promise<StandingBackup | undefined> {
  for await (const { key } of target.list('', { oneLevel: true, signal })) {
    const id = key.replace(/\/$/, '');
    const snapshot = await showSnapshot({ target, which: id, signal });
    const { sources } = snapshot.record.payload;
    await snapshot.close();
    return { id, sources, hasEncodings: () => hasEncodings(target, id, signal) };
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
