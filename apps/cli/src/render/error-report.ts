import { displayName, type HoldfastError, isHoldfastError, isTargetError, type TargetError } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitStatus } from '../exit-status.js';
import { openFilesHint } from '../open-files-hint.js';
import { printableText } from './printable.js';

/** An error as a user meets it. */
export interface ErrorReport {
  /** Stable; `docs/errors.md` has each with its cure. */
  readonly code: string;
  /** What happened to what. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  readonly exitStatus: ExitStatus;
}

/** Codes that say: the words do not fit what is there, and nothing was done. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'SOURCE_NAME',
  'SOURCE_INSIDE_TARGET',
  'BAD_PATTERN',
  'EXCLUDE_FILE',
  'SOURCE_ELSEWHERE',
  'TARGET_NOT_EMPTY',
  'SNAPSHOT_AMBIGUOUS',
  'NOT_FROM_HERE',
  'INCOMPLETE',
]);

/** Codes that say: what is stored is not whole. */
const NOT_WHOLE_CODES: ReadonlySet<string> = new Set(['FILE_DAMAGED']);

/** Hints that name this program's own words, in place of the engine's, which do not know them. */
const HINTS: Readonly<Record<string, string>> = {
  SOURCE_ELSEWHERE: 'If they are here, say where: --source NAME=PATH.',
  NOT_A_TARGET: 'Check the address; "holdfast backup SOURCE --to TARGET" makes a target.',
  TARGET_NOT_EMPTY: 'Name a new or empty place, or add --yes to keep snapshots beside what is there.',
  SNAPSHOT_NOT_FOUND:
    '"holdfast list --from TARGET" shows the ids and names there are, with --removed what was removed.',
  NOTHING_TO_UNDO:
    '"holdfast undo --list" shows the restores that can be undone, "holdfast list --removed --from TARGET" what was removed and can be brought back.',
  SNAPSHOT_AMBIGUOUS:
    'Give more characters of the id; "holdfast list --from TARGET" shows them all, "holdfast undo --list" restores.',
};

/** What to tell of an error, whoever made it. */
export function errorReport(error: unknown): ErrorReport {
  if (error instanceof CliError) {
    return { code: error.code, message: error.message, hint: error.hint, exitStatus: error.exitStatus };
  }
  if (isHoldfastError(error) || isTargetError(error)) {
    return {
      code: error.code,
      message: isTargetError(error) ? targetMessage(error) : error.message,
      hint: HINTS[error.code] ?? error.hint,
      exitStatus: statusOf(error),
    };
  }
  return {
    code: 'UNEXPECTED',
    message: `something unexpected happened: ${error instanceof Error ? error.message : String(error)}`,
    hint:
      openFilesHint(error) ??
      'Nothing stored was harmed. Run it again with --debug to see where it happened, and report it.',
    exitStatus: EXIT.failed,
  };
}

function statusOf(error: HoldfastError | TargetError): ExitStatus {
  const wrongAddress = isTargetError(error, 'MISCONFIGURED') && error.operation === 'open';
  if (wrongAddress || USAGE_CODES.has(error.code)) return EXIT.usage;
  return NOT_WHOLE_CODES.has(error.code) ? EXIT.notWhole : EXIT.failed;
}

/** Codes that speak of a place as a whole: which object of it was asked for is chance, and only confuses. */
const PLACE_CODES: ReadonlySet<string> = new Set([
  'TARGET_NOT_FOUND',
  'BAD_CREDENTIALS',
  'MISCONFIGURED',
  'CLOCK_SKEW',
  'UNAVAILABLE',
  'THROTTLED',
]);

/** What happened to what. */
function targetMessage(error: TargetError): string {
  const isOfPlace = error.operation === 'open' || PLACE_CODES.has(error.code);
  return isOfPlace ? `${error.url.replace(/:$/, '')}: ${error.reason}` : error.message;
}

/** The report as lines for stderr. */
export function errorLines(report: ErrorReport): string[] {
  const lines = [`holdfast: ${displayName(report.message)} (${report.code})`];
  if (report.hint !== undefined) lines.push(`  hint: ${displayName(report.hint)}`);
  return lines;
}

/** Stack traces of an error and its causes. Stacks alone, no other members: an SDK's error may carry a request with its secrets. */
export function debugText(error: unknown): string {
  const stacks: string[] = [];
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
    stacks.push(printableText(current.stack ?? current.message));
  }
  return stacks.join('\ncaused by: ');
}
