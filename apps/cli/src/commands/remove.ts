import { readdir } from 'node:fs/promises';
import { displayName, findRemovable, isHoldfastError, type RemovableSnapshot, remove } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText, recordedTimeText, sizeText } from '../render/quantities.js';
import { shellWord } from '../render/shell-word.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { requireFrom } from './operands.js';
import { requireYes } from './require-yes.js';

/** Options of `holdfast remove`. */
export interface RemoveFlags extends CommonFlags {
  readonly from?: string;
  readonly yes?: true;
}

/** `holdfast remove ID… --from TARGET`: snapshots go, and can be brought back until a prune. */
export async function run(session: Session, operands: readonly string[], flags: RemoveFlags): Promise<CommandResult> {
  if (operands.length === 0) {
    throw new CliError({
      code: 'USAGE',
      message: 'remove needs to be told which snapshot',
      hint: '"holdfast list --from TARGET" shows their ids; the newest one is called "latest".',
    });
  }
  const from = requireFrom('remove', flags.from);
  const target = await session.open(from);
  const snapshots = await findRemovable({ target, which: operands, signal: session.signal }).catch((error: unknown) =>
    noneToRemove(error, operands, target.localPaths),
  );
  if (snapshots.length === 0) {
    const line = `There is no snapshot to remove in ${displayName(from)}`;
    return { exitStatus: EXIT.done, lines: [line], members: { snapshotIds: [] } };
  }
  const what = snapshots.map(describe);
  const heading = `${countText(snapshots.length, 'snapshot')} of ${displayName(from)}:`;
  await requireYes(
    session,
    flags.yes === true,
    [heading, ...what],
    `Remove ${snapshots.length === 1 ? 'it' : 'them'}?`,
  );
  let removed = 0;
  session.whenStopped(() => `${countText(removed, 'snapshot')} removed; holdfast undo brings back what was removed.`);
  const summary = await remove({
    target,
    snapshots,
    signal: session.signal,
    onEvent: (event) => {
      if (event.type === 'removed') removed++;
      session.output.onEvent(event);
    },
  });
  return {
    exitStatus: EXIT.done,
    lines: [
      `Removed ${countText(snapshots.length, 'snapshot')} from ${displayName(from)}`,
      ...what,
      `  "holdfast undo --from ${shellWord(from)}" brings ${snapshots.length === 1 ? 'it' : 'them'} back; "holdfast prune" frees the space after 7 days`,
    ],
    members: { snapshotIds: summary.removedSnapshots },
  };
}

/**
 * Whoever wants the newest one gone (after an operation went well, say) has what they want where there is none: in a target without
 * any, or where nothing is at all. A folder with other things in it is no target, and stays an error.
 *
 * @throws the error, of anything else
 */
async function noneToRemove(
  error: unknown,
  which: readonly string[],
  places: readonly string[],
): Promise<readonly RemovableSnapshot[]> {
  if (which.every((word) => word === 'latest')) {
    if (isHoldfastError(error, 'SNAPSHOT_NOT_FOUND')) return [];
    const isNothing = async (): Promise<boolean> => {
      const kept = await Promise.all(places.map((place) => readdir(place).catch(absentAsEmpty)));
      return kept.length > 0 && kept.every((names) => names?.length === 0);
    };
    if (isHoldfastError(error, 'NOT_A_TARGET') && (await isNothing())) return [];
  }
  throw error;
}

/** What cannot be looked at is not nothing. */
function absentAsEmpty(error: NodeJS.ErrnoException): string[] | undefined {
  return error.code === 'ENOENT' ? [] : undefined;
}

function describe(snapshot: RemovableSnapshot): string {
  if (snapshot.status !== 'ok') return `  ${displayName(snapshot.id)}  ${displayName(snapshot.reason)}`;
  const { createdAt, counts, name } = snapshot.record.payload;
  const called = name === undefined ? '' : `  "${displayName(name)}"`;
  return `  ${snapshot.id}  ${recordedTimeText(createdAt)}  ${countText(counts.files, 'file')}, ${sizeText(counts.bytes)}${called}`;
}
