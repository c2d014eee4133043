import { diff } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { type FilterFlags, filterOf } from '../compose/filter.js';
import { stateDirectory } from '../compose/state-directory.js';
import { changeItems } from '../render/change-item.js';
import type { CommandResult } from '../render/output.js';
import { diffLines, diffMembers } from '../render/summary/diff-summary.js';
import { type CommonFlags, statusOf } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast diff`. */
export interface DiffFlags extends CommonFlags, FilterFlags {
  readonly from?: string;
  readonly path?: readonly string[];
  readonly source?: readonly string[];
}

/** `holdfast diff [A] [B] --from TARGET`: what differs between two snapshots, or between one and the live files. */
export async function run(session: Session, operands: readonly string[], flags: DiffFlags): Promise<CommandResult> {
  assertAtMost('diff', operands, 2);
  const from = requireFrom('diff', flags.from);
  const [before, other] = operands;
  const { output } = session;
  const places = placesOf(flags.source ?? []);
  const filter = filterOf(flags);
  if (other !== undefined && (places.size > 0 || Object.values(filter).some((rule) => rule !== undefined))) {
    throw new CliError({
      code: 'USAGE',
      message: '--source and the options that choose are for the live files, and two snapshots are named',
      hint: 'To narrow the comparison of two snapshots use --path.',
    });
  }
  const compared = await diff({
    target: await session.open(from),
    before,
    after: other ?? { stateDirectory: stateDirectory(), places, filter },
    patterns: flags.path,
    signal: session.signal,
    onEvent: output.onEvent,
  });
  try {
    const fold = flags.verbose !== true && flags.json !== true;
    for await (const item of changeItems(compared.changes(), output.colours, fold)) {
      if (output.closed) break;
      await output.item(item);
    }
  } finally {
    await compared.close();
  }
  return {
    exitStatus: statusOf(compared.summary.problemCount),
    lines: diffLines(compared, output.colours),
    members: diffMembers(compared),
    trouble: compared.summary,
  };
}

function placesOf(words: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const word of words) {
    const end = word.indexOf('=');
    const [name, path] = [word.slice(0, end), word.slice(end + 1)];
    if (end < 1 || path === '' || places.has(name)) {
      throw new CliError({
        code: 'USAGE',
        message: `--source takes NAME=PATH, each name once, and not "${word}"`,
        hint: '"holdfast show ID" lists the names of a snapshot\'s sources.',
      });
    }
    places.set(name, path);
  }
  return places;
}
