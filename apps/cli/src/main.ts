import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { EXIT, type ExitStatus } from './exit-status.js';
import { openFilesHint } from './open-files-hint.js';
import { buildProgram } from './program.js';
import { splitArguments } from './split-arguments.js';

/** Runs the command line of `host` (`process`) and ends it with the exit status that `docs/cli.md` promises. */
export async function main(host: NodeJS.Process): Promise<void> {
  // Without listeners a reader that leaves during `--help` would end the process with a stack trace.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', () => {});
  host.exit(await runProgram(host));
}

async function runProgram(host: NodeJS.Process): Promise<ExitStatus> {
  // Asked by the scripts of `holdfast completion` at each press of a key: nothing else is loaded for it.
  if (host.argv[2] === '__complete') {
    const { answer } = await import('./complete/answer.js');
    await answer(host, host.argv.slice(3)).catch(() => {});
    return EXIT.done;
  }
  const { head, tail } = splitArguments(host.argv.slice(2));
  let exitStatus: ExitStatus = EXIT.done;
  // Where another command is run, stdout and every status but one are that one's.
  const isGuarding = head[0] === 'guard' && tail !== undefined;
  const program = buildProgram(host, version(), tail ?? [], (status) => {
    exitStatus = status;
  });
  try {
    if (head.length === 0) program.help({ error: true });
    const [first, word] = head;
    if (first === 'help' && word !== undefined && !word.startsWith('-') && !isCommand(program, word))
      program.error(`error: unknown command '${word}'`, { code: 'commander.unknownCommand', exitCode: EXIT.usage });
    await program.parseAsync([...head], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return brokenInstallation(host, error);
    if (error.exitCode === 0) return EXIT.done;
    exitStatus = isGuarding ? EXIT.notGuarded : EXIT.usage;
    // Help that was shown in place of a missing command has said all there is to say.
    if (error.code !== 'commander.help') {
      const { usageFailure } = await import('./render/usage-failure.js');
      usageFailure(host, head, error.message, { results: isGuarding ? host.stderr : host.stdout, exitStatus });
    }
    return exitStatus;
  }
  return exitStatus;
}

function isCommand(program: Command, word: string): boolean {
  return word === 'help' || program.commands.some((command) => command.name() === word);
}

/** Everything a command meets is told by `runCommand`; what comes out here could not even be loaded. */
function brokenInstallation(host: NodeJS.Process, error: unknown): ExitStatus {
  const isDebugging = host.argv.includes('--debug') || Boolean(host.env.HOLDFAST_DEBUG);
  const message = error instanceof Error ? ((isDebugging ? error.stack : undefined) ?? error.message) : String(error);
  const hint = openFilesHint(error) ?? 'Install it anew, or build it.';
  host.stderr.write(`holdfast: it cannot start: ${message} (UNEXPECTED)\n  hint: ${hint}\n`);
  return EXIT.failed;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
