import { previewBackup, stateDirectory } from '@holdfast/core';
import type { BackupPlan } from '../compose/backup-plan.js';
import { openBackupTargets } from '../compose/backup-targets.js';
import { refuseExportsInSources } from '../compose/export-places.js';
import { inspectorsFor } from '../compose/inspectors.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { previewItem } from '../render/preview-item.js';
import { previewLines, previewMembers } from '../render/summary/preview-summary.js';
import type { Session } from '../session.js';
import type { BackupFlags } from './backup.js';

/** `holdfast backup --dry-run`: lists what would be taken and what not, and writes nothing. Hooks do not run. */
export async function showPreview(session: Session, plan: BackupPlan, flags: BackupFlags): Promise<CommandResult> {
  refuseExportsInSources(plan);
  const { targets } = await openBackupTargets(session, plan.targets, flags);
  session.whenStopped(() => 'It was a dry run: nothing was written.');
  const summary = await previewBackup({
    sources: plan.sources,
    inspectors: await inspectorsFor(plan.sources),
    targets,
    stateDirectory: stateDirectory(),
    adoptPlace: flags.yes === true,
    rehash: flags.rehash === true,
    signal: session.signal,
    onEvent: session.output.onEvent,
    onItem: (item) => session.output.item(previewItem(item)),
    isOver: () => session.output.closed,
  });
  const places = targets.map(({ url, capabilities: { copyShares } }, index) => ({
    address: plan.words[index] ?? url,
    copyShares,
  }));
  const complete = summary.problemCount === 0 && summary.targets.every(({ error }) => error === undefined);
  return {
    exitStatus: complete ? EXIT.done : EXIT.partial,
    lines: previewLines(summary, places, session.output.colours),
    members: previewMembers(summary, plan.words),
    trouble: summary,
  };
}
