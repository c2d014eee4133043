import {
  type BackupSummary,
  type BackupTarget,
  backup,
  foreignFile,
  HoldfastError,
  isHoldfastError,
  isTargetError,
  type SourceSpec,
  stateDirectory,
} from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import { Gathered } from './gathered.js';
import type { BackupOptions } from './options.js';
import { INSPECTORS } from './parts.js';
import type { BackupResult, Skipped } from './results.js';
import { type StandingBackup, standingIn } from './standing.js';

/** What is to be in the backup. */
export interface WantedBackup {
  readonly backupDir: string;
  /** Parts that are read. What stands there decides about some. */
  readonly sources: (standing: StandingBackup | undefined, gathered: Gathered) => Promise<readonly SourceSpec[]>;
  /** Parts that stay as they are in the backup that stands. */
  readonly carry: readonly string[];
}

/** Two calls for one folder at once: the second one begins again. More than a few in a row are no accident. */
const MAX_ATTEMPTS = 5;

/**
 * Makes the folder one snapshot of what is wanted, as a whole or not at all.
 *
 * @throws HoldfastError `TARGET_NOT_EMPTY` where other files are there, `STATE`, `ABORTED`, …; TargetError where the folder cannot be written
 */
export async function takeBackup(wanted: WantedBackup, options: BackupOptions): Promise<BackupResult> {
  for (let attempt = 1; ; attempt++) {
    const gathered = new Gathered(options.reporter);
    const target = await openLocalFs(wanted.backupDir, {
      single: true,
      replace: true,
      force: options.force === true,
    });
    try {
      return await attemptOne(wanted, options, target, gathered);
    } catch (error) {
      if (!isOvertaken(error) || attempt === MAX_ATTEMPTS) throw explained(error, wanted.backupDir);
      const message = `${wanted.backupDir} got another backup meanwhile, so this one begins again`;
      gathered.tell({ type: 'note', code: 'BEGUN_AGAIN', message });
    } finally {
      await target.close();
    }
  }
}

async function attemptOne(
  { backupDir, carry, ...wanted }: WantedBackup,
  options: BackupOptions,
  target: BackupTarget,
  gathered: Gathered,
): Promise<BackupResult> {
  const { alsoTo = [], signal, force = false, evenIncomplete = false } = options;
  const standing = await standingIn(target, signal, { force });
  if (standing !== undefined && !force) await refuseForeignFile(target, standing.id, backupDir, signal);
  const sources = await wanted.sources(standing, gathered);
  const common = { backupDir, gathered };
  try {
    const summary = await backup({
      sources,
      carry,
      targets: [target, ...alsoTo],
      wholeOnly: standing === undefined || evenIncomplete ? [] : [target],
      inspectors: INSPECTORS,
      rawExports: options.csvRaw,
      stateDirectory: options.stateDirectory ?? stateDirectory(),
      signal,
      onEvent: gathered.onEvent,
      program: 'holdfast attendance',
    });
    const [own] = summary.targets;
    if (own?.committed !== true) return resultOf({ ...common, failure: own?.error, sources, summary });
    return resultOf({ ...common, summary });
  } catch (failure) {
    return resultOf({ ...common, failure, sources });
  }
}

interface Outcome {
  readonly backupDir: string;
  readonly gathered: Gathered;
  readonly summary?: BackupSummary;
  /** Why the folder has no new backup; with what was to be read. */
  readonly failure?: unknown;
  readonly sources?: readonly SourceSpec[];
}

function resultOf({ backupDir, gathered, summary, failure, sources = [] }: Outcome): BackupResult {
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
    const text = `The backup in ${backupDir} is kept as it was, for the new one would not be whole.`;
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

/** Another backup has come into the folder since this one began. */
function isOvertaken(error: unknown): boolean {
  return isTargetError(error, 'ALREADY_EXISTS') && error.operation === 'commit';
}

async function refuseForeignFile(
  target: BackupTarget,
  id: string,
  backupDir: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = await foreignFile(target, id, { signal });
  if (found !== undefined) throw notEmpty(backupDir, `"${found}" lies in it and is not of the backup`);
}

/** What an error of the folder means to who asked for a backup. */
function explained(error: unknown, backupDir: string): unknown {
  if (isHoldfastError(error, 'SNAPSHOT_DAMAGED')) {
    const hint =
      'With "force" createBackup puts a new one in its place; restore what is whole in it first, with "evenIncomplete".';
    return new HoldfastError({ code: error.code, message: error.message, hint, cause: error });
  }
  if (!isTargetError(error, 'ALREADY_EXISTS') || error.operation !== 'begin') return error;
  return notEmpty(backupDir, error.reason, error);
}

function notEmpty(backupDir: string, reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError({
    code: 'TARGET_NOT_EMPTY',
    message: `${backupDir} cannot be used for a backup: ${reason}`,
    hint: 'Name an empty or a new folder, or say "force": what is in the way is replaced then, and the rest stays.',
    cause,
  });
}
