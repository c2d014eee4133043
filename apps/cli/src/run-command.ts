import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { isHoldfastError, isTargetError } from '@holdfast/core';
import { assertNoneEmpty } from './commands/operands.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { announceInterruptedGuards } from './interrupted-guards.js';
import { announceInterruptedRestores } from './interrupted-restores.js';
import { listenForInterruption } from './interruption.js';
import { colours, wantsColour } from './render/colours.js';
import { debugText, type ErrorReport, errorReport } from './render/error-report.js';
import { jsonOutput } from './render/json-output.js';
import type { CommandResult, Output } from './render/output.js';
import { type OutputFault, outputError } from './render/output-fault.js';
import { noProgressLine, progressLine } from './render/progress-line.js';
import { streamWriter } from './render/stream-writer.js';
import { textOutput } from './render/text-output.js';
import { openSession, type Session } from './session.js';

/** Options every command takes. */
export interface CommonFlags {
  readonly quiet?: true;
  readonly verbose?: true;
  readonly json?: true;
  readonly debug?: true;
  /** A config other than that of the working folder. */
  readonly config?: string;
}

/** A command: does its work with the engine and says how it ended. */
export type Command<Flags extends CommonFlags> = (
  session: Session,
  operands: readonly string[],
  flags: Flags,
) => Promise<CommandResult>;

/** What is declared of a command. */
export interface CommandFacts {
  readonly name: string;
  /** It takes `--from`: the target it reads. */
  readonly reads: boolean;
  /** What stands behind `--`, of a command that runs it. Stdout is that one's, and so are all exit statuses but 125. */
  readonly guarded?: readonly string[] | undefined;
}

/** Runs one command from the first signal handler to the last flush, and gives its exit status. */
export async function runCommand<Flags extends CommonFlags>(
  host: NodeJS.Process,
  { name, reads, guarded }: CommandFacts,
  command: Command<Flags>,
  operands: readonly string[],
  flags: Flags,
): Promise<ExitStatus> {
  const faults: OutputFault[] = [];
  const { output, flush } = openOutput(host, flags, guarded !== undefined && guarded.length > 0, (fault) => {
    faults.push(fault);
    // What is said beside a guarded command is not worth its end, or that of a roll back: the disk may be full by its doing.
    if (guarded === undefined) interruption.stop(EXIT.failed, 'an output that cannot be written');
  });
  const interruption = listenForInterruption(host, () => output.remark('Stopping. Ctrl-C again stops at once.'));
  const owned = openSession(host, output, interruption, { configPath: flags.config, guarded });
  const tell = (error: unknown, report: ErrorReport = reportOf(error, guarded)): ExitStatus => {
    output.failure(name, report, wantsDebug(host, flags) ? debugText(error) : undefined);
    return report.exitStatus;
  };
  let exitStatus: ExitStatus;
  try {
    announceInterruptedRestores(output);
    announceInterruptedGuards(output);
    assertNoneEmpty(name, operands);
    const work = withDefaultTarget(owned.session, reads, flags).then((all) => command(owned.session, operands, all));
    const result = await Promise.race([work, interruption.overdue]);
    output.result(name, result);
    exitStatus = result.exitStatus;
  } catch (error) {
    const { exitStatus: asked } = interruption;
    const report = reportOf(error, guarded);
    const isStopped = asked !== undefined && isStop(error, interruption.signal);
    await owned.failed(isStopped ? { exitStatus: asked, code: 'ABORTED', message: owned.kept() } : report);
    if (!isStopped) exitStatus = tell(error, report);
    else {
      exitStatus = asked;
      // A fault of the output is told below, when all is over.
      if (faults.length === 0) output.stopped(name, owned.kept(), asked);
    }
  } finally {
    output.close();
    await Promise.race([owned.close(), interruption.overdue]).catch(() => {});
    interruption.end();
    await flush();
  }
  const [fault] = faults;
  if (fault === undefined) return exitStatus;
  const faultStatus = tell(outputError(fault, owned.kept()));
  await flush();
  return guarded === undefined || guarded.length === 0 ? faultStatus : exitStatus;
}

/** Where another command is run, its statuses are its own: only one of ours says that it was not. */
function reportOf(error: unknown, guarded: readonly string[] | undefined): ErrorReport {
  const report = errorReport(error);
  return guarded === undefined || guarded.length === 0 ? report : { ...report, exitStatus: EXIT.notGuarded };
}

/** Without `--from` a command reads the default target of the config, where there is one. */
async function withDefaultTarget<Flags extends CommonFlags & { readonly from?: string }>(
  session: Session,
  reads: boolean,
  flags: Flags,
): Promise<Flags> {
  if (!reads || flags.from !== undefined) return flags;
  const from = (await session.config())?.defaultTarget;
  return from === undefined ? flags : { ...flags, from };
}

/** An error that the signal brought about, whatever layer it comes from. */
function isStop(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true;
  if (isHoldfastError(error, 'ABORTED') || isTargetError(error, 'ABORTED')) return true;
  return error instanceof Error && error.name === 'AbortError';
}

function wantsDebug(host: NodeJS.Process, flags: CommonFlags): boolean {
  const variable = host.env.HOLDFAST_DEBUG;
  return flags.debug === true || (variable !== undefined && variable !== '' && variable !== '0');
}

function openOutput(
  host: NodeJS.Process,
  flags: CommonFlags & { readonly jsonTo?: string },
  leavesStdout: boolean,
  onFault: (fault: OutputFault) => void,
): { output: Output; flush: () => Promise<void> } {
  const results = leavesStdout ? resultsBeside(host, flags.jsonTo) : host.stdout;
  const stdout = streamWriter(results, (error) => onFault({ stream: leavesStdout ? 'stderr' : 'stdout', error }));
  const stderr = streamWriter(host.stderr, (error) => onFault({ stream: 'stderr', error }));
  const flush = async (): Promise<void> => {
    await stdout.flush();
    await stderr.flush();
  };
  const quiet = flags.quiet === true;
  if (flags.json || (leavesStdout && flags.jsonTo !== undefined))
    return { output: jsonOutput({ stdout, stderr, quiet, nowMs: () => performance.now() }), flush };
  const drawsProgress = !quiet && host.stderr.isTTY === true && host.env.TERM !== 'dumb';
  const output = textOutput({
    stdout,
    stderr,
    progress: drawsProgress ? progressLine(host.stderr) : noProgressLine,
    colours: colours(wantsColour(leavesStdout ? host.stderr : host.stdout, host.env)),
    errorColours: colours(wantsColour(host.stderr, host.env)),
    quiet,
    verbose: flags.verbose === true,
    wantsTotals: drawsProgress,
    isTerminal: host.stdout.isTTY === true,
  });
  return { output, flush };
}

/** Where the results go of a command that leaves stdout to another one. */
function resultsBeside(host: NodeJS.Process, file: string | undefined): Writable {
  return file === undefined ? host.stderr : createWriteStream(file);
}

/** Every problem makes the difference between `done` and `done, but not all`. */
export function statusOf(problemCount: number): ExitStatus {
  return problemCount === 0 ? EXIT.done : EXIT.partial;
}
