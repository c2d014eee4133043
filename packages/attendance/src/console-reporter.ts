import { displayName } from '@holdfast/core';
import type { AttendanceEvent, FileAction, Reporter } from './events.js';

const WORDS: Readonly<Record<FileAction, string>> = {
  copied: 'Copied',
  unchanged: 'Unchanged',
  kept: 'Kept',
  exported: 'Exported',
  restored: 'Restored',
  replaced: 'Replaced',
  alreadyThere: 'Already there',
};

/** What lines are printed with. */
export interface Lines {
  log(line: string): void;
  warn(line: string): void;
}

/**
 * A reporter that prints a line for each file, for what was skipped, and at last how it ended. Names are printed so that nothing in them
 * is obeyed by a terminal.
 *
 * @param lines the console by default; what was skipped goes to its error stream.
 */
export function consoleReporter(lines: Lines = console): Reporter {
  return (event) => {
    if (event.type === 'skipped') lines.warn(lineOf(event));
    else lines.log(lineOf(event));
  };
}

function lineOf(event: AttendanceEvent): string {
  switch (event.type) {
    case 'file':
      return `${WORDS[event.action]}: ${displayName(event.path)}`;
    case 'skipped':
      return `Attention: ${displayName(event.path)}: ${event.message}`;
    case 'note':
      return `Note: ${event.message}`;
    case 'done':
      return event.message;
  }
}
