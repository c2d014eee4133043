import { backup, stateDirectory } from '@holdfast/core';
import { type BackupPlan, planBackup } from '../compose/backup-plan.js';
import { openBackupTargets } from '../compose/backup-targets.js';
import { withExportFormats } from '../compose/export-formats.js';
import { refuseExportsInSources } from '../compose/export-places.js';
import { type FilterFlags, filterOf } from '../compose/filter.js';
import { inspectorsFor } from '../compose/inspectors.js';
import { refuseName } from '../compose/snapshot-name.js';
import { EXIT } from '../exit-status.js';
import { withHooks } from '../hooks/backup-hooks.js';
import type { CommandResult } from '../render/output.js';
import { backupLines, backupMembers } from '../render/summary/backup-summary.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { withAdoption } from './adoption.js';
import { showPreview } from './backup-preview.js';

/** Options of `holdfast backup`. */
export interface BackupFlags extends CommonFlags, FilterFlags {
  readonly to?: readonly string[];
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly format?: string;
  readonly rehash?: true;
  /** False for `--no-xattrs`. */
  readonly xattrs?: boolean;
  readonly yes?: true;
  readonly single?: true;
  readonly replace?: true;
  readonly evenIncomplete?: true;
  readonly dryRun?: true;
  readonly export?: readonly string[];
  readonly csvRaw?: true;
}

/** `holdfast backup [SOURCE…] [--to TARGET…]`: one snapshot, on each target; what is left out stands in the config. */
export async function run(session: Session, operands: readonly string[], flags: BackupFlags): Promise<CommandResult> {
  refuseName(flags.name);
  const given = await planBackup(session, operands, flags.to, filterOf(flags));
  const plan = { ...given, sources: withExportFormats(given.sources, flags.export) };
  if (flags.dryRun === true) return showPreview(session, plan, flags);
  const facts = { sources: plan.sources.map(({ path }) => path), targets: plan.words, name: flags.name };
  return withHooks(session, plan.config, facts, stateDirectory, () => saveSnapshot(session, plan, flags));
}

async function saveSnapshot(session: Session, plan: BackupPlan, flags: BackupFlags): Promise<CommandResult> {
  refuseExportsInSources(plan);
  const { sources, words } = plan;
  const { targets, replaced } = await openBackupTargets(session, plan.targets, flags);
  const places = targets.map((target, index) => ({
    address: words[index] ?? target.url,
    copyShares: target.capabilities.copyShares,
  }));

  const committed: string[] = [];
  session.whenStopped(() => {
    const isReplaced = replaced.some(({ url }) => committed.includes(url));
    const before = isReplaced ? 'It stands in the place of the one before.' : 'Snapshots made before are untouched.';
    if (committed.length === 0) return `Nothing of this snapshot is kept. ${before}`;
    const others = committed.length < targets.length ? ', and not in the other targets' : '';
    return `The snapshot is complete in ${committed.join(', ')}${others}. ${before}`;
  });
  const inspectors = await inspectorsFor(sources);
  const summary = await withAdoption(session, flags.yes === true, (adoptPlace) =>
    backup({
      sources,
      targets,
      stateDirectory: stateDirectory(),
      name: flags.name,
      tags: flags.tag ?? [],
      adoptPlace,
      wholeOnly: flags.evenIncomplete === true ? [] : replaced,
      rehash: flags.rehash === true,
      xattrs: flags.xattrs !== false,
      inspectors,
      rawExports: flags.csvRaw === true,
      estimate: session.output.wantsTotals,
      signal: session.signal,
      onEvent: (event) => {
        if (event.type === 'committed') committed.push(event.target);
        session.output.onEvent(event);
      },
    }),
  );
  const complete = summary.problemCount === 0 && summary.targets.every((target) => target.committed);
  const result: CommandResult = {
    exitStatus: complete ? EXIT.done : EXIT.partial,
    lines: backupLines(summary, places, session.output.colours),
    members: backupMembers(summary, words),
    trouble: summary,
  };
  const exports = plan.config?.exports ?? [];
  if (exports.length === 0) return result;
  const { withExports } = await import('../compose/run-exports.js');
  return withExports(session, exports, { summary, targets, words }, result);
}
