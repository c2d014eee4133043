import type { EventListener, Trouble } from '@holdfast/core';
import type { ExitStatus } from '../exit-status.js';
import type { Colours } from './colours.js';
import type { ErrorReport } from './error-report.js';

/** How a command ended, for people and for programs. */
export interface CommandResult {
  readonly exitStatus: ExitStatus;
  /** The summary in plain words, already escaped. */
  readonly lines: readonly string[];
  /** Members of the summary line of `--json`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly trouble?: Trouble;
}

/** One thing of a listing, for people and for programs. */
export interface ListedItem {
  /** Absent where it is something for programs only. */
  readonly text?: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Where a command writes. One kind draws text, the other prints JSON lines; a command does not know which it has. */
export interface Output {
  /** For the text a command composes: real styles in text on a terminal, none in JSON and pipes. */
  readonly colours: Colours;
  /** Is progress worth counting ahead for? */
  readonly wantsTotals: boolean;
  /** Nobody reads any more: whoever only lists can stop. */
  readonly closed: boolean;
  /** Hears what the engine tells. */
  readonly onEvent: EventListener;
  /** A heading of a listing; programs do not get it. */
  heading(text: string): Promise<void>;
  /** One line of a listing. Resolves when the reader can take more. */
  item(item: ListedItem): Promise<void>;
  /** Results appear on a terminal, which bytes of any kind could disturb. */
  readonly isTerminal: boolean;
  /** Bytes of a stored file, as they are. Resolves when the reader can take more. Not for programs, which want lines. */
  content(chunk: Uint8Array): Promise<void>;
  /** A remark on what is going on, for people only. */
  remark(text: string): void;
  /** Something that the user should know before anything else, whatever the command. */
  warning(text: string): void;
  /** The end of a command that did what it could. */
  result(command: string, result: CommandResult): void;
  /** The end of a command that failed. */
  failure(command: string, report: ErrorReport, debug: string | undefined): void;
  /** The end of a command that was stopped; `kept` says what is there. */
  stopped(command: string, kept: string, exitStatus: ExitStatus): void;
  /** Takes the progress line away for good. */
  close(): void;
}
