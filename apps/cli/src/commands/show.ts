import { isRefused, showSnapshot } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { entryItem, refusedItem } from '../render/entry-item.js';
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
  const shown = await showSnapshot({ target, which, signal: session.signal });
  try {
    const { payload } = shown.record;
    const below = path === undefined ? undefined : topPath(path);
    const head = snapshotDetails(payload, output.colours).join('\n');
    // Whoever asks for one path knows the snapshot, and pipes the lines on.
    if (below === undefined) await output.heading(head);
    await output.item({ json: snapshotJson(payload) });
    const counts = { entries: 0, bytes: 0, refused: 0 };
    for await (const item of shown.entries()) {
      if (output.closed) break;
      const itemPath = isRefused(item) ? item.path : item.entry.path;
      if (below !== undefined && itemPath !== below && !itemPath.startsWith(`${below}/`)) continue;
      if (isRefused(item)) {
        counts.refused++;
        await output.item(refusedItem(item, output.colours));
      } else {
        counts.entries++;
        if (item.entry.type === 'file') counts.bytes += item.entry.sizeBytes;
        await output.item(entryItem(item.entry, { checksum: flags.verbose === true || itemPath === below }));
      }
    }
    if (counts.entries + counts.refused === 0 && below !== undefined && !output.closed) throw nothingUnder(below);
    return {
      exitStatus: counts.refused === 0 ? EXIT.done : EXIT.partial,
      lines: [`${countText(counts.entries, 'entry', 'entries')}, ${sizeText(counts.bytes)}`],
      members: { snapshotId: payload.id, ...counts },
    };
  } finally {
    await shown.close();
  }
}

/** A path as a manifest has it: no `./` before and no `/` after. */
function topPath(path: string): string | undefined {
  const top = path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  return top === '' || top === '.' ? undefined : top;
}

function nothingUnder(path: string): CliError {
  return new CliError({
    code: 'PATH_NOT_FOUND',
    message: `the snapshot holds nothing under "${path}"`,
    hint: 'Paths count from the top of the snapshot; "holdfast show ID" lists them all.',
    exitStatus: EXIT.failed,
  });
}
