import { displayName, type Entry, type FoundPath, type FoundVersion } from '@holdfast/core';
import type { Colours } from './colours.js';
import { padded } from './display-width.js';
import type { ListedItem } from './output.js';
import { countText, fileTimeText, sizeText } from './quantities.js';

/** For each path that was found its name, and below it a line for each version: size, time, and the snapshots that hold it. */
export function* foundItems(found: readonly FoundPath[], colours: Colours): Generator<ListedItem> {
  const headings = pathHeadings(found, colours);
  for (const [number, one] of found.entries()) {
    for (const [index, version] of one.versions.entries()) {
      const line = foundVersionText(version, index === one.versions.length - 1, colours);
      const json = foundJson(one, version);
      yield { text: index === 0 ? `${headings[number]}\n${line}` : line, json };
    }
  }
}

/** A path as the listings of its versions need it. */
type VersionedPath = Pick<FoundPath, 'path' | 'host'> & { readonly versions: readonly FoundVersion[] };

/** The name of each path, as it stands above its versions. */
export function pathHeadings(found: readonly VersionedPath[], colours: Colours): string[] {
  // Two sources of one name, from two machines, say: only then it matters whose a path is.
  const twice = new Set(found.filter((one, index) => one.path === found[index - 1]?.path).map(({ path }) => path));
  return found.map(({ path, host, versions }) => {
    const isFolder = versions.at(-1)?.entry.type === 'directory';
    const from = twice.has(path) ? `  (from ${displayName(host)})` : '';
    return colours.bold(displayName(path) + (isFolder ? '/' : '')) + from;
  });
}

/** The line of one version. */
export function foundVersionText(version: FoundVersion, isLast: boolean, colours: Colours): string {
  const { entry, firstSnapshotId, lastSnapshotId, snapshots } = version;
  const ids = firstSnapshotId === lastSnapshotId ? lastSnapshotId : `${firstSnapshotId} … ${lastSnapshotId}`;
  const count = snapshots === 1 ? '' : `  (${countText(snapshots, 'snapshot')})`;
  const gone = isLast && !version.isCurrent ? colours.yellow(`  not in the newest${lackWords(version)}`) : '';
  return `  ${padded(kindText(entry), 8, 'right')}  ${fileTimeText(BigInt(entry.mtimeNs))}  ${ids}${count}${gone}`;
}

/** What the newest snapshot may only not have been able to store is not gone. */
function lackWords({ lack }: FoundVersion): string {
  if (lack === undefined) return '';
  if (lack === 'partly') return ', which is incomplete: it may be there';
  return lack === 'missing'
    ? ', taken when the source was missing: it may be there'
    : ', taken when the source was an empty folder: it may be there';
}

function kindText(entry: Entry): string {
  if (entry.type === 'file') return sizeText(entry.sizeBytes);
  return entry.type === 'directory' ? 'folder' : 'link';
}

/** One version for programs. */
export function foundJson(one: VersionedPath, version: FoundVersion): ListedItem['json'] {
  const { entry, firstSnapshotId, lastSnapshotId, snapshots, isCurrent, lack } = version;
  return {
    type: 'found',
    path: one.path,
    host: one.host,
    firstSnapshotId,
    lastSnapshotId,
    snapshots,
    isCurrent,
    ...(lack === undefined ? {} : { lack }),
    entry,
  };
}
