import { dismissGuard, displayName, type LeftGuard, leftGuards, rollBackGuard, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { requireYes } from '../commands/require-yes.js';
import { EXIT } from '../exit-status.js';
import { guardedWhat, howItStopped } from '../interrupted-guards.js';
import type { CommandResult } from '../render/output.js';
import { recordedTimeText } from '../render/quantities.js';
import { rolledBackResult } from '../render/summary/guard-summary.js';
import type { Session } from '../session.js';
import { endProcesses } from './end-processes.js';
import { openLeftTarget } from './guard-plan.js';
import { holdSignals } from './hold-signals.js';
import { livingProcesses } from './process-tree.js';

/** What the words say of a left run. */
export interface LeftFlags {
  readonly rollBack?: string | true;
  readonly dismiss?: string | true;
  readonly keep?: true;
  readonly yes?: true;
}

/** `holdfast guard --roll-back [ID]`: what a run that was interrupted, or kept, has changed is taken back. */
export async function rollBackLeft(
  session: Session,
  flags: LeftFlags,
  operands: readonly string[],
): Promise<CommandResult> {
  const left = leftRun(session, flags, operands);
  if (left === undefined) return nothingLeft();
  const startedAtMs = performance.now();
  const lines = [
    ...describe(left),
    'All that was changed there since then is taken back, also what is newer than the run.',
  ];
  await requireYes(session, flags.yes === true, lines, 'Make them as they were before it?');
  return rollBackNow(session, left, startedAtMs);
}

/** Does it, and says what came of it. */
export async function rollBackNow(session: Session, left: LeftGuard, startedAtMs: number): Promise<CommandResult> {
  const target = await openLeftTarget(session, left);
  const done = await rollBackGuard({
    id: left.id,
    target,
    stateDirectory: stateDirectory(),
    beforeRollBack: async () => {
      holdSignals(session);
      await endProcesses({ id: left.id });
    },
    signal: session.signal,
    onEvent: session.output.onEvent,
  });
  return rolledBackResult(left.id, done, {
    isSnapshotKept: left.keep,
    durationMs: performance.now() - startedAtMs,
    target: left.target,
    colours: session.output.colours,
  });
}

/** `holdfast guard --dismiss [ID]`: things stay as such a run left them, and its snapshot goes. */
export async function dismissLeft(
  session: Session,
  flags: LeftFlags,
  operands: readonly string[],
): Promise<CommandResult> {
  const left = leftRun(session, flags, operands);
  if (left === undefined) return nothingLeft();
  const keeps = flags.keep === true || left.keep;
  const question = keeps ? 'Leave them as they are?' : 'Leave them as they are, and remove the snapshot?';
  await requireYes(session, flags.yes === true, describe(left), question);
  const target = await openLeftTarget(session, left);
  await dismissGuard({ id: left.id, target, stateDirectory: stateDirectory(), keep: keeps });
  const living = livingProcesses({ id: left.id });
  return {
    exitStatus: EXIT.done,
    lines: [
      `Left as it is: ${placesOf(left)}${keeps ? '' : '; its snapshot is removed'}`,
      ...(living.length === 0 ? [] : [`What it has started still runs: process ${living.join(', ')}`]),
    ],
    members: { outcome: 'dismissed', snapshotId: left.id, snapshotKept: keeps },
  };
}

/** The run that is meant: the only one, or the one whose id is given. */
function leftRun(
  session: Session,
  { rollBack, dismiss }: LeftFlags,
  operands: readonly string[],
): LeftGuard | undefined {
  if ((session.guarded?.length ?? 0) > 0 || operands.length > 0 || (rollBack !== undefined && dismiss !== undefined))
    throw new CliError({ code: 'USAGE', message: '--roll-back and --dismiss run no command and take no source' });
  const which = rollBack ?? dismiss;
  const all = leftGuards(stateDirectory());
  const [meant, ...others] =
    which === true ? all : all.filter(({ id }) => typeof which === 'string' && id.startsWith(which));
  if (meant === undefined && which === true) return undefined;
  if (meant !== undefined && others.length === 0) return meant;
  const lines = all.map((left) => `${left.id}: ${guardedWhat(left)} ${howItStopped(left)}, on ${placesOf(left)}`);
  throw new CliError({
    code: 'USAGE',
    message:
      meant === undefined ? `no guarded run "${which}" is left` : 'several guarded runs are left; say which by its id',
    hint: lines.length === 0 ? undefined : lines.join('; '),
  });
}

function describe(left: LeftGuard): string[] {
  const when = recordedTimeText(left.startedAt);
  return [
    `${capitalised(guardedWhat(left))} of ${when} ${howItStopped(left)}. What it guarded:`,
    ...left.sources.map(({ path }) => `  ${displayName(path)}`),
  ];
}

function placesOf({ sources }: LeftGuard): string {
  return sources.map(({ path }) => displayName(path)).join(', ');
}

function capitalised(words: string): string {
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

function nothingLeft(): CommandResult {
  return {
    exitStatus: EXIT.done,
    lines: ['No guarded run is left to decide about.'],
    members: { outcome: 'nothingLeft' },
  };
}
