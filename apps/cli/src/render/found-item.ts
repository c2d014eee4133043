import { displayName, type Entry, type FoundPath, type FoundVersion } from '@holdfast/core';
import type { Colours } from './colours.js';
import { padded } from './display-width.js';
import type { ListedItem } from './output.js';
import { countText, fileTimeText, sizeText } from './quantities.js';

/** For each path that was found its name, and below it a line for each version: size, time, and the snapshots that hold it. */
export function* foundItems(found: readonly FoundPath[], colours: Colours): Generator<ListedItem> {
  // Two sources of one name, from two machines, say: only then it matters whose a path is.
  const twice = new Set(found.filter((one, index) => one.path === found[index - 1]?.path).map(({ path }) => path));
  for (const one of found) {
    const isFolder = one.versions.at(-1)?.entry.type === 'directory';
    const from = twice.has(one.path) ? `  (from ${displayName(one.host)})` : '';
    const heading = colours.bold(displayName(one.path) + (isFolder ? '/' : '')) + from;
    for (const [index, version] of one.versions.entries()) {
      const line = versionText(version, index === one.versions.length - 1, colours);
      yield { text: index === 0 ? `${heading}\n${line}` : line, json: versionJson(one, version) };
    }
  }
}

function versionText(version: FoundVersion, isLast: boolean, colours: Colours): string {
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

function versionJson(one: FoundPath, version: FoundVersion): ListedItem['json'] {
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
