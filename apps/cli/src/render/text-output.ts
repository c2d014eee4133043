import { displayName, type HoldfastEvent } from '@holdfast/core';
import type { Colours } from './colours.js';
import { errorLines } from './error-report.js';
import { forecastText } from './forecast-text.js';
import { leftOutText } from './left-out-text.js';
import type { Output } from './output.js';
import { problemLines, problemText } from './problem-text.js';
import type { ProgressLine } from './progress-line.js';
import { sizeText } from './quantities.js';
import type { StreamWriter } from './stream-writer.js';

/** What {@link textOutput} draws with. */
export interface TextOutputOptions {
  /** Results. */
  readonly stdout: StreamWriter;
  /** Problems and errors: what a person should see even if the results go to a file. */
  readonly stderr: StreamWriter;
  readonly progress: ProgressLine;
  readonly colours: Colours;
  /** Styles for stderr, which may be a terminal while stdout is none. */
  readonly errorColours: Colours;
  readonly quiet: boolean;
  /** A line for each file. */
  readonly verbose: boolean;
  readonly wantsTotals: boolean;
  /** Stdout is a terminal. */
  readonly isTerminal: boolean;
}

/** Output for people. */
export function textOutput(options: TextOutputOptions): Output {
  const { stdout, stderr, progress, colours, errorColours } = options;
  const notes: string[] = [];

  const tellVerbosely = (event: HoldfastEvent): void => {
    if (event.type === 'file') {
      progress.hide();
      stdout.line(`${event.action.padEnd(8)}  ${displayName(event.path)}  ${sizeText(event.sizeBytes)}`);
    } else if (event.type === 'leftOut') {
      progress.hide();
      stdout.line(`${'left out'.padEnd(8)}  ${leftOutText(event)}`);
    } else if (event.type === 'item') {
      progress.hide();
      stdout.line(`${event.action.padEnd(8)}  ${displayName(event.path)}${event.entryType === 'directory' ? '/' : ''}`);
    } else if (event.type === 'problem') {
      progress.hide();
      stderr.line(errorColours.yellow(`problem   ${problemText(event.problem)}`));
    }
  };
  const write = (lines: readonly string[]): void => {
    progress.end();
    if (!options.quiet) for (const line of lines) stdout.line(line);
  };

  return {
    colours,
    wantsTotals: options.wantsTotals,
    get closed() {
      return stdout.closed;
    },
    onEvent(event) {
      if (event.type === 'note') notes.push(displayName(event.note.message));
      if (event.type === 'forecast' && !options.quiet) {
        progress.hide();
        stderr.line(forecastText(event));
      }
      if (options.verbose) tellVerbosely(event);
      progress.tell(event);
    },
    async heading(text) {
      progress.hide();
      stdout.line(text);
    },
    async item(item) {
      if (item.text === undefined) return;
      progress.hide();
      stdout.line(item.text);
      await stdout.room();
    },
    isTerminal: options.isTerminal,
    async content(chunk) {
      progress.hide();
      stdout.bytes(chunk);
      await stdout.room();
    },
    warning(text) {
      progress.hide();
      stderr.line(errorColours.yellow(text));
    },
    remark(text) {
      progress.hide();
      stderr.line(text);
    },
    result(_command, result) {
      write([...result.lines, ...notes.map((note) => `note: ${note}`)]);
      if (result.trouble === undefined) return;
      const [heading, ...problems] = problemLines(result.trouble);
      if (heading !== undefined) stderr.line(errorColours.yellow(heading));
      for (const line of problems) stderr.line(line);
    },
    failure(_command, report, debug) {
      progress.end();
      const [first = '', ...rest] = errorLines(report);
      stderr.line(errorColours.red(first));
      for (const line of rest) stderr.line(line);
      if (debug !== undefined) stderr.line(debug);
    },
    stopped(_command, kept) {
      progress.end();
      stderr.line(`holdfast: stopped. ${displayName(kept)}`);
    },
    close() {
      progress.end();
    },
  };
}
