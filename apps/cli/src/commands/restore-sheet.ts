import { exportParts, type FileEntry, isRefused, type ShownSnapshot, showSnapshot } from '@holdfast/core';
import { CliError } from '../cli-error.js';
import { excel } from '../compose/inspectors.js';
import { EXIT } from '../exit-status.js';
import type { CommandResult } from '../render/output.js';
import type { Session } from '../session.js';
import { assertAtMost, requireFrom } from './operands.js';
import type { RestoreFlags } from './restore.js';
import { looksLikeSeveral, nothingUnder } from './show-faults.js';
import { askToReplace, writtenParts } from './written-parts.js';

/** `holdfast restore [ID] [FILE] --sheet NAME --as OUT.csv`: one sheet of a stored workbook as CSV. Nothing else is written. */
export async function restoreSheet(
  session: Session,
  operands: readonly string[],
  flags: RestoreFlags,
): Promise<CommandResult> {
  const { sheet, as, from } = flags;
  if (sheet === undefined || as === undefined) {
    throw new CliError({
      code: 'USAGE',
      message: `restore of one sheet needs ${sheet === undefined ? '--sheet NAME' : '--as FILE'} as well`,
      hint: 'For example: holdfast restore latest excel/attendance.xlsx --sheet Attendance --as attendance.csv.',
    });
  }
  assertAtMost('restore --sheet', operands, 2);
  refuseOthers(flags);
  const inspector = await excel();
  const target = await session.open(requireFrom('restore', from));
  const isBook = (path: string): boolean => inspector.recognises(path.slice(path.lastIndexOf('/') + 1));
  const { snapshot, entry } = await workbookOf(operands, isBook, (which) =>
    showSnapshot({ target, which, signal: session.signal }),
  );
  try {
    const raw = flags.csvRaw === true;
    const exported = await exportParts(
      { snapshot, entry },
      {
        inspectors: [inspector],
        to: as,
        part: sheet,
        raw,
        mayReplace: askToReplace(session, flags.yes === true),
        signal: session.signal,
      },
    );
    const result = writtenParts(session, entry.path, exported, raw);
    return {
      ...result,
      members: { command: 'restore --sheet', snapshotId: snapshot.record.payload.id, ...result.members },
    };
  } finally {
    await snapshot.close();
  }
}

/** Words that say what becomes of files, of which none is given back here. */
const OTHERS = ['into', 'only', 'exclude', 'delete', 'dryRun'] as const;

/** @throws CliError `USAGE` */
function refuseOthers(flags: RestoreFlags): void {
  const other = OTHERS.find((name) => flags[name] !== undefined);
  if (other === undefined) return;
  const option = other === 'dryRun' ? '--dry-run' : `--${other}`;
  throw new CliError({
    code: 'USAGE',
    message: `--sheet writes one CSV and restores no file, so ${option} means nothing beside it`,
  });
}

/** A workbook of a snapshot that is open. */
interface StoredWorkbook {
  readonly snapshot: ShownSnapshot;
  readonly entry: FileEntry;
}

/** What the operands mean: ID and FILE; FILE of the newest snapshot; or an ID, or nothing, where the snapshot has one workbook only. */
async function workbookOf(
  operands: readonly string[],
  isBook: (path: string) => boolean,
  open: (which: string | undefined) => Promise<ShownSnapshot>,
): Promise<StoredWorkbook> {
  const [first, second] = operands;
  // A word that is called like a workbook is one, and any other names the snapshot.
  const isFile = second === undefined && first !== undefined && isBook(first);
  const path = isFile ? first : second;
  const snapshot = await open(isFile ? undefined : first);
  try {
    return {
      snapshot,
      entry: path === undefined ? await onlyWorkbook(snapshot, isBook) : await fileAt(snapshot, path),
    };
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/** A path from the top, or a name at any depth. @throws CliError `PATH_NOT_FOUND`, `PATH_AMBIGUOUS`, `USAGE` */
async function fileAt(snapshot: ShownSnapshot, path: string): Promise<FileEntry> {
  const found = await snapshot.file(path);
  if (found === 'several') throw looksLikeSeveral(path);
  if (found !== undefined) return found;
  if (path.includes('/')) throw nothingUnder(path);
  return theOne(snapshot, (entry) => entry.path.endsWith(`/${path}`), nothingUnder(path));
}

async function onlyWorkbook(snapshot: ShownSnapshot, isBook: (path: string) => boolean): Promise<FileEntry> {
  const none = new CliError({
    code: 'PATH_NOT_FOUND',
    message: 'the snapshot holds no workbook',
    hint: '"holdfast find \'*.xlsx\'" lists those that others hold.',
    exitStatus: EXIT.failed,
  });
  return theOne(snapshot, (entry) => isBook(entry.path), none);
}

/** @throws CliError `USAGE` where several are meant; `none` where there is none */
async function theOne(
  snapshot: ShownSnapshot,
  isMeant: (entry: FileEntry) => boolean,
  none: CliError,
): Promise<FileEntry> {
  const found: FileEntry[] = [];
  for await (const item of snapshot.entries()) {
    if (!isRefused(item) && item.entry.type === 'file' && isMeant(item.entry)) found.push(item.entry);
    if (found.length > 1) break;
  }
  const [first, second] = found;
  if (first === undefined) throw none;
  if (second === undefined) return first;
  throw new CliError({
    code: 'USAGE',
    message: `the snapshot holds more than one such workbook: ${first.path}, ${second.path}`,
    hint: 'Say which: holdfast restore ID FILE --sheet NAME --as OUT.csv.',
  });
}
