import { type BackupSummary, type BackupTarget, displayName, exportSnapshot } from '@holdfast/core';
import type { ConfiguredExport } from '../config/config.js';
import { EXIT } from '../exit-status.js';
import { errorReport } from '../render/error-report.js';
import type { CommandResult } from '../render/output.js';
import { exportLines } from '../render/summary/export-summary.js';
import type { Session } from '../session.js';
import { assertNewArchive } from './backup-targets.js';
import { assertOwnArchive } from './export-places.js';

/** A backup that has just been made. */
export interface MadeBackup {
  readonly summary: BackupSummary;
  /** Its targets, in the order of the summary, and what the user calls them. */
  readonly targets: readonly BackupTarget[];
  readonly words: readonly string[];
}

/**
 * Writes the snapshot that was just made to the archives that the config names. One that cannot be written is told, and
 * takes nothing from the snapshot: the backup is done, but not all. An export from a target that this backup does not go to is not due.
 */
export async function withExports(
  session: Session,
  exports: readonly ConfiguredExport[],
  made: MadeBackup,
  result: CommandResult,
): Promise<CommandResult> {
  const { output, signal } = session;
  const lines: string[] = [];
  const members: Record<string, unknown>[] = [];
  let failed = 0;
  for (const { from, to, patterns, replace } of exports) {
    const index =
      from === undefined ? made.summary.targets.findIndex(({ committed }) => committed) : made.words.indexOf(from);
    const target = made.targets[index];
    if (target === undefined) continue;
    const which = made.summary.snapshotId;
    const file = to.replaceAll('{id}', which);
    try {
      await (replace ? assertOwnArchive(session, file) : assertNewArchive(file));
      const archive = await session.open(`zip:${file}`, replace ? { replace } : undefined);
      const summary = await exportSnapshot({
        from: target,
        to: archive,
        which,
        patterns,
        signal,
        onEvent: output.onEvent,
      });
      lines.push(...exportLines(summary, file, output.colours));
      members.push({ file, files: summary.files, bytes: summary.bytes });
      if (summary.problemCount > 0) failed++;
    } catch (error) {
      signal.throwIfAborted();
      const { code, message, hint } = errorReport(error);
      failed++;
      lines.push(output.colours.red(`Not exported to ${displayName(file)}: ${displayName(message)} (${code})`));
      members.push({ file, error: { code, message, hint } });
    }
  }
  return {
    ...result,
    exitStatus: failed > 0 && result.exitStatus === EXIT.done ? EXIT.partial : result.exitStatus,
    lines: [...result.lines, ...lines],
    members: { ...result.members, exports: members },
  };
}
