import { colours } from './colours.js';
import { errorLines } from './error-report.js';
import { eventJson, JSON_SCHEMA_VERSION } from './event-json.js';
import type { Output } from './output.js';
import { printableJson } from './printable.js';
import type { StreamWriter } from './stream-writer.js';

const PROGRESS_MS = 1000;

/** What {@link jsonOutput} writes with. */
export interface JsonOutputOptions {
  readonly stdout: StreamWriter;
  readonly stderr: StreamWriter;
  /** Only problems, errors, listings and the summary. */
  readonly quiet: boolean;
  /** A steady clock. */
  readonly nowMs: () => number;
}

/** Output for programs: one JSON object a line on stdout, the last one a `summary`. Errors stand on stderr in words as well. */
export function jsonOutput(options: JsonOutputOptions): Output {
  const { stdout, stderr } = options;
  let progressAtMs = Number.NEGATIVE_INFINITY;
  const print = (line: Readonly<Record<string, unknown>>): void => stdout.line(printableJson(line));
  const summary = (command: string, exitStatus: number, members: Readonly<Record<string, unknown>>): void =>
    print({ type: 'summary', command, schemaVersion: JSON_SCHEMA_VERSION, exitStatus, ...members });

  return {
    colours: colours(false),
    wantsTotals: !options.quiet,
    get closed() {
      return stdout.closed;
    },
    onEvent(event) {
      if (options.quiet && event.type !== 'problem') return;
      if (event.type === 'progress') {
        if (options.nowMs() - progressAtMs < PROGRESS_MS) return;
        progressAtMs = options.nowMs();
      }
      print(eventJson(event));
    },
    async heading() {},
    async item(item) {
      print(item.json);
      await stdout.room();
    },
    isTerminal: false,
    async content() {},
    warning(text) {
      stderr.line(text);
    },
    remark() {},
    result(command, result) {
      const trouble = result.trouble === undefined ? {} : { problems: result.trouble.problemCount };
      summary(command, result.exitStatus, { ...result.members, ...trouble });
    },
    failure(command, report, debug) {
      const { code, message, hint, exitStatus } = report;
      print({ type: 'error', code, message, hint });
      summary(command, exitStatus, { error: code });
      for (const line of errorLines(report)) stderr.line(line);
      if (debug !== undefined) stderr.line(debug);
    },
    stopped(command, kept, exitStatus) {
      print({ type: 'stopped', message: kept });
      summary(command, exitStatus, { error: 'ABORTED' });
      stderr.line(`holdfast: stopped. ${kept}`);
    },
    close() {},
  };
}
