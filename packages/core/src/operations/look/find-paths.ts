import { inOrder } from '../../flow/in-order.js';
import { isHoldfastError, throwIfAborted } from '../../holdfast-error.js';
import { PlainSnapshot } from '../../plain/index.js';
import { isRefused, pathPatterns, type SnapshotRecord } from '../../snapshot/index.js';
import type { BackupTarget } from '../../target/index.js';
import { catalogOf, isNewer, type WholeSnapshot } from '../catalog-view.js';
import type { OperationOptions, Trouble } from '../options.js';
import { Report } from '../report.js';
import { stoppable } from '../stoppable.js';
import { type FoundPath, FoundPaths } from './found-paths.js';
import { type Lack, lackingSources, sourceNameOf } from './lacking-sources.js';

/** Manifests fetched ahead: a store far away answers slowly, and each may take a spool's memory. */
const FETCHED_AHEAD = 4;

export interface FindPathsOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** See {@link pathPatterns}; an entry is found if one of them names it. */
  readonly patterns: readonly string[];
}

export interface FindPathsSummary extends Trouble {
  /** In the order of their bytes; a path of two sources that are called alike is there twice. */
  readonly found: readonly FoundPath[];
  readonly versions: number;
  /** Snapshots that were searched. */
  readonly snapshots: number;
  /** Patterns that name nothing in any snapshot. */
  readonly unused: readonly string[];
  /** Versions met after {@link MAX_FOUND_VERSIONS} had been found: they are not among them. */
  readonly omitted: number;
  readonly durationMs: number;
}

/**
 * Finds files, folders and links by name in all snapshots of a target, and which versions of each there are. Manifests are read one
 * after another, files not at all; what is held is what was found. Snapshots that cannot be read are problems.
 *
 * @throws HoldfastError `NOT_A_TARGET`, `FORMAT_UNSUPPORTED`, `ABORTED`; TargetError if the store cannot be reached.
 */
export async function findPaths(options: FindPathsOptions): Promise<FindPathsSummary> {
  return stoppable(options, search);
}

async function search(options: FindPathsOptions): Promise<FindPathsSummary> {
  const { target, signal } = options;
  const startedAtMs = Date.now();
  const report = new Report('find', options);
  const matcher = pathPatterns(options.patterns);
  const whole: WholeSnapshot[] = [];
  for await (const item of catalogOf(target, { signal })) {
    if (item.status === 'ok') whole.push(item);
    else if (item.status === 'damaged' || item.status === 'newer') nameDamage(report, item.id, item.reason);
  }
  const found = new FoundPaths();
  const searched: WholeSnapshot[] = [];
  const lackings = new Map<string, ReadonlyMap<string, Lack>>();
  for await (const { item, snapshot } of openAhead(target, whole, report, signal)) {
    const sourceOf = sourcesByName(item.record);
    found.enter(item.record);
    for await (const entry of snapshot.entries()) {
      throwIfAborted(signal);
      if (isRefused(entry)) {
        if (!matcher.names(entry.path, false)) continue;
        const { code, path, reason: message } = entry;
        report.problem({ code, path, message, snapshotId: item.id });
      } else if (matcher.names(entry.entry.path, entry.entry.type === 'directory'))
        // An export is of the source that its file is of.
        found.add(entry, sourceOf(entry.entry.exportOf ?? entry.entry.path));
    }
    const lacking = await lackingSources(snapshot);
    if (lacking.size > 0) lackings.set(item.id, lacking);
    searched.push(item);
  }
  const newest = newestOfSource(searched);
  return {
    ...found.result(newest, lackingNow(searched, newest, lackings)),
    snapshots: searched.length,
    unused: matcher.unused(),
    durationMs: Date.now() - startedAtMs,
    ...report.trouble,
  };
}

/** The snapshots one after another, with some manifests fetched ahead. A damaged one is named and passed over. */
async function* openAhead(
  target: BackupTarget,
  items: readonly WholeSnapshot[],
  report: Report,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly item: WholeSnapshot; readonly snapshot: PlainSnapshot }> {
  const opened = new Set<PlainSnapshot>();
  const open = async (item: WholeSnapshot) => {
    throwIfAborted(signal);
    try {
      const snapshot = await PlainSnapshot.open(target, item.prefix, item.record, { signal });
      opened.add(snapshot);
      return { item, snapshot };
    } catch (error) {
      return { item, error };
    }
  };
  try {
    for await (const result of inOrder(items, FETCHED_AHEAD, open)) {
      if ('error' in result) {
        if (!isHoldfastError(result.error, 'SNAPSHOT_DAMAGED')) throw result.error;
        nameDamage(report, result.item.id, result.error.message);
        continue;
      }
      yield result;
      await result.snapshot.close();
      opened.delete(result.snapshot);
    }
  } finally {
    for (const snapshot of opened) await snapshot.close();
  }
}

function nameDamage(report: Report, id: string, reason: string): void {
  report.problem({ code: 'DAMAGED', path: id, message: reason, snapshotId: id });
}

/** The identity of the source that an entry belongs to: the first part of its path is the source's name. */
function sourcesByName(record: SnapshotRecord): (path: string) => string {
  const ids = new Map(record.payload.sources.map(({ name, id }) => [name, id]));
  return (path) => ids.get(sourceNameOf(path)) ?? '';
}

/** For each source the id of its newest snapshot. */
function newestOfSource(snapshots: readonly WholeSnapshot[]): ReadonlyMap<string, string> {
  const newest = new Map<string, WholeSnapshot>();
  for (const snapshot of snapshots) {
    for (const { id } of snapshot.record.payload.sources) {
      const known = newest.get(id);
      if (known === undefined || isNewer(snapshot, known)) newest.set(id, snapshot);
    }
  }
  return new Map([...newest].map(([source, { id }]) => [source, id]));
}

/** For each source why its newest snapshot may lack what is there. */
function lackingNow(
  snapshots: readonly WholeSnapshot[],
  newest: ReadonlyMap<string, string>,
  lackings: ReadonlyMap<string, ReadonlyMap<string, Lack>>,
): ReadonlyMap<string, Lack> {
  const now = new Map<string, Lack>();
  for (const { id, record } of snapshots) {
    for (const source of record.payload.sources) {
      const lack = newest.get(source.id) === id ? lackings.get(id)?.get(source.name) : undefined;
      if (lack !== undefined) now.set(source.id, lack);
    }
  }
  return now;
}
