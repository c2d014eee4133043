import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { clearRestoreStaging } from '../../destination/index.js';
import { dismissRestores, type InterruptedRestore } from '../../state/index.js';

/** A restore that is announced no more. */
export interface DismissedRestore extends InterruptedRestore {
  /** Paths of what it had staged and that could not be removed: somebody may still be at work there. */
  readonly left: readonly string[];
}

/**
 * Forgets every interrupted restore in place: the files that it restored and those that it did not reach stay as they are. What it had
 * staged for others, in folders of its own beside them, is removed.
 *
 * @throws the error of the system if the state cannot be read or changed.
 */
export async function dismissInterruptedRestores(stateDirectory: string): Promise<DismissedRestore[]> {
  const dismissed: DismissedRestore[] = [];
  for (const restore of await dismissRestores(stateDirectory)) {
    const left = new Set<string>();
    for (const place of restore.places) {
      const stays = await clearAt(place).catch(() => undefined);
      if (stays !== undefined) left.add(stays);
    }
    dismissed.push({ ...restore, left: [...left] });
  }
  return dismissed;
}

/** A folder is staged in itself, a lone file in the folder that it lies in, as the link leads that may have its name. */
async function clearAt(place: string): Promise<string | undefined> {
  const real = lstatSync(place, { throwIfNoEntry: false }) === undefined ? undefined : realpathSync.native(place);
  if (real === undefined) return clearRestoreStaging(dirname(place));
  return clearRestoreStaging(lstatSync(real).isDirectory() ? real : dirname(real));
}
