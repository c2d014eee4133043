import { isRefused, literalPattern, pathPatterns, type ShownSnapshot, showSnapshot } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import { contentItem } from '../render/content-text.js';
import { entryItem, refusedItem } from '../render/entry-item.js';
import type { CommandResult } from '../render/output.js';
import { countText, sizeText } from '../render/quantities.js';
import { snapshotDetails } from '../render/snapshot-details.js';
import { snapshotJson } from '../render/snapshot-item.js';
import type { CommonFlags } from '../run-command.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';
import { contentsOf } from './show-contents.js';
import { looksLikeSeveral, nothingUnder } from './show-faults.js';
import { showFile } from './show-file.js';

/** Options of `holdfast show`. */
export interface ShowFlags extends CommonFlags {
  readonly from?: string;
  readonly raw?: true;
  readonly facts?: true;
}

/** `holdfast show [ID] [PATH] --from TARGET`: what a snapshot is, what is in it, and the content of a file, or what is known of that. */
export async function run(session: Session, operands: readonly string[], flags: ShowFlags): Promise<CommandResult> {
  assertAtMost('show', operands, 2);
  const from = requireFrom('show', flags.from);
  const [which, path] = operands;
  const target = await session.open(from);
  const shown = await showSnapshot({ target, which, signal: session.signal });
  try {
    const below = path === undefined ? undefined : topPath(path);
    const lists = flags.json === true || flags.verbose === true;
    const file = below === undefined ? undefined : await shown.file(below);
    if (file === 'several' && !lists) throw looksLikeSeveral(below ?? '');
    if (file === undefined || file === 'several' || lists) {
      const looks = flags.facts === true || typeof file === 'object';
      return await showEntries(session, shown, { below, verbose: flags.verbose === true, looks });
    }
    return await showFile(session, shown, file, flags);
  } finally {
    await shown.close();
  }
}

/** What {@link showEntries} lists. */
interface Listing {
  readonly below: string | undefined;
  readonly verbose: boolean;
  /** Files are looked into where the manifest does not say what is in them. */
  readonly looks: boolean;
}

async function showEntries(
  session: Session,
  shown: ShownSnapshot,
  { below, verbose, looks }: Listing,
): Promise<CommandResult> {
  const { output } = session;
  const { payload } = shown.record;
  const head = snapshotDetails(payload, output.colours).join('\n');
  // Whoever asks for one path knows the snapshot, and pipes the lines on.
  if (below === undefined) await output.heading(head);
  await output.item({ json: snapshotJson(payload) });
  const counts = { entries: 0, bytes: 0, refused: 0 };
  const chosen = pathPatterns(below === undefined ? [] : [literalPattern(below)]);
  const contents = contentsOf(session, shown, !looks);
  for await (const item of shown.entries()) {
    if (output.closed) break;
    if (!chosen.matches(isRefused(item) ? item.path : item.entry.path, true)) continue;
    if (isRefused(item)) {
      counts.refused++;
      await output.item(refusedItem(item, output.colours));
      continue;
    }
    const { entry } = item;
    counts.entries++;
    if (entry.type === 'file') counts.bytes += entry.sizeBytes;
    await output.item(entryItem(entry, { checksum: verbose }));
    const inspected = entry.type === 'file' && (looks || verbose) ? await contents(entry) : undefined;
    if (inspected !== undefined) await output.item(contentItem(entry.path, inspected, output.colours));
  }
  if (counts.entries + counts.refused === 0 && below !== undefined && !output.closed) throw nothingUnder(below);
  return {
    exitStatus: counts.refused === 0 ? EXIT.done : EXIT.partial,
    lines: [`${countText(counts.entries, 'entry', 'entries')}, ${sizeText(counts.bytes)}`],
    members: { snapshotId: payload.id, ...counts },
  };
}

/** A path as a manifest has it: no `./` before and no `/` after. */
function topPath(path: string): string | undefined {
  const top = path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  return top === '' || top === '.' ? undefined : top;
}
