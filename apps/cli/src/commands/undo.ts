import {
  type BackupTarget,
  HoldfastError,
  isHoldfastError,
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
  const [which] = operands;
  if (flags.list === true) return listUndoable(session, operands, from);
  const found = which === undefined ? await newest(session, from) : await named(session, which, from);
  const yes = flags.yes === true;
  if ('restore' in found) return undoOfRestore(session, found.restore, { yes, dryRun: flags.dryRun === true });
  if (flags.dryRun === true)
    throw new CliError({
      code: 'USAGE',
      message: '--dry-run is for the undo of a restore, and this would take back a removal',
    });
  return undoOfRemoval(session, { ...found, yes });
}

async function newest(session: Session, from: string | undefined): Promise<Found> {
  const restore = newestRestore(stateDirectory());
  const restores = 'no restore on this machine can be undone';
  if (from === undefined) {
    if (restore !== undefined) return { restore };
    throw nothing(restores);
  }
  const target = await session.open(from);
  const planned = await newestRemoval(target, { signal: session.signal });
  const isLater = restore === undefined || (!restore.goesOn && Date.parse(planned?.at ?? '') > Date.parse(restore.at));
  if (planned !== undefined && isLater) return { planned, target, from };
  if (restore !== undefined) return { restore };
  throw nothing(`nothing was removed from ${target.url} that could be brought back, and ${restores}`);
}

async function named(session: Session, which: string, from: string | undefined): Promise<Found> {
  const restore = restoreNamed(stateDirectory(), which);
  // What is named whole needs no target, which may be out of reach.
  if (restore !== undefined && (from === undefined || restore.id === which)) return { restore };
  if (from === undefined) throw nothing(`no restore on this machine that could be undone is called "${which}"`);
  const target = await session.open(from);
  const planned = await removalOf(target, which, { signal: session.signal }).catch((error: unknown) => {
    if (restore === undefined || !isHoldfastError(error, 'NOTHING_TO_UNDO')) throw error;
    return undefined;
  });
  if (planned === undefined && restore !== undefined) return { restore };
  if (planned !== undefined && restore === undefined) return { planned, target, from };
  throw new HoldfastError({
    code: 'SNAPSHOT_AMBIGUOUS',
    message: `"${which}" means a restore that can be undone and a removed snapshot in ${target.url}`,
  });
}

function nothing(message: string): HoldfastError {
  return new HoldfastError({ code: 'NOTHING_TO_UNDO', message });
}
