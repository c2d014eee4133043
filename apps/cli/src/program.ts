import { Command } from 'commander';
import type { ExitStatus } from './exit-status.js';
import { once } from './option-values.js';
import { backupWords } from './words/backup.js';
import type { CommandWords } from './words/command-words.js';
import { completionWords } from './words/completion.js';
import { csvWords } from './words/csv.js';
import { diffWords } from './words/diff.js';
import { doctorWords } from './words/doctor.js';
import { exportWords } from './words/export.js';
import { findWords } from './words/find.js';
import { guardWords } from './words/guard.js';
import { historyWords } from './words/history.js';
import { initWords } from './words/init.js';
import { listWords } from './words/list.js';
import { mirrorWords } from './words/mirror.js';
import { pruneWords } from './words/prune.js';
import { removeWords } from './words/remove.js';
import { restoreWords } from './words/restore.js';
import { showWords } from './words/show.js';
import { trustWords } from './words/trust.js';
import { undoWords } from './words/undo.js';
import { verifyWords } from './words/verify.js';

const AFTER_HELP = `
A target is a folder (./backups), one zip archive with one snapshot (backup.zip),
a folder of archives (zip:archives), or a bucket of any S3 store (s3://bucket/prefix).

Examples:
  holdfast backup ./data attendance.xlsx --to ./backups
  holdfast list --from ./backups
  holdfast restore --from ./backups --into ./restored
  holdfast verify --data --from ./backups
  holdfast mirror ./backups s3://bucket/prefix

What stands in ./holdfast.config.json need not be said: "holdfast init" writes one.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 done but not all of it,
             4 not whole, 130 stopped by Ctrl-C.`;

/** Every command, in the order of the help. */
const COMMANDS: readonly CommandWords[] = [
  initWords,
  backupWords,
  guardWords,
  listWords,
  showWords,
  findWords,
  diffWords,
  historyWords,
  restoreWords,
  verifyWords,
  mirrorWords,
  removeWords,
  undoWords,
  pruneWords,
  exportWords,
  csvWords,
  trustWords,
  doctorWords,
  completionWords,
];

/**
 * The words of the program. Nothing of the engine is loaded here: each command is imported when it is run, so that
 * `--help` is there at once. `tail` holds the operands after `--`.
 */
export function buildProgram(
  host: NodeJS.Process,
  version: string,
  tail: readonly string[],
  ended: (status: ExitStatus) => void,
): Command {
  const program = new Command('holdfast')
    .description('Snapshots of files that must not be lost: in a folder, in zip archives, in any S3 store.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help', 'print the help of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', AFTER_HELP)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} });

  for (const words of COMMANDS) {
    const summary = words.summary;
    const command = program
      .command(words.name)
      .usage(words.usage)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', ['', 'Examples:', ...words.examples.map((example) => `  holdfast ${example}`)].join('\n'))
      .action(async (...given: unknown[]) => {
        const parsed = given.at(-1) as Command;
        const [{ run }, { runCommand }] = await Promise.all([words.load(), import('./run-command.js')]);
        const reads = parsed.options.some(({ long }) => long === '--from');
        const facts = { name: words.name, reads, guarded: words.runsCommand === true ? tail : undefined };
        const operands = words.runsCommand === true ? parsed.args : [...parsed.args, ...tail];
        ended(await runCommand(host, facts, run, operands, parsed.opts<never>()));
      });
    words.declare(command);
    addCommonOptions(command);
  }
  return program;
}

/** The options of every command, last in its help. */
function addCommonOptions(command: Command): void {
  command
    .option('--config <file>', 'a config other than ./holdfast.config.json', once('--config'))
    .option('-q, --quiet', 'no progress and no summary: only results, problems and errors')
    .option('-v, --verbose', 'a line for each file')
    .option('--json', 'one JSON object a line, for programs')
    .option('--debug', 'where in the program an error arose');
}
