import type { EntryTable } from './entry-table.js';

/** How the names inside an archive stand for keys: `inner` of each name is replaced by `outer`. */
export interface RootView {
  /** Empty, or `<root>/`. */
  readonly outer: string;
  /** Empty, or `<top folder>/`. */
  readonly inner: string;
  /** An entry that this view does not show though it should: it lies outside the top folder. */
  readonly outside: string | undefined;
}

/** The name that is the project's own at the top of a snapshot: never the folder that holds one. */
const OWN_FOLDER = '.holdfast';

/** One archive that is the whole target: keys are the names inside, whatever the archive is called. */
export const WHOLE_ARCHIVE: RootView = { outer: '', inner: '', outside: undefined };

/**
 * One archive in a folder of archives. Its file name is the root, so that the folder can be listed without opening any:
 *
 * - There is a top folder of that name: it is the root. Whatever lies beside it has no place.
 * - All lies in one top folder of another name (the archive was renamed): the file name takes its place.
 * - Otherwise (packed by other hands): all of it lies below the file name.
 */
export function viewOfRoot(table: EntryTable, root: string): RootView {
  const outer = `${root}/`;
  const named = insideOf(table, root);
  if (named.below > 0) {
    const outside = named.total === table.count ? undefined : firstOutside(table, root);
    return { outer, inner: outer, outside };
  }
  const top = table.count === 0 ? '' : (table.keyAt(0).toString('utf8').split('/', 1)[0] ?? '');
  const only = insideOf(table, top);
  if (top !== OWN_FOLDER && only.below > 0 && only.total === table.count)
    return { outer, inner: `${top}/`, outside: undefined };
  return { outer, inner: '', outside: undefined };
}

/** How many entries lie below a top folder, and how many with the entry of the folder itself. */
function insideOf(table: EntryTable, top: string): { below: number; total: number } {
  const below = rangeOf(table, `${top}/`);
  const count = below.end - below.start;
  const folder = table.find(Buffer.from(top, 'utf8'));
  const isFolder = folder !== undefined && table.entryAt(folder).kind === 'directory';
  return { below: count, total: count + (isFolder ? 1 : 0) };
}

function firstOutside(table: EntryTable, root: string): string | undefined {
  const { start, end } = rangeOf(table, `${root}/`);
  for (let position = 0; position < table.count; position++) {
    if (position === start) position = end;
    if (position >= table.count) break;
    const key = table.keyAt(position).toString('utf8');
    if (key !== root) return key;
  }
  return undefined;
}

/** The positions of the entries whose keys begin with `prefix`, which ends with `/` or is empty. */
export function rangeOf(table: EntryTable, prefix: string): { start: number; end: number } {
  if (prefix === '') return { start: 0, end: table.count };
  return { start: table.lowerBound(Buffer.from(prefix, 'utf8')), end: table.lowerBound(afterPrefix(prefix)) };
}

/** The first byte string after all those that begin with a prefix: `/` is followed by `0`. */
export function afterPrefix(prefix: string): Buffer {
  return Buffer.from(`${prefix.slice(0, -1)}0`, 'utf8');
}
