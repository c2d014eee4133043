import type { HoldfastEvent, Problem, ProblemCode } from '../../events/index.js';
import { mountPointsBelow } from '../../files/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import { resolveSources } from '../../source/index.js';
import { type GuardedSource, type GuardRecord, writeNoted } from '../../state/index.js';
import { type BackupSummary, backup } from '../backup/backup.js';
import { openFound } from '../open-found.js';
import { findSnapshot } from '../select.js';
import { foldersOf, guardPlaces } from './guard-ground.js';
import { type NotCovered, noteEverything } from './guard-noting.js';
import type { GuardOptions } from './guard-options.js';

/** What costs a snapshot nothing that it was to have: sockets and devices are never in one, and of these rules more is taken than was meant. */
const HARMLESS: ReadonlySet<ProblemCode> = new Set(['SPECIAL_FILE', 'RULES_UNREADABLE', 'BAD_PATTERN', 'SOURCE_EMPTY']);

/** So many paths are named in a refusal. */
const MAX_NAMED = 3;

/** The sources of a guarded run as they stand. @throws HoldfastError as `resolveSources`; `NOT_GUARDED` for one that is missing or special. */
export function guardedSources({ sources }: Pick<GuardOptions, 'sources'>): GuardedSource[] {
  return resolveSources(sources).map(({ name, path, realPath, type, entryPath, rules }) => {
    if (type === 'missing') throw refusal(`${path} does not exist`, 'Check the path; is a disk not mounted?');
    if (type === 'special') throw refusal(`${path} is no file and no folder`, 'Name a folder or a file.');
    const common = { name, path, realPath, type, entryPath };
    return rules.oneFileSystem ? { ...common, oneFileSystem: true } : common;
  });
}

/**
 * Takes the snapshot and notes what stands in the sources.
 *
 * @returns the record with what was found out, and what the snapshot does not have.
 * @throws HoldfastError `NOT_GUARDED` where the snapshot is not complete; what a backup throws.
 */
export async function prepareGuard(
  options: GuardOptions,
  record: GuardRecord,
): Promise<{ readonly record: GuardRecord; readonly notCovered: NotCovered; readonly entries: number }> {
  const { target, stateDirectory, signal, onEvent } = options;
  const failed = new Failures();
  const listen = (event: HoldfastEvent): void => {
    if (event.type === 'problem' && !HARMLESS.has(event.problem.code)) failed.add(event.problem);
    onEvent?.(event);
  };
  await takeSnapshot(options, record, listen);
  failed.refuseAny();
  const found = await findSnapshot({ target, which: record.id, signal });
  const snapshot = await openFound(target, found, { signal });
  try {
    const leaveOut = guardPlaces(record.sources, target, stateDirectory);
    const notCovered = { entries: 0, bytes: 0 };
    const devices = new Set<string>();
    let entries = 0;
    const noted = noteEverything({
      snapshot,
      sources: record.sources,
      leaveOut,
      signal,
      notCovered,
      foldersOfOurs: foldersOf(leaveOut),
      devices,
      changed: (path) =>
        failed.add({ path, message: 'it has changed while the snapshot was taken, or right after it' }),
    });
    await writeNoted(
      stateDirectory,
      record.id,
      (async function* () {
        for await (const entry of noted) {
          entries += 1;
          yield entry;
        }
      })(),
    );
    failed.refuseAny();
    // Now, for to look may mount something (automount).
    const mounts = mountPointsBelow(record.sources.map(({ realPath }) => realPath));
    const about = { devices: [...devices], ...(mounts === undefined ? {} : { mounts }) };
    return { record: { ...record, ...about }, notCovered, entries };
  } finally {
    await snapshot.close();
  }
}

function takeSnapshot(
  { sources, target, stateDirectory, signal, program }: GuardOptions,
  { id }: GuardRecord,
  onEvent: (event: HoldfastEvent) => void,
): Promise<BackupSummary> {
  const tags = ['guard'];
  return backup({ sources, targets: [target], stateDirectory, snapshotId: id, tags, signal, onEvent, program });
}

/** What a snapshot should have and does not. */
class Failures {
  readonly #named: string[] = [];
  #count = 0;

  add({ path, message }: Pick<Problem, 'path' | 'message'>): void {
    this.#count += 1;
    if (this.#named.length < MAX_NAMED) this.#named.push(`${path}: ${message}`);
  }

  refuseAny(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#named.length;
    throw refusal(
      `the snapshot is not complete: ${this.#named.join('; ')}${more === 0 ? '' : `; and ${more} more`}`,
      'Mend that, or leave it out by a rule: what is left out is not covered, and cannot be rolled back.',
    );
  }
}

/** A guarded run does not begin. */
export function refusal(message: string, hint: string): HoldfastError {
  return new HoldfastError({ code: 'NOT_GUARDED', message: `nothing was started: ${message}`, hint });
}
