import { basename } from 'node:path';
import { fileSystemOf } from '../../files/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { isRefused, type SnapshotRecord, type SnapshotSource } from '../../snapshot/index.js';
import {
  type FilterSpec,
  joinedFilter,
  liesIn,
  type ResolvedSource,
  resolveSources,
  sourceOrderKey,
} from '../../source/index.js';
import { FileVersions, knownSourceIdentity } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import { realPlace, stateFault } from '../backup/backup-sources.js';

/** A source of a snapshot as it is on this machine now. */
export interface DiffSource {
  readonly source: ResolvedSource;
  /** What is known of its files; absent where it was never backed up from here. */
  readonly versions: FileVersions | undefined;
}

/** How the live files of a snapshot's sources are found. */
export interface LiveOptions {
  /** Where what is known of the sources is kept; nothing is written there. */
  readonly stateDirectory: string;
  /** Where a source's files are now, by its name, if not where the record says. */
  readonly places?: ReadonlyMap<string, string> | undefined;
  /** Further rules, for every source, beside those that the record says chose what is in the snapshot. */
  readonly filter?: FilterSpec | undefined;
}

/** A source that is only a label may be anything on this machine: its place is taken only if it was backed up from here. */
export async function diffSources(snapshot: PlainSnapshot, options: LiveOptions): Promise<DiffSource[]> {
  const { payload } = snapshot.record;
  refuseUnknownNames(snapshot.record, options.places);
  const folders = await namedFolders(snapshot);
  const live: DiffSource[] = [];
  for (const recorded of payload.sources) {
    const place = options.places?.get(recorded.name);
    const label = { path: place ?? recorded.path, name: recorded.name };
    const [resolved] = resolveSources([{ ...label, filter: joinedFilter(recorded.rules, options.filter) }]);
    if (resolved === undefined) continue;
    const id = await identityOf(resolved, options);
    if (place === undefined && id !== recorded.id) throw elsewhere(snapshot.record, recorded);
    const versions = id === undefined ? undefined : new FileVersions(options.stateDirectory, id);
    live.push({ source: asRecorded(resolved, recorded, folders), versions });
  }
  return live.sort((one, other) => Buffer.compare(sourceOrderKey(one.source), sourceOrderKey(other.source)));
}

/** Whoever says where a source is needs no local state: it only saves reading. */
async function identityOf({ path, name }: ResolvedSource, options: LiveOptions): Promise<string | undefined> {
  const { stateDirectory, places } = options;
  try {
    return await knownSourceIdentity(stateDirectory, { path, name });
  } catch (error) {
    if (places?.has(name) === true) return undefined;
    throw stateFault(stateDirectory, error);
  }
}

/** The places that a walk of these sources does not enter: the target's own, and the local state. */
export function placesOfOurs(
  sources: readonly DiffSource[],
  target: BackupTarget,
  stateDirectory: string,
): ReadonlySet<string> {
  const inSources = target.localPaths.filter((place) => sources.some(({ source }) => liesIn(place, source.realPath)));
  return new Set([...inSources, realPlace(stateDirectory)]);
}

/** Times of live files that are no further apart from recorded ones are equal: what Node can set, or what the file system keeps. */
export async function timeToleranceNs(sources: readonly DiffSource[]): Promise<bigint> {
  let toleranceNs = SET_TIME_NS;
  for (const { source } of sources) {
    if (source.type === 'missing') continue;
    const { timestampStepNs } = await fileSystemOf(source.realPath);
    if (timestampStepNs >= COARSE_STEP_NS && timestampStepNs > toleranceNs) toleranceNs = timestampStepNs;
  }
  return toleranceNs;
}

/** `docs/format.md`, "Times": a restored time is within 2 microseconds of the recorded one. */
const SET_TIME_NS = 2000n;
/** File systems that keep whole seconds or less, FAT say. */
const COARSE_STEP_NS = 1_000_000_000n;

/**
 * The names of file sources that are folders in the snapshot: `NAME=FILE` lies at `NAME/FILE`, a bare file at the top. The record
 * does not tell the one from the other where both have one name.
 */
async function namedFolders(snapshot: PlainSnapshot): Promise<ReadonlySet<string>> {
  const asked = new Set(snapshot.record.payload.sources.filter(({ type }) => type === 'file').map(({ name }) => name));
  const folders = new Set<string>();
  if (asked.size === 0) return folders;
  for await (const item of snapshot.entries()) {
    if (isRefused(item) || !asked.delete(item.entry.path)) continue;
    if (item.entry.type === 'directory') folders.add(item.entry.path);
    if (asked.size === 0) break;
  }
  return folders;
}

/** Gives a source the paths it had in the snapshot, also if a file is now where a folder was, or is called otherwise. */
function asRecorded(resolved: ResolvedSource, recorded: SnapshotSource, folders: ReadonlySet<string>): ResolvedSource {
  const { name } = recorded;
  const isNamedFile =
    recorded.type === 'file' ? folders.has(name) : recorded.type === 'missing' && basename(resolved.path) !== name;
  if (isNamedFile && resolved.type !== 'directory') return resolved;
  return { ...resolved, entryPath: name, madeFolder: undefined };
}

function refuseUnknownNames(record: SnapshotRecord, places: LiveOptions['places']): void {
  const names = record.payload.sources.map(({ name }) => name);
  for (const name of places?.keys() ?? []) {
    if (names.includes(name)) continue;
    throw new HoldfastError({
      code: 'SOURCE_NAME',
      message: `snapshot ${record.payload.id} has no source called "${name}": it has ${names.join(', ')}`,
      hint: 'Name one of those.',
    });
  }
}

function elsewhere({ payload }: SnapshotRecord, { name, path }: SnapshotSource): HoldfastError {
  return new HoldfastError({
    code: 'SOURCE_ELSEWHERE',
    message: `the source "${name}" of snapshot ${payload.id} was saved on ${payload.host} from ${path}; it is not known that this is the same place`,
    hint: 'Say where its files are now.',
  });
}
