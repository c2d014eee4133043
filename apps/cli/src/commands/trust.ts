import { displayName, stateDirectory } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { trust } from '../config/trust.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';

/** `holdfast trust`: the commands in the config of the working folder may run, for as long as the file stays as it is. */
export async function run(session: Session, operands: readonly string[], _flags: CommonFlags): Promise<CommandResult> {
  assertAtMost('trust', operands, 0);
  const config = await session.config();
  if (config === undefined) {
    const hint = 'Go to the folder that holds one, or write one: holdfast init.';
    throw new CliError({ code: 'USAGE', message: 'there is no holdfast.config.json in this folder', hint });
  }
  await trust(config, stateDirectory());
  const hooks = Object.entries(config.hooks).map(([event, command]) => `  ${event}: ${displayName(wordsOf(command))}`);
  const path = displayName(config.realPath);
  const what = hooks.length === 0 ? 'It holds no commands now.' : 'These commands of it may run:';
  return {
    exitStatus: EXIT.done,
    lines: [`Trusted: ${path}, as it is now. ${what}`, ...hooks],
    members: { path: config.realPath, sha256: config.sha256, hooks: config.hooks },
  };
}

function wordsOf(command: unknown): string {
  return typeof command === 'string' ? command : JSON.stringify(command);
}
