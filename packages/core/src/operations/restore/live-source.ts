import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotRecord, SnapshotSource } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';
import { type ResolvedSource, sourceRules } from '../../source/index.js';
import type { RestorePlace } from './restore-places.js';

/** The folder of a source as it stands in a destination. */
export interface LiveSource {
  /** To walk it with the rules that chose what is in the snapshot. */
  readonly resolved: ResolvedSource;
  /** Real path of a folder that surely is none of the snapshot's making, and the names from there to the source's folder. */
  readonly from: { readonly folder: string; readonly names: readonly Buffer[] };
}

/**
 * The folders of the destination that sources have, in the order of their entries. A source that was missing or is a lone file
 * has none, and so has one whose folder is not there.
 *
 * @param exclude further rules, for every source.
 */
export function liveSources(
  record: SnapshotRecord,
  places: readonly RestorePlace[],
  exclude: readonly string[],
): LiveSource[] {
  const found: LiveSource[] = [];
  // A stranger may have written the record: what is compared in order has to be in order, and once.
  const byName = new Map(record.payload.sources.map((source) => [source.name, source]));
  const inOrder = [...byName.values()].sort((left, right) => Buffer.compare(keyOf(left), keyOf(right)));
  for (const source of inOrder) {
    const place = places.find((candidate) => candidate.source === undefined || candidate.source.name === source.name);
    if (place === undefined || source.type !== 'directory') continue;
    const live = place.source === undefined ? folderBelow(place.folder, source.name) : folderAt(place.folder);
    if (live !== undefined) found.push({ resolved: resolved(source, live.realPath, exclude), from: live.from });
  }
  return found;
}

function keyOf({ name }: SnapshotSource): Uint8Array {
  return orderKey(Buffer.from(name), true);
}

function folderAt(folder: string): { realPath: string; from: LiveSource['from'] } | undefined {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const realPath = realpathSync.native(folder);
  return { realPath, from: { folder: realPath, names: [] } };
}

/** A link that has the source's name leads elsewhere: there nothing is deleted. */
function folderBelow(into: string, name: string): { realPath: string; from: LiveSource['from'] } | undefined {
  const top = folderAt(into);
  if (top === undefined) return undefined;
  const realPath = join(top.realPath, name);
  if (lstatSync(realPath, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return { realPath, from: { folder: top.realPath, names: [Buffer.from(name)] } };
}

function resolved(
  { name, path, rules = {} }: SnapshotSource,
  realPath: string,
  exclude: readonly string[],
): ResolvedSource {
  return {
    name,
    path,
    realPath,
    type: 'directory',
    entryPath: name,
    madeFolder: undefined,
    // A mount is never crossed, whatever the backup did.
    rules: sourceRules({ ...rules, exclude: [...(rules.exclude ?? []), ...exclude], oneFileSystem: true }),
  };
}
