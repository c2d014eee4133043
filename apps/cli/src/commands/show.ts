import { showSnapshot } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { entryItem } from '../render/entry-item.js';
import type { CommandResult } from '../render/output.js';
import { countText, sizeText } from '../render/quantities.js';
import { snapshotDetails } from '../render/snapshot-details.js';
import { snapshotJson } from '../render/snapshot-item.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast show`. */
export interface ShowFlags extends CommonFlags {
  readonly from?: string;
}

/** `holdfast show [ID] [PATH] --from TARGET`: what a snapshot is, and what is in it. */
export async function run(session: Session, operands: readonly string[], flags: ShowFlags): Promise<CommandResult> {
  assertAtMost('show', operands, 2);
  const from = requireFrom('show', flags.from);
  const [which, path] = operands;
  const target = await session.open(from);
  const { output } = session;
  const shown = await showSnapshot({ target, ...(which === undefined ? {} : { which }), signal: session.signal });
  const { payload } = shown.record;
  await output.item({ text: snapshotDetails(payload, output.colours).join('\n'), json: snapshotJson(payload) });

  const below = path === undefined ? undefined : topPath(path);
  let entries = 0;
  let bytes = 0;
  for await (const entry of shown.entries()) {
    if (output.closed) break;
    if (below !== undefined && entry.path !== below && !entry.path.startsWith(`${below}/`)) continue;
    entries++;
    if (entry.type === 'file') bytes += entry.sizeBytes;
    await output.item(entryItem(entry, { checksum: flags.verbose === true || entry.path === below }));
  }
  if (entries === 0 && below !== undefined && !output.closed) {
    throw new CliError({
      code: 'PATH_NOT_FOUND',
      message: `the snapshot ${payload.id} holds nothing under "${below}"`,
      hint: 'Paths count from the top of the snapshot: "holdfast show ID" lists them all.',
      exitStatus: EXIT.failed,
    });
  }
  const lines = [`${countText(entries, 'entry', 'entries')}, ${sizeText(bytes)}`];
  return { exitStatus: EXIT.done, lines, members: { snapshotId: payload.id, entries, bytes } };
}

/** A path as a manifest has it: no `./` before and no `/` after. */
function topPath(path: string): string | undefined {
  const top = path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  return top === '' || top === '.' ? undefined : top;
}
