import type { Command } from 'commander';
import { once } from '../option-values.js';
import type { Command as CommandRun } from '../run-command.js';

/** A command as the program declares it: its words, and where its work is. */
export interface CommandWords {
  readonly name: string;
  readonly usage: string;
  /** The first words of a sentence without its full stop. */
  readonly summary: string;
  /** What is typed behind `holdfast`. */
  readonly examples: readonly string[];
  /** Adds arguments and options. Those that every command has come behind them. */
  readonly declare: (command: Command) => void;
  /** What stands behind `--` is a command that it runs, which stdout belongs to; without it operands of its own. */
  readonly runsCommand?: true;
  /** The work, loaded when the command is run: nothing of the engine is loaded for its words. */
  readonly load: () => Promise<{ readonly run: CommandRun<never> }>;
}

/** How a snapshot may be named, for the description of an argument. */
export const ID_WORDS = 'id, beginning of an id, name, or "latest"';

/** The option of every command that reads one target. */
export function addFrom(command: Command): void {
  command.option(
    '--from <target>',
    'the target that holds the snapshots; the default one of the config without',
    once('--from'),
  );
}
