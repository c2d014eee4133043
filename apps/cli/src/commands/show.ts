import { isRefused, literalPattern, pathPatterns, type ShownSnapshot, showSnapshot } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-status.js';
import { entryItem, refusedItem } from '../render/entry-item.js';
import { printContent } from '../render/file-content.js';
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
  readonly raw?: true;
}

/** `holdfast show [ID] [PATH] --from TARGET`: what a snapshot is, what is in it, and the content of a file. */
export async function run(session: Session, operands: readonly string[], flags: ShowFlags): Promise<CommandResult> {
  assertAtMost('show', operands, 2);
  const from = requireFrom('show', flags.from);
  const [which, path] = operands;
  const target = await session.open(from);
  const shown = await showSnapshot({ target, which, signal: session.signal });
  try {
    const below = path === undefined ? undefined : topPath(path);
    const wantsContent = below !== undefined && flags.json !== true && flags.verbose !== true;
    const file = wantsContent ? await shown.file(below) : undefined;
    if (file === 'several') throw looksLikeSeveral(below ?? '');
    if (file === undefined) return await showEntries(session, shown, below, flags.verbose === true);
    await printContent(session.output, file.path, shown.content(file), flags.raw === true);
    return { exitStatus: EXIT.done, lines: [], members: {} };
  } finally {
    await shown.close();
  }
}

async function showEntries(
  { output }: Session,
  shown: ShownSnapshot,
  below: string | undefined,
  verbose: boolean,
): Promise<CommandResult> {
  const { payload } = shown.record;
  const head = snapshotDetails(payload, output.colours).join('\n');
  // Whoever asks for one path knows the snapshot, and pipes the lines on.
  if (below === undefined) await output.heading(head);
  await output.item({ json: snapshotJson(payload) });
  const counts = { entries: 0, bytes: 0, refused: 0 };
  const chosen = pathPatterns(below === undefined ? [] : [literalPattern(below)]);
  for await (const item of shown.entries()) {
    if (output.closed) break;
    if (!chosen.matches(isRefused(item) ? item.path : item.entry.path, true)) continue;
    if (isRefused(item)) {
      counts.refused++;
      await output.item(refusedItem(item, output.colours));
    } else {
      counts.entries++;
      if (item.entry.type === 'file') counts.bytes += item.entry.sizeBytes;
      await output.item(entryItem(item.entry, { checksum: verbose }));
    }
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

function nothingUnder(path: string): CliError {
  return new CliError({
    code: 'PATH_NOT_FOUND',
    message: `the snapshot holds nothing under "${path}"`,
    hint: 'Paths count from the top of the snapshot; "holdfast show ID" lists them all, "holdfast find NAME" searches every snapshot.',
    exitStatus: EXIT.failed,
  });
}

function looksLikeSeveral(path: string): CliError {
  return new CliError({
    code: 'PATH_AMBIGUOUS',
    message: `the names of several files of the snapshot look like "${path}": they hold bytes that are no text, or are composed in different ways`,
    hint: 'Nothing was printed: restore the folder they are in with --into, and take the one that is meant there; --json shows their bytes.',
    exitStatus: EXIT.failed,
  });
}
