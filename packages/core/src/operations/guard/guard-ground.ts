import { chmodSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { openToOwner } from '../../destination/index.js';
import { withinReach } from '../../files/index.js';
import { type Joined, joinSorted, type Keyed } from '../../flow/join-sorted.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { orderKey } from '../../snapshot/path-order.js';
import { liesIn, type MetEntry, walkEverything } from '../../source/index.js';
import { type GuardedSource, type GuardRecord, type NotedEntry, readNoted } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import { realPlace } from '../backup/backup-sources.js';

/** The sources of a guarded run as they stand now, beside what stood there when it began. */
export interface GuardGround {
  readonly record: GuardRecord;
  readonly stateDirectory: string;
  /** Places of our own within the sources: the target, the state. */
  readonly leaveOut: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** What is noted under a name, what stands there, or both. */
export type Beside = Joined<Keyed & { readonly noted: NotedEntry }, Keyed & { readonly met: MetEntry }>;

/** The places of our own that a walk of these sources passes over. */
export function guardPlaces(
  sources: readonly { readonly realPath: string }[],
  target: BackupTarget,
  stateDirectory: string,
): ReadonlySet<string> {
  const own = [...target.localPaths, realPlace(stateDirectory)];
  return new Set(own.filter((place) => sources.some(({ realPath }) => liesIn(place, realPath))));
}

/** The folders that those places lie in: they were perhaps made with them, and their times move with what is ours. */
export function foldersOf(places: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const place of places)
    for (let folder = dirname(place); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

/** All that stands in the sources now. */
export function everythingNow({ leaveOut }: GuardGround, source: GuardedSource): Generator<MetEntry> {
  return walkEverything(source, { leaveOut, unclose: (location) => unclose(location) });
}

/** What stood there and what stands there, by their names, in the order of the manifest. */
export async function* besideNoted(ground: GuardGround): AsyncGenerator<Beside> {
  yield* joinSorted(notedWithKeys(ground), metWithKeys(ground));
}

async function* notedWithKeys({ stateDirectory, record }: GuardGround): AsyncGenerator<Keyed & { noted: NotedEntry }> {
  for await (const noted of readNoted(stateDirectory, record.id))
    yield { key: orderKey(noted.pathBytes, noted.kind === 'directory'), noted };
}

async function* metWithKeys(ground: GuardGround): AsyncGenerator<Keyed & { met: MetEntry }> {
  for (const source of ground.record.sources) {
    for (const met of everythingNow(ground, source)) {
      throwIfAborted(ground.signal);
      yield { key: orderKey(met.pathBytes, met.kind === 'directory'), met };
    }
  }
}

const OWNER_LOOKS = 0o500;
const OWNER_CHANGES = 0o700;

/** Who owns a folder may open it, whatever its mode; it is closed again as it was. */
function unclose(location: Buffer, rights: number = OWNER_LOOKS): (() => void) | undefined {
  const before = withinReach(location, (address) => lstatSync(address, { throwIfNoEntry: false }));
  if (before?.isDirectory() !== true || !openToOwner(location, rights)) return undefined;
  return () => withinReach(location, (address) => chmodSync(address, before.mode & 0o7777));
}

/** Changes names in a folder: its owner may do so also where it, or one of those that lead to it, is closed by its mode. */
export function inOpenFolders<Result>([first, ...others]: readonly Buffer[], change: () => Result): Result {
  if (first === undefined) return change();
  const close = unclose(first, OWNER_CHANGES);
  try {
    return inOpenFolders(others, change);
  } finally {
    close?.();
  }
}

/** A folder, and those above it below the top of its source, topmost first. */
export function foldersFrom(top: Buffer, folder: Buffer): Buffer[] {
  const folders: Buffer[] = [];
  for (let current = folder; current.length > top.length; current = parentFolder(current)) folders.unshift(current);
  return folders;
}

/** What holds it. */
export function parentFolder(location: Buffer): Buffer {
  return location.subarray(0, location.lastIndexOf(0x2f));
}
