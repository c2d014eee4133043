import {
  type BackupTarget,
  HoldfastError,
  newestRemoval,
  newestRestore,
  removalOf,
  restoreNamed,
  stateDirectory,
  type UndoableRemoval,
  type UndoableRestore,
} from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { CommandResult } from '../render/output.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, assertNoneEmpty } from './operands.js';
import { listUndoable } from './undo-list.js';
import { undoOfRemoval } from './undo-removal.js';
import { undoOfRestore } from './undo-restore.js';

/** Options of `holdfast undo`. */
export interface UndoFlags extends CommonFlags {
  readonly from?: string;
  readonly list?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}

type Found =
  | { readonly restore: UndoableRestore }
  | { readonly planned: UndoableRemoval; readonly target: BackupTarget; readonly from: string };

/** `holdfast undo [ID] [--from TARGET]`: takes back the last restore on this machine or the last removal in the target, whichever came last; or the one named. */
export async function run(session: Session, operands: readonly string[], flags: UndoFlags): Promise<CommandResult> {
  assertAtMost('undo', operands, 1);
  assertNoneEmpty('undo', operands);
  const { from } = flags;
  const target = from === undefined ? undefined : await session.open(from);
  if (flags.list === true) return listUndoable(session, operands, target, from);
  const [which] = operands;
  const found = which === undefined ? await newest(session, target, from) : await named(session, which, target, from);
  const yes = flags.yes === true;
  if ('restore' in found) return undoOfRestore(session, found.restore, { yes, dryRun: flags.dryRun === true });
  if (flags.dryRun === true)
    throw new CliError({
      code: 'USAGE',
      message: '--dry-run is for the undo of a restore, and this would take back a removal',
    });
  return undoOfRemoval(session, { ...found, yes });
}

async function newest(session: Session, target: BackupTarget | undefined, from: string | undefined): Promise<Found> {
  const restore = newestRestore(stateDirectory());
  const { signal } = session;
  const removal = target === undefined ? undefined : await newestRemoval(target, { signal });
  if (removal !== undefined && target !== undefined && from !== undefined) {
    const isLater = restore === undefined || (!restore.goesOn && Date.parse(removal.at) > Date.parse(restore.at));
    if (isLater) return { planned: removal, target, from };
  }
  if (restore !== undefined) return { restore };
  const restores = 'no restore on this machine can be undone';
  throw nothing(
    target === undefined
      ? restores
      : `nothing was removed from ${target.url} that could be brought back, and ${restores}`,
  );
}

async function named(
  session: Session,
  which: string,
  target: BackupTarget | undefined,
  from: string | undefined,
): Promise<Found> {
  const restore = restoreNamed(stateDirectory(), which);
  if (restore !== undefined) return { restore };
  if (target === undefined || from === undefined)
    throw nothing(`no restore on this machine that could be undone is called "${which}"`);
  return { planned: await removalOf(target, which, { signal: session.signal }), target, from };
}

function nothing(message: string): HoldfastError {
  return new HoldfastError({ code: 'NOTHING_TO_UNDO', message });
}
