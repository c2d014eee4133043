import { basename, dirname } from 'node:path';
import {
  type BackupTarget,
  isHoldfastError,
  literalPattern,
  type RestoreQuestion,
  restore,
  type SnapshotSource,
  showSnapshot,
  stateDirectory,
  verify,
} from '@holdfast/core';
import { openLocalFs } from '@holdfast/target-local-fs';
import { Gathered } from './gathered.js';
import type { RestoreOptions } from './options.js';
import { originalFiles, withSnapshotOf } from './original-backup.js';
import { EXCEL, NPY } from './parts.js';
import type { RestoreResult } from './results.js';
import { throughLinks } from './through-links.js';

/** What is to be restored, and to where. */
export interface WantedRestore {
  readonly backupDir: string;
  /** The workbook, by where it goes: it is found by the name it has there. */
  readonly excelFile?: string | undefined;
  readonly dataDir?: string | undefined;
  /** All of the backup is read before anything is written. */
  readonly isWhole: boolean;
}

/** The answer to a question was no. */
class Declined extends Error {}

/**
 * Restores parts of a backup, of this package or of the original program. Each file is proven before it gets its name, and what it
 * replaces is kept for an undo.
 *
 * @throws HoldfastError `DESTINATION`, `STATE`, `ABORTED`, …; TargetError where the backup cannot be read; never for a single file
 */
export async function bringBack(wanted: WantedRestore, options: RestoreOptions): Promise<RestoreResult> {
  const gathered = new Gathered(options.reporter);
  const { backupDir, excelFile, dataDir } = wanted;
  const target = await openLocalFs(backupDir);
  const isOurs = target.capabilities.oneRoot !== undefined;
  try {
    return await fromTarget(wanted, options, target, gathered);
  } catch (error) {
    if (error instanceof Declined) return ended(backupDir, gathered, 'declined', 'Nothing was restored.');
    if (isHoldfastError(error, 'SNAPSHOT_DAMAGED')) return damaged(backupDir, gathered, error.message);
    if (!isHoldfastError(error, 'NOT_A_TARGET') && !isHoldfastError(error, 'SNAPSHOT_NOT_FOUND')) throw error;
  } finally {
    await target.close();
  }
  const original = await originalFiles(backupDir, { excelFile, npy: dataDir !== undefined });
  if (original.sources.length === 0) return ended(backupDir, gathered, 'none', `There is no backup in ${backupDir}.`);
  // A record that cannot be read is not the same as none: the backup was to be proven, and cannot be.
  if (isOurs && options.evenIncomplete !== true)
    return damaged(backupDir, gathered, `the record of the backup in ${backupDir} cannot be read`);
  const why = isOurs ? 'has a record that cannot be read' : 'has no record of this program';
  const message = `${backupDir} ${why}, so its files cannot be proven`;
  gathered.tell({ type: 'note', code: 'NO_RECORD', message });
  try {
    return await withSnapshotOf(original, gathered, options.signal, (copy) =>
      fromTarget({ ...wanted, isWhole: false }, options, copy, gathered),
    );
  } catch (error) {
    if (error instanceof Declined) return ended(backupDir, gathered, 'declined', 'Nothing was restored.');
    throw error;
  }
}

async function fromTarget(
  wanted: WantedRestore,
  options: RestoreOptions,
  target: BackupTarget,
  gathered: Gathered,
): Promise<RestoreResult> {
  const { backupDir, isWhole } = wanted;
  const { signal } = options;
  const snapshot = await showSnapshot({ target, signal });
  const { id: which, sources } = snapshot.record.payload;
  await snapshot.close();
  const { to, patterns } = placesOf(wanted, sources, gathered);
  if (patterns.length === 0) return ended(backupDir, gathered, 'none', `${backupDir} has nothing of what is wanted.`);
  if (isWhole && options.evenIncomplete !== true) {
    const { whole } = await verify({ target, which, data: true, signal, onEvent: gathered.onEvent });
    if (!whole) return damaged(backupDir, gathered, `the backup in ${backupDir} is not whole`);
  }
  const linked = wanted.excelFile === undefined ? undefined : throughLinks(wanted.excelFile);
  const { undoId } = await restore({
    target,
    which,
    to,
    patterns,
    stateDirectory: options.stateDirectory ?? stateDirectory(),
    signal,
    onEvent: gathered.onEvent,
    confirm: (question) => ask(question, backupDir, options),
  });
  if (wanted.excelFile !== undefined && linked !== throughLinks(wanted.excelFile)) {
    const message = `${wanted.excelFile} was a link to ${linked}, and is a file now`;
    gathered.tell({ type: 'note', code: 'LINK_REPLACED', message });
  }
  const { skippedCount } = gathered;
  const files = gathered.files('restored', 'replaced', 'alreadyThere').count;
  const text = `${files === 1 ? '1 file is' : `${files} files are`} as in the backup in ${backupDir}`;
  const status = skippedCount === 0 ? 'done' : 'incomplete';
  const ending = skippedCount === 0 ? '.' : `; ${skippedCount} could not be given back.`;
  return { ...ended(backupDir, gathered, status, text + ending), ...(undoId === undefined ? {} : { undoId }) };
}

/** Which part goes where; what is wanted and not there is told. */
function placesOf(
  { backupDir, excelFile, dataDir }: WantedRestore,
  sources: readonly SnapshotSource[],
  gathered: Gathered,
): { readonly to: Readonly<Record<string, string>>; readonly patterns: readonly string[] } {
  const to: Record<string, string> = {};
  const patterns: string[] = [];
  const lacks = (path: string, message: string): void =>
    gathered.tell({ type: 'skipped', code: 'NO_MATCH', path, message });
  const find = (name: string): SnapshotSource | undefined =>
    sources.find((source) => source.name === name && source.type !== 'missing');
  if (excelFile !== undefined) {
    const source = find(EXCEL);
    const name = basename(excelFile);
    if (source === undefined) lacks(excelFile, `there is no workbook in ${backupDir}`);
    else if (source.type === 'file' && basename(source.path) !== name)
      lacks(excelFile, `the workbook in ${backupDir} is called ${basename(source.path)}, not ${name}`);
    else {
      to[EXCEL] = folderOf(excelFile);
      patterns.push(literalPattern(`${EXCEL}/${name}`));
    }
  }
  if (dataDir !== undefined) {
    if (find(NPY) === undefined) lacks(dataDir, `there are no encodings in ${backupDir}`);
    else {
      to[NPY] = dataDir;
      patterns.push(`${NPY}/**`);
    }
  }
  return { to, patterns };
}

/**
 * The folder that the workbook goes to. A backup reads it through a link, so it goes back through it: into its folder on a
 * share, and not in the place of the link. Only where what it leads to is gone, and had another name, the link is replaced.
 */
function folderOf(excelFile: string): string {
  const real = throughLinks(excelFile);
  return dirname(basename(real) === basename(excelFile) ? real : excelFile);
}

async function ask({ places }: RestoreQuestion, backupDir: string, { confirm }: RestoreOptions): Promise<void> {
  if (confirm !== undefined && !(await confirm({ about: 'restore', backupDir, places }))) throw new Declined();
}

function damaged(backupDir: string, gathered: Gathered, reason: string): RestoreResult {
  if (gathered.skippedCount === 0)
    gathered.tell({ type: 'skipped', code: 'DAMAGED', path: backupDir, message: reason });
  return ended(backupDir, gathered, 'damaged', `Nothing was restored: ${reason}.`);
}

function ended(backupDir: string, gathered: Gathered, status: RestoreResult['status'], message: string): RestoreResult {
  return {
    status,
    backupDir,
    ...gathered.ended(status, message),
    restored: gathered.files('restored'),
    replaced: gathered.files('replaced'),
    alreadyThere: gathered.files('alreadyThere'),
  };
}
