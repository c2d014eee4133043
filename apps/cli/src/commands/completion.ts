import { CliError } from '../cli-error.js';
import { completionScript, SHELLS, type Shell } from '../complete/scripts.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';

/** `holdfast completion SHELL`: prints the script that makes the shell complete the words of `holdfast`. */
export async function run(session: Session, operands: readonly string[], _flags: CommonFlags): Promise<CommandResult> {
  assertAtMost('completion', operands, 1);
  const shell = SHELLS.find((one) => one === operands[0]);
  if (shell === undefined) throw noShell(operands[0]);
  const script = completionScript(shell);
  await session.output.item({ text: script.trimEnd(), json: { type: 'script', shell, script } });
  return { exitStatus: EXIT.done, lines: [], members: { shell } };
}

function noShell(word: string | undefined): CliError {
  const known: readonly Shell[] = SHELLS;
  return new CliError({
    code: 'USAGE',
    message: word === undefined ? 'completion needs a shell' : `there is no completion for "${word}"`,
    hint: `Shells are ${known.join(', ')}. For example: source <(holdfast completion bash).`,
  });
}
