import type { FileEntry } from '../../snapshot/index.js';
import { type FileVersion, isSettled, versionOf } from '../../state/index.js';
import type { PlannedEntry } from './backup-entries.js';
import type { StoredFile } from './backup-file.js';

/** Which version of the file was read; none that could still change unseen. */
export function versionRead(
  { from, walked, version }: PlannedEntry,
  { sizeBytes, sha256, stable }: FileEntry,
  file: StoredFile | undefined,
  startedAtMs: number,
): FileVersion | undefined {
  const stats = file?.reading?.stats ?? walked.stats;
  // Of a file that is longer than it is said to be nobody can say whether it is the same one.
  if (!stable || stats.size !== BigInt(sizeBytes) || !isSettled(stats, startedAtMs, from.timestampStepNs))
    return undefined;
  const known = file?.adopted ?? version;
  const readAtMs = file?.reading === undefined ? (known?.readAtMs ?? startedAtMs) : startedAtMs;
  return versionOf(walked.pathBytes, stats, sha256, readAtMs);
}
