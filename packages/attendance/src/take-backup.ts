import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
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
import { resultOf } from './backup-result.js';
import { Gathered } from './gathered.js';
import type { BackupOptions } from './options.js';
import { EXCEL, INSPECTORS } from './parts.js';
import type { BackupResult } from './results.js';
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
  const lost = evenIncomplete ? undefined : otherWorkbook(standing, sources);
  if (lost !== undefined) {
    gathered.tell({ type: 'skipped', code: 'NOT_REPLACED', ...lost });
    const failure = new HoldfastError({ code: 'NOT_REPLACED', message: lost.message });
    return resultOf({ ...common, failure, keptFor: 'another workbook is in it' });
  }
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

/** A workbook of another name is not an older version of this one: in its place it would be lost. */
function otherWorkbook(
  standing: StandingBackup | undefined,
  sources: readonly SourceSpec[],
): { readonly path: string; readonly message: string } | undefined {
  const name = sources.find((source) => source.name === EXCEL)?.path;
  if (standing?.workbook === undefined || name === undefined || basename(name) === standing.workbook) return undefined;
  if (!existsSync(name)) return undefined;
  const message = `the backup holds another workbook, which would be gone: name another folder for ${basename(name)}`;
  return { path: `${EXCEL}/${standing.workbook}`, message };
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
