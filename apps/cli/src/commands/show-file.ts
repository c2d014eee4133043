import type { FileEntry, ShownSnapshot } from '@holdfast/core';
import { EXIT } from '../exit-status.js';
import { contentItem } from '../render/content-text.js';
import { printContent } from '../render/file-content.js';
import type { CommandResult } from '../render/output.js';
import type { Session } from '../session.js';
import { contentsOf } from './show-contents.js';
import { nothingToSay } from './show-faults.js';

/** The bytes of a file; of a workbook or an array that would go to a terminal, or where it is wished for, what is in it. */
export async function showFile(
  session: Session,
  shown: ShownSnapshot,
  file: FileEntry,
  flags: { readonly raw?: true; readonly facts?: true },
): Promise<CommandResult> {
  const { output } = session;
  const wantsFacts = flags.facts === true || (output.isTerminal && flags.raw !== true);
  const inspected = wantsFacts ? await contentsOf(session, shown, false)(file) : undefined;
  if (inspected !== undefined) await output.item(contentItem(file.path, inspected, output.colours, ''));
  else if (flags.facts === true) throw nothingToSay(file.path);
  else await printContent(output, file.path, shown.content(file), flags.raw === true);
  return { exitStatus: EXIT.done, lines: [], members: {} };
}
