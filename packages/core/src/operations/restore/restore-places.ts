import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { realPathToBe } from '../../files/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import type { SnapshotRecord, SnapshotSource } from '../../snapshot/index.js';
import { reasonOf } from '../../source/index.js';
import { knownSourceIdentity } from '../../state/index.js';
import { userName } from '../labels.js';

/** Where a part of a snapshot goes. */
export interface RestorePlace {
  /** The source whose entries go there; without one everything goes there, each source under its name. */
  readonly source?: SnapshotSource;
  /** The folder: the destination, the source's own, or the one that a lone file lies in. Absolute. */
  readonly folder: string;
  /** The name of a lone file in its folder. */
  readonly fileName?: string;
  /** The folder was named for this restore: its own mode and times are not the snapshot's. */
  readonly isNamed?: true;
}

/** Everything goes into one folder, as `into/NAME/…`. */
export function placeInto(into: string): RestorePlace {
  return { folder: resolve(into) };
}

/** Each source goes to the folder that is named for it, wherever it came from. @param names the sources that something is restored of. */
export function placesNamed(
  { payload }: SnapshotRecord,
  names: ReadonlySet<string>,
  to: Readonly<Record<string, string>>,
): RestorePlace[] {
  return payload.sources.flatMap((source) => {
    const folder = Object.hasOwn(to, source.name) ? to[source.name] : undefined;
    if (folder === undefined || source.type === 'missing' || !names.has(source.name)) return [];
    const place = { source, folder: resolve(folder), isNamed: true as const };
    return [source.type === 'directory' ? place : { ...place, fileName: basename(source.path) }];
  });
}

/** What a user knows a place by. */
export function placePath({ folder, fileName }: RestorePlace): string {
  return fileName === undefined ? folder : join(folder, fileName);
}

/**
 * Each source goes back to where it came from: only if this machine and this user have taken it from there, which the record alone
 * cannot prove. What counts is the identity of the source in the local state, and that the path leads where it led then: a link that
 * was put there since would have it write, and delete, in what was never backed up.
 *
 * @param names the sources that something is restored of.
 * @throws HoldfastError `NOT_FROM_HERE`; `STATE` if the local state cannot be read.
 */
export async function placesOfOrigin(
  record: SnapshotRecord,
  names: ReadonlySet<string>,
  stateDirectory: string,
): Promise<RestorePlace[]> {
  const { payload } = record;
  if (payload.host !== hostname()) throw notFromHere(payload.id, `it was recorded on another host, "${payload.host}"`);
  if (payload.user !== userName()) throw notFromHere(payload.id, `it was recorded by another user, "${payload.user}"`);
  const places: RestorePlace[] = [];
  for (const source of payload.sources) {
    // Of a source that was missing nothing is known: nothing is restored, and nothing deleted.
    if (source.type === 'missing' || !names.has(source.name)) continue;
    if (resolve(source.path) !== source.path || (await identityOf(source, stateDirectory)) !== source.id) {
      throw notFromHere(payload.id, `this user's local state knows no source "${source.name}" of ${source.path}`);
    }
    await refuseIfElsewhere(payload.id, source);
    places.push(
      source.type === 'directory'
        ? { source, folder: source.path }
        : { source, folder: dirname(source.path), fileName: basename(source.path) },
    );
  }
  return places;
}

/** Also for snapshots that were made before real paths were recorded: of them the path itself counts. */
async function refuseIfElsewhere(id: string, { path, realPath: then = path }: SnapshotSource): Promise<void> {
  // What cannot be looked at cannot be written either: that is found next, and said.
  const now = await realPathToBe(path).catch(() => then);
  if (now === then) return;
  throw notFromHere(id, `${path} leads to ${now} now, and its files were taken from ${then}`);
}

async function identityOf(source: SnapshotSource, stateDirectory: string): Promise<string | undefined> {
  try {
    return await knownSourceIdentity(stateDirectory, source);
  } catch (cause) {
    throw new HoldfastError({
      code: 'STATE',
      message: `the state folder ${stateDirectory} cannot be used: ${reasonOf(cause)}`,
      hint: 'It remembers where sources came from. Make it readable, or restore with --into.',
      cause,
    });
  }
}

function notFromHere(id: string, reason: string): HoldfastError {
  return new HoldfastError({
    code: 'NOT_FROM_HERE',
    message: `snapshot ${id} cannot be restored in place: ${reason}`,
    hint: 'Say where its files go: --into FOLDER.',
  });
}
