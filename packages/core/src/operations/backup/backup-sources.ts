import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { Problem } from '../../events/index.js';
import { errorCode, fileSystemOf } from '../../files/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import { RESTORE_STAGING_FOLDER, type SnapshotSource, UNDO_FOLDER } from '../../snapshot/index.js';
import { liesIn, misplacedPatterns, type ResolvedSource, reasonOf, recordedRules } from '../../source/index.js';
import { FileVersions, sourceIdentity } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import type { Report } from '../report.js';

/** A source with its identity and what is known of its files. */
export interface BackupSource {
  readonly source: ResolvedSource;
  readonly id: string;
  readonly versions: FileVersions;
  readonly timestampStepNs: bigint;
}

/** What is to be told of a source that cannot be found: it is not there, or nobody lets us look. */
export function missingProblem({ path, cause }: ResolvedSource): Problem {
  const code = errorCode(cause);
  if (code === undefined || code === 'ENOENT' || code === 'ENOTDIR')
    return { code: 'SOURCE_MISSING', path, message: 'the source does not exist', cause };
  return { code: 'UNREADABLE', path, message: `the source cannot be reached: ${reasonOf(cause)}`, cause };
}

/** @throws HoldfastError `SOURCE_MISSING` if none of the sources is there. */
export function refuseIfAllMissing(sources: readonly ResolvedSource[]): void {
  if (sources.some(({ type }) => type !== 'missing')) return;
  const faults = sources.map((source) => `${source.path}: ${missingProblem(source).message}`);
  throw new HoldfastError({
    code: 'SOURCE_MISSING',
    message: sources.length === 0 ? 'no source was named' : `there is nothing to back up: ${faults.join('; ')}`,
    hint: 'Check the path; is a disk not mounted?',
    cause: sources[0]?.cause,
  });
}

/**
 * The places of the targets that lie inside a source: the walk must not enter them.
 *
 * @throws HoldfastError `SOURCE_INSIDE_TARGET` if a source lies inside a target: it would be stored into itself.
 */
export function placesToLeaveOut(sources: readonly ResolvedSource[], targets: readonly BackupTarget[]): Set<string> {
  const places = new Set<string>();
  for (const target of targets) {
    for (const place of target.localPaths) {
      for (const source of sources) {
        if (source.type !== 'missing' && liesIn(source.realPath, place)) {
          throw new HoldfastError({
            code: 'SOURCE_INSIDE_TARGET',
            message: `the source ${source.path} lies inside the target ${target.url}`,
            hint: 'Choose a target outside of what is backed up.',
          });
        }
        if (source.type === 'directory' && liesIn(place, source.realPath)) places.add(place);
      }
    }
  }
  return places;
}

/**
 * Looks up the sources' identities, minting those of new ones.
 *
 * @param identify how; a look that writes nothing does without minting.
 * @throws HoldfastError `STATE` if the state folder cannot be used.
 */
export async function identifySources(
  sources: readonly ResolvedSource[],
  stateDirectory: string,
  identify: typeof sourceIdentity = sourceIdentity,
): Promise<BackupSource[]> {
  const known: BackupSource[] = [];
  for (const source of sources) {
    const timestampStepNs = source.type === 'missing' ? 0n : (await fileSystemOf(source.realPath)).timestampStepNs;
    try {
      const id = await identify(stateDirectory, source);
      known.push({ source, id, versions: new FileVersions(stateDirectory, id), timestampStepNs });
    } catch (cause) {
      throw stateFault(stateDirectory, cause);
    }
  }
  return known;
}

/** The error of a state folder that cannot be read or written. */
export function stateFault(stateDirectory: string, cause: unknown): HoldfastError {
  return new HoldfastError({
    code: 'STATE',
    message: `the state folder ${stateDirectory} cannot be used: ${reasonOf(cause)}`,
    hint: 'It remembers which source is which. Make it writable, or set XDG_STATE_HOME to another place.',
    cause,
  });
}

/** How a source stands in the record. */
export function recordedSource(
  { source, id }: BackupSource,
  leftOut: Readonly<Record<string, number>>,
): SnapshotSource {
  const type = source.type === 'special' ? 'file' : source.type;
  // Of a lone file no rule leaves anything out.
  const rules = type === 'directory' ? recordedRules(source) : undefined;
  const { name, path, realPath } = source;
  return {
    id,
    name,
    path,
    type,
    ...(realPath === path ? {} : { realPath }),
    ...(rules === undefined ? {} : { rules }),
    ...(rules === undefined && Object.keys(leftOut).length === 0 ? {} : { leftOut }),
  };
}

/** The state folder's real path, where it stands: it changes during a backup, so a source that holds it leaves it out. */
export function realPlace(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Says that a place of ours within a source is left out. */
export function notePlace(place: string, statePlace: string, report: Report): void {
  if (place === statePlace)
    report.note('STATE_LEFT_OUT', `${place} is left out: it is Holdfast's own memory of its sources`);
  else if (basename(place) === RESTORE_STAGING_FOLDER)
    report.note(
      'STAGING_LEFT_OUT',
      `${place} is left out: a restore works there, or one that was interrupted has left it`,
    );
  else if (basename(place) === UNDO_FOLDER)
    report.note('STAGING_LEFT_OUT', `${place} is left out: it has what restores have replaced, for "undo"`);
  else report.note('TARGET_LEFT_OUT', `${place} is left out: the target itself lies there`);
}

/** Says of patterns that fit nothing what they would have to be. */
export function noteMisplacedPatterns(sources: readonly ResolvedSource[], report: Report): void {
  for (const { pattern, meant, source } of misplacedPatterns(sources)) {
    report.note(
      'PATTERN_MISPLACED',
      `the pattern "${pattern}" fits nothing: patterns count from the top of each source, so for ${source} it would be "${meant}"`,
    );
  }
}
