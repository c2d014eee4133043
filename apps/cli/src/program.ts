import { Command } from 'commander';
import type { ExitStatus } from './exit-status.js';
import { each, once } from './option-values.js';
import type { Command as CommandRun, CommonFlags } from './run-command.js';

const AFTER_HELP = `
A target is a folder (./backups), one zip archive with one snapshot (backup.zip),
a folder of archives (zip:archives), or a bucket of any S3 store (s3://bucket/prefix).

Examples:
  holdfast backup ./data attendance.xlsx --to ./backups
  holdfast list --from ./backups
  holdfast restore --from ./backups --into ./restored
  holdfast verify --data --from ./backups
  holdfast mirror ./backups s3://bucket/prefix

Exit status: 0 done, 1 failed, 2 wrong usage, 3 done but not all of it,
             4 not whole, 130 stopped by Ctrl-C.`;

const ID_WORDS = 'id, beginning of an id, name, or "latest"';

type Loader<Flags extends CommonFlags> = () => Promise<{ readonly run: CommandRun<Flags> }>;

/** What the help of a command says beside its options. */
interface Words {
  readonly usage: string;
  /** The first words of a sentence without its full stop. */
  readonly summary: string;
  readonly examples: readonly string[];
}

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

  const add = <Flags extends CommonFlags>(name: string, words: Words, load: Loader<Flags>): Command =>
    program
      .command(name)
      .usage(words.usage)
      .summary(words.summary)
      .description(`${words.summary[0]?.toUpperCase()}${words.summary.slice(1)}.`)
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', ['', 'Examples:', ...words.examples.map((example) => `  holdfast ${example}`)].join('\n'))
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        const [{ run }, { runCommand }] = await Promise.all([load(), import('./run-command.js')]);
        ended(await runCommand(host, name, run, [...command.args, ...tail], command.opts<Flags>()));
      });

  const backup = add(
    'backup',
    {
      usage: 'SOURCE... --to TARGET [options]',
      summary: 'save a snapshot of files and folders',
      examples: [
        'backup ./data --to ./backups',
        'backup ./data excel=attendance.xlsx --to ./backups --to zip:archives --name "before import"',
        'backup ./data --to s3://bucket/prefix --format plain',
      ],
    },
    () => import('./commands/backup.js'),
  )
    .argument('[source...]', 'a folder, a file, or NAME=PATH to give it another name in the snapshot')
    .option('--to <target>', 'where to; more than once for several targets', each('--to'))
    .option('--name <name>', 'a name for the snapshot, usable in place of its id', once('--name'))
    .option('--tag <tag>', 'a tag; more than once for several', each('--tag'))
    .option('--format <format>', 'format of a new target: plain (real files under their own names)', once('--format'))
    .option('--rehash', 'read every file, also those that look unchanged')
    .option('--replace', 'put the snapshot in the place of an archive that exists')
    .option('-y, --yes', 'use a target folder that holds other files');

  const list = add(
    'list',
    {
      usage: '--from TARGET [options]',
      summary: 'list the snapshots of a target, oldest first',
      examples: ['list --from ./backups', 'list --from s3://bucket/prefix --json'],
    },
    () => import('./commands/list.js'),
  );

  const show = add(
    'show',
    {
      usage: '[ID] [PATH] --from TARGET [options]',
      summary: 'show a snapshot and what is in it',
      examples: ['show --from ./backups', 'show latest data/2026 --from ./backups'],
    },
    () => import('./commands/show.js'),
  )
    .argument('[id]', `${ID_WORDS} (the default)`)
    .argument('[path]', 'only this file or folder of the snapshot');

  const restore = add(
    'restore',
    {
      usage: '[ID] --from TARGET --into FOLDER [options]',
      summary: 'write the files of a snapshot into a folder',
      examples: [
        'restore --from ./backups --into ./restored',
        'restore 20261123T0723 --from backup.zip --into ./restored',
      ],
    },
    () => import('./commands/restore.js'),
  )
    .argument('[id]', `${ID_WORDS} (the default)`)
    .option('--into <folder>', 'where the files go', once('--into'))
    .option('--privileged', 'give back set-user-id and set-group-id bits as well')
    .option('-y, --yes', 'replace files in the folder that differ from the snapshot');

  const verify = add(
    'verify',
    {
      usage: '[ID] --from TARGET [options]',
      summary: 'check that snapshots are whole',
      examples: ['verify --from ./backups', 'verify latest --data --from backup.zip'],
    },
    () => import('./commands/verify.js'),
  )
    .argument('[id]', `${ID_WORDS}; without it every snapshot`)
    .option('--data', 'read the content of every file and compare it with its checksum');

  const mirror = add(
    'mirror',
    {
      usage: 'FROM TO [options]',
      summary: 'copy the snapshots that another target does not have',
      examples: ['mirror ./backups s3://bucket/prefix', 'mirror s3://bucket/prefix zip:archives'],
    },
    () => import('./commands/mirror.js'),
  )
    .argument('[from]', 'the target that has them')
    .argument('[to]', 'the target that shall have them as well')
    .option('-y, --yes', 'use a target folder that holds other files');

  for (const reader of [list, show, restore, verify]) {
    reader.option('--from <target>', 'the target that holds the snapshots', once('--from'));
  }
  for (const command of [backup, list, show, restore, verify, mirror]) addCommonOptions(command);
  return program;
}

/** The options of every command, last in its help. */
function addCommonOptions(command: Command): void {
  command
    .option('-q, --quiet', 'no progress and no summary: only results, problems and errors')
    .option('-v, --verbose', 'a line for each file')
    .option('--json', 'one JSON object a line, for programs')
    .option('--debug', 'where in the program an error arose');
}
