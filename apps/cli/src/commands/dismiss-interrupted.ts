import { dismissInterruptedRestores, dismissUndos, displayName, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { howItEnded } from '../interrupted-restores.js';
import type { CommandResult } from '../render/output.js';

/** `holdfast restore --dismiss`: interrupted restores are announced no more. @throws CliError `USAGE` with `--json`: there is no restore to tell of. */
export async function dismissInterrupted({ json }: { readonly json?: true }): Promise<CommandResult> {
  if (json === true)
    throw new CliError({ code: 'USAGE', message: '--dismiss restores nothing, so it has nothing to tell in JSON' });
  const dismissed = await dismissInterruptedRestores(stateDirectory());
  const lines = dismissed.flatMap(({ left, ...restore }) => [
    `Left as it is: ${restore.places.map(displayName).join(', ')}, where a restore of ${restore.snapshotId} ${howItEnded(restore)}`,
    ...left.map((path) => `  ${displayName(path)} stays: another restore may be at work in it`),
  ]);
  for (const { places, snapshotId } of await dismissUndos(stateDirectory()))
    lines.push(
      `Left as it is: ${places.map(displayName).join(', ')}, where an undo of a restore of ${snapshotId} did not come to its end`,
    );
  return { exitStatus: EXIT.done, lines: lines.length === 0 ? ['No restore was interrupted.'] : lines, members: {} };
}
