import { stat } from 'node:fs/promises';
import { type BackupTarget, displayName, isHoldfastError, listSnapshots, sourceTaking } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { Session } from '../session.js';
import type { BackupPlan } from './backup-plan.js';

/** Stands for the id of any snapshot. */
const SAMPLE_ID = '20260101T000000000Z-00000000';

/**
 * Looks where the config's exports go: in what is backed up, each snapshot would hold the archives of all those before it.
 *
 * @throws CliError `EXPORT_INSIDE_SOURCE`; what the rules of a source throw
 */
export function refuseExportsInSources({ sources, config }: BackupPlan): void {
  for (const { to } of config?.exports ?? []) {
    const source = sourceTaking(sources, to.replaceAll('{id}', SAMPLE_ID));
    if (source === undefined) continue;
    throw new CliError({
      code: 'EXPORT_INSIDE_SOURCE',
      message: `the export ${displayName(to)} lies inside the source ${displayName(source.path)}: each snapshot would hold the archives of those before it`,
      hint: 'Choose a place outside of what is backed up, or leave that place out of the source ("exclude" in the config).',
    });
  }
}

/**
 * The archive that an export takes the place of is one that Holdfast has written. Nobody is there to ask, and a wrong word in a
 * config would cost a file at the next backup.
 *
 * @throws CliError `ARCHIVE_EXISTS`; TargetError of a place that cannot be looked at
 */
export async function assertOwnArchive(session: Session, file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return;
  const archive = await session.open(`zip:${file}`);
  try {
    if (await mayBeReplaced(archive, session.signal)) return;
  } finally {
    // A file that is open cannot be replaced everywhere.
    await archive.close();
  }
  throw new CliError({
    code: 'ARCHIVE_EXISTS',
    message: `${file} exists, and is no archive of Holdfast's, or a damaged one`,
    hint: 'Move it away, or give the export another place in the config.',
  });
}

async function mayBeReplaced(archive: BackupTarget, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const { status } of listSnapshots({ target: archive, signal })) {
      if (status === 'ok' || status === 'newer') return true;
    }
  } catch (error) {
    if (!isHoldfastError(error, 'NOT_A_TARGET')) throw error;
  }
  return false;
}
