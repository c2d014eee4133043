import { stat } from 'node:fs/promises';
import {
  type BackupTarget,
  displayName,
  foreignFile,
  isHoldfastError,
  listSnapshots,
  parseAddress,
} from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { ConfiguredTarget } from '../config/config.js';
import type { Session } from '../session.js';

/** What `backup` says of its targets. */
export interface TargetWords {
  readonly format?: string;
  readonly single?: true;
  readonly replace?: true;
  readonly evenIncomplete?: true;
}

/** The targets of a backup, opened. */
export interface OpenedTargets {
  readonly targets: readonly BackupTarget[];
  /** Of these, the archives and single snapshots that stand there and are to be replaced. */
  readonly replaced: readonly BackupTarget[];
}

/**
 * Opens the targets of a backup, in their order; refuses, before anything is read, what cannot be made as it was said.
 *
 * @throws CliError `USAGE`, `NOT_AVAILABLE`, `ARCHIVE_EXISTS`, `FORMAT_NEEDED`; TargetError of an address
 */
export async function openBackupTargets(
  session: Session,
  named: readonly ConfiguredTarget[],
  words: TargetWords,
): Promise<OpenedTargets> {
  refuseUnknownFormat(words.format);
  const isSingle = ({ address }: ConfiguredTarget): boolean => words.single === true && isFolder(address);
  if (words.single === true && !named.some(isSingle)) {
    throw new CliError({ code: 'USAGE', message: '--single is for a folder, and no target is one' });
  }
  if (words.replace === true && !named.some((one) => isArchive(one.address) || isSingle(one))) {
    const message = '--replace is for a single archive (x.zip) or --single, and no target is one';
    throw new CliError({ code: 'USAGE', message });
  }
  refuseEvenIncomplete(words);
  const targets: BackupTarget[] = [];
  const replaced: BackupTarget[] = [];
  for (const one of named) {
    const { address, format, options } = one;
    const single = isSingle(one);
    const replace = words.replace === true && (isArchive(address) || single);
    if (!replace) await assertNewArchive(address);
    const asked = { ...(single ? { single } : {}), ...(replace ? { replace } : {}) };
    const target = await session.open(address, { ...options, ...asked });
    const standing = single ? await snapshotIn(target, session.signal) : undefined;
    const isStanding = standing !== undefined || (!single && replace && (await stands(address)));
    if (standing !== undefined) {
      if (!replace) throw standsAlready(address);
      await refuseForeignFile(address, target, standing, session.signal);
    }
    refuseTwice(target, targets);
    await assertFormat(address, target, words.format ?? format, session.signal);
    targets.push(target);
    if (isStanding) replaced.push(target);
  }
  return { targets, replaced };
}

/** @throws CliError `USAGE` for `--even-incomplete` where nothing is to be replaced. */
export function refuseEvenIncomplete({
  replace,
  evenIncomplete,
}: Pick<TargetWords, 'replace' | 'evenIncomplete'>): void {
  if (evenIncomplete !== true || replace === true) return;
  throw new CliError({ code: 'USAGE', message: '--even-incomplete is for --replace, which is not given' });
}

/** Does an archive stand at the address? */
export async function stands(address: string): Promise<boolean> {
  return (await stat(parseAddress(address).location).catch(() => undefined))?.isFile() === true;
}

/** @throws CliError `USAGE` if the same place is among the targets already, however it was written. */
function refuseTwice(target: BackupTarget, before: readonly BackupTarget[]): void {
  if (before.every(({ url }) => url !== target.url)) return;
  throw new CliError({ code: 'USAGE', message: `the target ${target.url} is named twice` });
}

/** @throws CliError for a format that is none, or that this version does not have. */
function refuseUnknownFormat(format: string | undefined): void {
  if (format === undefined || format === 'plain') return;
  if (format === 'vault') {
    throw new CliError({
      code: 'NOT_AVAILABLE',
      message: 'the vault format is not available in this version',
      hint: 'Use --format plain: real files under their own names.',
    });
  }
  throw new CliError({ code: 'USAGE', message: `"${format}" is no format`, hint: 'Use --format plain.' });
}

/** Is this the address of one archive, and not of a folder of them? */
export function isArchive(address: string): boolean {
  const { scheme, location } = parseAddress(address);
  return scheme === 'zip' && /\.zip$/i.test(location);
}

function isFolder(address: string): boolean {
  return parseAddress(address).scheme === 'file';
}

/** The snapshot that the folder is already, if it is one. */
async function snapshotIn(target: BackupTarget, signal: AbortSignal): Promise<string | undefined> {
  try {
    for await (const { id } of listSnapshots({ target, signal })) return id;
  } catch (error) {
    if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
  }
  return undefined;
}

/** What somebody has put among the files of a snapshot would go with it. */
async function refuseForeignFile(
  address: string,
  target: BackupTarget,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await foreignFile(target, id, { signal });
  if (found === undefined) return;
  throw new CliError({
    code: 'ARCHIVE_EXISTS',
    message: `"${displayName(found)}" lies in ${displayName(address)} and is not of the snapshot there, with which it would go`,
    hint: 'Move it away, then do it again; or name another folder.',
  });
}

function standsAlready(address: string): CliError {
  return new CliError({
    code: 'ARCHIVE_EXISTS',
    message: `${address} is a snapshot already, and with --single it can hold no other`,
    hint: 'Put the new one in its place with --replace, or keep many without --single.',
  });
}

/**
 * `--to x.zip` is one archive with one snapshot in it. An archive that exists is never replaced unless the user says so.
 *
 * @throws CliError `ARCHIVE_EXISTS`
 */
export async function assertNewArchive(address: string): Promise<void> {
  if (!isArchive(address)) return;
  const { location } = parseAddress(address);
  if (!(await stands(address))) return;
  const folder = location.replace(/\.zip$/i, '');
  throw new CliError({
    code: 'ARCHIVE_EXISTS',
    message: `${location} exists, and one archive holds one snapshot`,
    hint: `Keep many with --to zip:${folder} (a folder of archives), or put the new one in its place with --replace.`,
  });
}

/**
 * A new `s3:` target is to be a vault once there are vaults, so the plain format has to be asked for by name. A target
 * that holds snapshots already goes on as it is.
 *
 * @throws CliError `FORMAT_NEEDED`
 */
async function assertFormat(
  address: string,
  target: BackupTarget,
  format: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (format !== undefined || parseAddress(address).scheme !== 's3') return;
  try {
    for await (const _snapshot of listSnapshots({ target, signal })) break;
  } catch (error) {
    if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
    throw new CliError({
      code: 'FORMAT_NEEDED',
      message: `${displayName(address)} is a new target, and a new s3: target needs a format`,
      hint: 'Add --format plain: real files under their own names. The vault, the format made for S3, is not available in this version.',
    });
  }
}
