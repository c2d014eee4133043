import { backup } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { openBackupTargets } from '../compose/backup-targets.js';
import { type FilterFlags, filterOf } from '../compose/filter.js';
import { parseSource } from '../compose/sources.js';
import { stateDirectory } from '../compose/state-directory.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { backupLines, backupMembers } from '../render/summary/backup-summary.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { withAdoption } from './adoption.js';

/** Options of `holdfast backup`. */
export interface BackupFlags extends CommonFlags, FilterFlags {
  readonly to?: readonly string[];
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly format?: string;
  readonly rehash?: true;
  readonly yes?: true;
  readonly replace?: true;
}

/** `holdfast backup SOURCE… --to TARGET…`: one snapshot, on each target named. */
export async function run(session: Session, operands: readonly string[], flags: BackupFlags): Promise<CommandResult> {
  if (operands.length === 0)
    throw new CliError({ code: 'USAGE', message: 'backup needs a source: a folder or a file' });
  const { to: addresses } = flags;
  if (addresses === undefined) {
    throw new CliError({
      code: 'USAGE',
      message: 'backup needs a target',
      hint: 'Say where the snapshot goes: --to ./backups, --to backup.zip or --to s3://bucket/prefix.',
    });
  }
  refuseName(flags.name);
  const filter = filterOf(flags);
  const sources = operands.map((word) => ({ ...parseSource(word), filter }));
  const targets = await openBackupTargets(session, addresses, flags);
  const places = targets.map((target, index) => ({
    address: addresses[index] ?? target.url,
    copyShares: target.capabilities.copyShares,
  }));

  const committed: string[] = [];
  session.whenStopped(() => {
    const before = 'Snapshots made before are untouched.';
    if (committed.length === 0) return `Nothing of this snapshot is kept. ${before}`;
    const others = committed.length < targets.length ? ', and not in the other targets' : '';
    return `The snapshot is complete in ${committed.join(', ')}${others}. ${before}`;
  });
  const summary = await withAdoption(session, flags.yes === true, (adoptPlace) =>
    backup({
      sources,
      targets,
      stateDirectory: stateDirectory(),
      name: flags.name,
      tags: flags.tag ?? [],
      adoptPlace,
      rehash: flags.rehash === true,
      estimate: session.output.wantsTotals,
      signal: session.signal,
      onEvent: (event) => {
        if (event.type === 'committed') committed.push(event.target);
        session.output.onEvent(event);
      },
    }),
  );
  const complete = summary.problemCount === 0 && summary.targets.every((target) => target.committed);
  return {
    exitStatus: complete ? EXIT.done : EXIT.partial,
    lines: backupLines(summary, places, session.output.colours),
    members: backupMembers(summary, addresses),
    trouble: summary,
  };
}

/** @throws CliError `USAGE` for a name that could never be meant where an id is wanted. */
function refuseName(name: string | undefined): void {
  if (name !== 'latest') return;
  throw new CliError({
    code: 'USAGE',
    message: 'a snapshot cannot be named "latest": that word means the newest one',
    hint: 'Give it another name; "latest" finds it as well for as long as it is the newest.',
  });
}
