import type { ObjectInfo } from '@holdfast/core/target';
import type { EntryTable } from './entry-table.js';
import { FormatError } from './format-error.js';
import { afterPrefix, type RootView, rangeOf } from './root-view.js';

/** What a listing goes through. */
export interface ListedArchive {
  readonly table: EntryTable;
  readonly view: RootView;
}

/** The name inside the archive for a key, or for a prefix; `undefined` if the view has no place for it. */
export function innerName(view: RootView, key: string): string | undefined {
  return key.startsWith(view.outer) ? view.inner + key.slice(view.outer.length) : undefined;
}

/**
 * The objects below `prefix` in the order of their keys, straight from the table. Folders are listed only while nothing
 * lies below them.
 *
 * @param prefix empty, or ending with `/`; not shorter than the view's own outer part
 * @throws FormatError at a name that the archive holds twice
 */
export function* listArchive(archive: ListedArchive, prefix: string, oneLevel: boolean): Generator<ObjectInfo> {
  const { table, view } = archive;
  const innerPrefix = innerName(view, prefix);
  if (innerPrefix === undefined) return;
  const { start, end } = rangeOf(table, innerPrefix);
  for (let position = start; position < end; ) {
    const name = table.keyAt(position).toString('utf8');
    const slash = oneLevel ? name.indexOf('/', innerPrefix.length) : -1;
    if (slash >= 0) {
      const inner = name.slice(0, slash + 1);
      yield { key: view.outer + inner.slice(view.inner.length), type: 'prefix', sizeBytes: 0 };
      position = table.lowerBound(afterPrefix(inner));
      continue;
    }
    if (position + 1 < end && table.keyAt(position).equals(table.keyAt(position + 1))) throw twice(name);
    const info = infoAt(table, position, view.outer + name.slice(view.inner.length));
    if (info !== undefined) yield info;
    position += 1;
  }
}

/**
 * The info of one object; `undefined` if there is none.
 *
 * @throws FormatError if the archive holds the name twice
 */
export function findInfo(archive: ListedArchive, key: string): { info: ObjectInfo; position: number } | undefined {
  const name = innerName(archive.view, key);
  const position = name === undefined ? undefined : archive.table.find(Buffer.from(name, 'utf8'));
  if (name === undefined || position === undefined) return undefined;
  const { table } = archive;
  if (position + 1 < table.count && table.keyAt(position).equals(table.keyAt(position + 1))) throw twice(name);
  const info = infoAt(table, position, key);
  return info === undefined ? undefined : { info, position };
}

function infoAt(table: EntryTable, position: number, key: string): ObjectInfo | undefined {
  const { kind, sizeBytes } = table.entryAt(position);
  if (kind === 'directory' && hasBelow(table, table.keyAt(position))) return undefined;
  return { key, type: kind, sizeBytes: kind === 'file' ? sizeBytes : 0 };
}

function hasBelow(table: EntryTable, folder: Buffer): boolean {
  const prefix = Buffer.concat([folder, Buffer.from('/')]);
  const position = table.lowerBound(prefix);
  return position < table.count && table.keyAt(position).subarray(0, prefix.byteLength).equals(prefix);
}

/** Which of the two is meant nobody can say, and unpackers disagree. */
function twice(name: string): FormatError {
  return new FormatError('damaged', `the archive holds the name ${JSON.stringify(name)} twice`);
}
