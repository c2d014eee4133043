import { type BackupTarget, displayName, listSnapshots } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import { countText, numberText } from '../render/quantities.js';
import { listHeading, listingItem } from '../render/snapshot-item.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';

/** Options of `holdfast list`. */
export interface ListFlags extends CommonFlags {
  readonly from?: string;
  readonly removed?: true;
}

/** `holdfast list --from TARGET`: the snapshots there, oldest first. */
export async function run(session: Session, operands: readonly string[], flags: ListFlags): Promise<CommandResult> {
  assertAtMost('list', operands, 0);
  const from = requireFrom('list', flags.from);
  const target = await session.open(from);
  const { output } = session;
  let snapshots = 0;
  let unreadable = 0;
  for await (const listing of listSnapshots({ target, removed: flags.removed === true, signal: session.signal })) {
    if (output.closed) break;
    if (snapshots + unreadable === 0) await output.heading(listHeading(output.colours));
    if (listing.status === 'ok' || listing.status === 'removed') snapshots++;
    else unreadable++;
    await output.item(listingItem(listing, output.colours));
  }
  const kind = flags.removed === true ? 'removed snapshot' : 'snapshot';
  const lines = snapshots + unreadable === 0 ? [`No ${kind}s in ${displayName(from)}.`] : [countText(snapshots, kind)];
  if (snapshots + unreadable === 0 && flags.removed !== true && (await hasRemoved(session, target)))
    lines.push('All that were here have been removed: "holdfast list --removed" lists those that can be brought back.');
  if (unreadable > 0) lines.push(output.colours.yellow(`${numberText(unreadable)} more cannot be read, see above`));
  return { exitStatus: unreadable > 0 ? EXIT.partial : EXIT.done, lines, members: { snapshots, unreadable } };
}

async function hasRemoved(session: Session, target: BackupTarget): Promise<boolean> {
  for await (const { status } of listSnapshots({ target, removed: true, signal: session.signal }))
    if (status === 'removed') return true;
  return false;
}
