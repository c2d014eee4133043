import { type BackupSummary, isHoldfastError, isTargetError, type SourceSpec } from '@holdfast/core';
import type { Gathered } from './gathered.js';
import type { BackupResult, Skipped } from './results.js';

/** What has come of a call. */
export interface Outcome {
  readonly backupDir: string;
  readonly gathered: Gathered;
  readonly summary?: BackupSummary;
  /** Why the folder has no new backup; with what was to be read. */
  readonly failure?: unknown;
  readonly sources?: readonly SourceSpec[];
  /** Why the backup that stands is kept, if not because the new one would not be whole. */
  readonly keptFor?: string;
}

/**
 * What is answered.
 *
 * @throws the failure, where it makes the whole call impossible
 */
export function resultOf({ backupDir, gathered, summary, failure, sources = [], keptFor }: Outcome): BackupResult {
  const parts = {
    backupDir,
    copied: gathered.files('copied', 'unchanged'),
    kept: gathered.files('kept'),
    exports: gathered.files('exported'),
    suspect: gathered.suspect,
    alsoTo: (summary?.targets.slice(1) ?? []).map(({ url, committed, error }) => ({ url, committed, error })),
  };
  if (failure === undefined && summary !== undefined) {
    for (const { url, committed, error } of parts.alsoTo) {
      if (!committed) gathered.tell({ type: 'skipped', ...noCopyAt(url, error) });
    }
    const { skippedCount } = gathered;
    const status = skippedCount === 0 ? 'done' : 'incomplete';
    const text = `Backup of ${countOf(parts.copied.count + parts.kept.count)} in ${backupDir}`;
    const ending = skippedCount === 0 ? '.' : `; ${skippedCount} could not be had or need attention.`;
    return { ...parts, ...gathered.ended(status, text + ending), status, snapshotId: summary.snapshotId };
  }
  if (isHoldfastError(failure, 'NOT_REPLACED')) {
    const text = `The backup in ${backupDir} is kept as it was, for ${keptFor ?? 'the new one would not be whole'}.`;
    return { ...parts, ...gathered.ended('notReplaced', text), status: 'notReplaced' };
  }
  if (!isHoldfastError(failure, 'SOURCE_MISSING')) throw failure;
  for (const { path } of sources)
    gathered.tell({ type: 'skipped', code: failure.code, path, message: failure.message });
  return { ...parts, ...gathered.ended('failed', `Nothing was backed up: ${failure.message}.`), status: 'failed' };
}

function noCopyAt(url: string, error: unknown): Skipped {
  const code = isTargetError(error) || isHoldfastError(error) ? error.code : 'FAILED';
  const reason = isTargetError(error) ? error.reason : error instanceof Error ? error.message : String(error);
  return { code, path: url, message: `the backup is not there as well: ${reason}` };
}

function countOf(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
