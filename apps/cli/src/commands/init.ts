import { existsSync } from 'node:fs';
import { displayName, isTargetError } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import type { ConfigFile } from '../config/config-file.js';
import { CONFIG_NAME } from '../config/read-config-file.js';
import { EXIT } from '../exit-status.js';
import { attendanceConfig } from '../init/attendance-template.js';
import { configDraft } from '../init/config-draft.js';
import { tryTargets } from '../init/try-targets.js';
import { assertNoConfig, writeNewConfig } from '../init/write-config.js';
import type { CommandResult } from '../render/output.js';
import { countText } from '../render/quantities.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost } from './operands.js';

/** Options of `holdfast init`. */
export interface InitFlags extends CommonFlags {
  readonly source?: readonly string[];
  readonly target?: readonly string[];
  readonly template?: string;
  readonly data?: string;
  readonly workbook?: string;
  readonly yes?: true;
}

/** `holdfast init`: writes the config of the working folder, by asking on a terminal, else from its options. Never over one. */
export async function run(session: Session, operands: readonly string[], flags: InitFlags): Promise<CommandResult> {
  assertAtMost('init', operands, 0);
  if (flags.config !== undefined) {
    throw new CliError({ code: 'USAGE', message: 'init writes the config of this folder, and takes no --config' });
  }
  await assertNoConfig();
  const { file, remarks } = await tryTargets(session, await draftOf(session, flags));
  const paths = Object.values(file.sources ?? {}).map((source) => (typeof source === 'string' ? source : source.path));
  const missing = paths.filter((path) => !existsSync(path));
  const notes = [...remarks, ...missing.map((path) => `${path} is not there yet.`)];
  const content = `${JSON.stringify(file, undefined, 2)}\n`;
  const { terminal } = session;
  if (terminal !== undefined && flags.yes !== true) {
    const { askToWrite } = await import('../init/ask-config.js');
    if (!(await askToWrite({ ...terminal, signal: session.signal }, CONFIG_NAME, content))) throw notConfirmed(session);
  }
  session.signal.throwIfAborted();
  await writeNewConfig(content);
  const sources = paths.length;
  const targets = Object.keys(file.targets ?? {}).length;
  const counts = [countText(sources, 'source'), countText(targets, 'target')];
  return {
    exitStatus: EXIT.done,
    lines: [
      `Wrote ${CONFIG_NAME}: ${counts.join(', ')}.`,
      ...notes.map((remark) => `note: ${displayName(remark)}`),
      'Next: holdfast backup',
      'Then: holdfast verify --data',
    ],
    members: { path: CONFIG_NAME, sources, targets, remarks: notes },
  };
}

/** The config as the words have it, or the answers. */
async function draftOf(session: Session, flags: InitFlags): Promise<ConfigFile> {
  if (flags.template === undefined) {
    if (flags.data !== undefined || flags.workbook !== undefined) throw alone();
    const words = await wordsOf(session, flags);
    return configDraft(words.sources, words.targets);
  }
  if (flags.template !== 'attendance') {
    const hint = 'There is one: --template attendance.';
    throw new CliError({ code: 'USAGE', message: `"${flags.template}" is no template`, hint });
  }
  if (flags.source !== undefined) {
    const hint = 'With --template attendance say --data FOLDER and --workbook FILE.';
    throw new CliError({ code: 'USAGE', message: 'a template has its own sources, and --source adds none', hint });
  }
  const { attendancePlaces } = await import('../init/attendance-places.js');
  const places = await attendancePlaces(session, flags, (targets) => refusalOf([], targets));
  if (places === undefined) throw notConfirmed(session);
  return attendanceConfig(places);
}

function alone(): CliError {
  const message = '--data and --workbook are for --template attendance, which is not given';
  return new CliError({ code: 'USAGE', message, hint: 'Without a template say --source PATH.' });
}

async function wordsOf(
  session: Session,
  flags: InitFlags,
): Promise<{ sources: readonly string[]; targets: readonly string[] }> {
  const said = { sources: flags.source ?? [], targets: flags.target ?? [] };
  if (said.sources.length > 0 && said.targets.length > 0) return said;
  const { terminal } = session;
  if (terminal === undefined || flags.yes === true) {
    throw new CliError({
      code: 'USAGE',
      message: `init needs a ${said.sources.length === 0 ? 'source' : 'target'}, and ${flags.yes ? 'is not to ask' : 'cannot ask without a terminal'}`,
      hint: 'For example: holdfast init --source ./data --target ./backups.',
    });
  }
  const { askForConfig } = await import('../init/ask-config.js');
  const answers = await askForConfig({ ...terminal, signal: session.signal }, said, refusalOf);
  if (answers === undefined) throw notConfirmed(session);
  return answers;
}

/** Why words cannot be used, for who is asked: the next answer may be better. */
function refusalOf(sources: readonly string[], targets: readonly string[]): string | undefined {
  try {
    configDraft(sources, targets);
    return undefined;
  } catch (error) {
    if (error instanceof CliError || isTargetError(error)) return error.message;
    throw error;
  }
}

/** @throws the signal's reason, where it was a signal that ended the asking */
function notConfirmed(session: Session): CliError {
  session.signal.throwIfAborted();
  return new CliError({ code: 'NOT_CONFIRMED', message: 'nothing was written', hint: 'Run holdfast init again.' });
}
