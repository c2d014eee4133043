import { displayName, type MirrorSummary } from '@holdfast/core';
import type { MirrorEnds } from '../../compose/mirror-plan.js';
import { EXIT } from '../../exit-status.js';
import type { Colours } from '../colours.js';
import type { ErrorReport } from '../error-report.js';
import type { CommandResult } from '../output.js';
import { mirrorLines, mirrorMembers } from './mirror-summary.js';

/** How one of several mirrors ended. */
export type MirrorOutcome =
  | { readonly ends: MirrorEnds; readonly summary: MirrorSummary }
  | { readonly ends: MirrorEnds; readonly error: ErrorReport };

/** The end of one or more mirrors: done if all are equal now, failed if none could be run. */
export function mirrorsResult(outcomes: readonly MirrorOutcome[], colours: Colours): CommandResult {
  const summaries = outcomes.flatMap((outcome) => ('summary' in outcome ? [outcome.summary] : []));
  const total = totalOf(summaries, summaries.length === outcomes.length);
  const isDone = total.equal && total.problemCount === 0;
  return {
    exitStatus: isDone ? EXIT.done : summaries.length === 0 ? EXIT.failed : EXIT.partial,
    lines: outcomes.flatMap((outcome) => linesOf(outcome, colours)),
    members: {
      ...mirrorMembers(total),
      ...(outcomes.length === 1 ? {} : { mirrors: outcomes.map(membersOf) }),
    },
    trouble: total,
  };
}

function linesOf(outcome: MirrorOutcome, colours: Colours): string[] {
  const { from, to } = outcome.ends;
  if ('summary' in outcome) return mirrorLines(outcome.summary, from, to, colours);
  const { message, code } = outcome.error;
  return [colours.red(`Not mirrored ${displayName(from)} to ${displayName(to)}: ${displayName(message)} (${code})`)];
}

function membersOf({ ends, ...outcome }: MirrorOutcome): Record<string, unknown> {
  if ('summary' in outcome) return { ...ends, equal: outcome.summary.equal };
  const { code, message, hint } = outcome.error;
  return { ...ends, equal: false, error: { code, message, hint } };
}

function totalOf(summaries: readonly MirrorSummary[], allRan: boolean): MirrorSummary {
  const [only] = summaries;
  if (only !== undefined && summaries.length === 1 && allRan) return only;
  const sum = (
    member: keyof { [Name in keyof MirrorSummary as MirrorSummary[Name] extends number ? Name : never]: 1 },
  ) => summaries.reduce((total, summary) => total + summary[member], 0);
  return {
    equal: allRan && summaries.every(({ equal }) => equal),
    snapshots: sum('snapshots'),
    presentSnapshots: sum('presentSnapshots'),
    copiedSnapshots: sum('copiedSnapshots'),
    copiedFiles: sum('copiedFiles'),
    copiedBytes: sum('copiedBytes'),
    sharedFiles: sum('sharedFiles'),
    unreadFiles: sum('unreadFiles'),
    failedSnapshots: sum('failedSnapshots'),
    removedSnapshots: sum('removedSnapshots'),
    durationMs: sum('durationMs'),
    problemCount: sum('problemCount'),
    problems: summaries.flatMap(({ problems }) => problems),
  };
}
