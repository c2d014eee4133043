import { type DiffSummary, displayName, type FailureChoice, type GuardFailure, isHoldfastError } from '@holdfast/core';
import { DEFAULT_INSPECT_LIMITS, type InspectLimits } from '@holdfast/core/inspect';
import { CliError } from '../cli-error.js';
import { type ContentComparer, contentComparer } from '../commands/compare-contents.js';
import { changeItems } from '../render/change-item.js';
import { errorReport } from '../render/error-report.js';
import { countText } from '../render/quantities.js';
import type { Session } from '../session.js';
import { CommandFailed } from './guarded-command.js';

/** What is done when the command fails. */
export type FailureWord = 'ask' | 'restore' | 'keep';

/** So many changes are shown before a question, unless all are asked for. */
const MAX_SHOWN = 30;

/** Somebody waits, and perhaps a roll back: a workbook that takes longer is named without what is in it. */
const LOOK_LIMITS: InspectLimits = { ...DEFAULT_INSPECT_LIMITS, timeoutMs: 5000 };

/** @throws CliError `USAGE` for a word that is none of the three. */
export function failureWord(word: string | undefined): FailureWord | undefined {
  if (word === undefined || word === 'ask' || word === 'restore' || word === 'keep') return word;
  throw new CliError({
    code: 'USAGE',
    message: `--on-failure takes ask, restore or keep, and "${word}" is none of them`,
  });
}

/** Shows how the command failed and what it has changed, and says, or asks, what becomes of that. */
export async function decideOnFailure(
  session: Session,
  failure: GuardFailure,
  word: FailureWord | undefined,
  showsAll: boolean,
): Promise<FailureChoice> {
  session.whenStopped(
    () => `What the command has changed stays for now: holdfast guard --roll-back ${failure.snapshotId}`,
  );
  session.output.remark(`holdfast: ${howItFailed(failure.error)}.`);
  // Nothing can have changed, and nothing is to be kept.
  if (failure.error instanceof CommandFailed && failure.error.neverRan) return 'restore';
  await showChanges(session, failure, showsAll);
  if (word === 'restore' || word === 'keep') return word;
  // Nobody to ask: nothing is lost by keeping it.
  const answer = await session.confirm('Take back what the command has changed?');
  return answer === true ? 'restore' : 'keep';
}

/** As the end of a sentence. */
export function howItFailed(error: unknown): string {
  if (isHoldfastError(error, 'TIMED_OUT')) return `the command was ended: ${error.message}`;
  return error instanceof CommandFailed ? error.message : errorReport(error).message;
}

/** What has perhaps changed, and could not be compared: a source that is gone, say, or what a rule that is new leaves out. */
function notSeen({ problems, notCompared }: DiffSummary): string[] {
  const lines = problems.slice(0, MAX_SHOWN).map(({ path, message }) => `  ${displayName(path)}: ${message}`);
  if (notCompared > 0)
    lines.push(`  ${countText(notCompared, 'item')} that the snapshot covers cannot be compared, and may have changed`);
  return lines;
}

/** A comparison that cannot be made is no reason not to ask. */
async function showChanges(session: Session, failure: GuardFailure, showsAll: boolean): Promise<void> {
  const { output } = session;
  let shown = 0;
  let more = 0;
  try {
    const compared = await failure.changes();
    try {
      // The signal that has ended the command must not end this; what takes long is not waited for.
      const look = contentComparer(compared, { verbose: showsAll, limits: LOOK_LIMITS });
      const compare: ContentComparer = async (change) => (shown < MAX_SHOWN || showsAll ? look(change) : undefined);
      for await (const item of changeItems(compared.changes(), output.colours, !showsAll, compare)) {
        if (shown >= MAX_SHOWN && !showsAll) more += 1;
        else {
          shown += 1;
          await output.item(item);
        }
      }
    } finally {
      await compared.close();
    }
    if (more > 0) output.remark(`  and ${countText(more, 'more change')}: --verbose lists all`);
    for (const line of notSeen(compared.summary)) output.remark(line);
    if (compared.summary.equal) output.remark('Nothing that the snapshot covers has changed.');
  } catch (error) {
    output.remark(`What has changed cannot be shown: ${errorReport(error).message}`);
  }
}
