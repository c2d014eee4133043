import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupTarget, type SourceSpec, stateDirectory } from '@holdfast/core';
import { planBackup } from '../compose/backup-plan.js';
import { openBackupTargets } from '../compose/backup-targets.js';
import { type FilterFlags, filterOf } from '../compose/filter.js';
import type { Session } from '../session.js';

/** What is guarded, and where its snapshot is kept. */
export interface GuardPlan {
  readonly sources: readonly SourceSpec[];
  readonly target: BackupTarget;
  /** How the user calls the target; absent for the one in the local state. */
  readonly word?: string;
}

/** The target of guarded runs that name none. */
export function ownGuardFolder(): string {
  return join(stateDirectory(), 'guard');
}

/**
 * Reads the words of a guarded run. Without `--to` the snapshot goes where the config says, to its default target, or else into the
 * local state.
 *
 * @throws CliError `USAGE`, `CONFIG`, `CONFIG_REFUSED`; TargetError of an address.
 */
export async function planGuard(
  session: Session,
  operands: readonly string[],
  flags: FilterFlags & { readonly to?: string },
): Promise<GuardPlan> {
  const config = flags.to === undefined || operands.length === 0 ? await session.config() : undefined;
  const word = flags.to ?? config?.guard.to ?? config?.defaultTarget;
  const plan = await planBackup(session, operands, [word ?? `file:${ownGuardFolder()}`], filterOf(flags), 'guard');
  // It will hold copies of files that perhaps only the user may read.
  if (word === undefined) await mkdir(ownGuardFolder(), { recursive: true, mode: 0o700 });
  const { targets } = await openBackupTargets(session, plan.targets, {});
  const [target] = targets;
  if (target === undefined) throw new TypeError('one word is one target');
  return { sources: plan.sources, target, ...(word === undefined ? {} : { word }) };
}

/** Opens the target that has the snapshot of a left run. */
export async function openLeftTarget(
  session: Session,
  left: { readonly target: string; readonly address?: string; readonly folder?: string },
): Promise<BackupTarget> {
  // A name, or a path that counts from a folder, means the same only there.
  const word = left.address !== undefined && left.folder === process.cwd() ? left.address : left.target;
  return session.open(word);
}
