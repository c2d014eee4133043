import { hostname, userInfo } from 'node:os';
import type { Note } from '../events/index.js';
import type { SnapshotCounts, SnapshotPayload, SnapshotSource } from '../snapshot/index.js';
import { isoWithOffset, newSnapshotId } from '../snapshot/snapshot-id.js';
import { resolveSources, type SourceSpec } from '../source/index.js';
import type { BackupTarget, Durability } from '../target/index.js';
import { countSources } from './backup-entries.js';
import { BackupLane, surveyTarget, type TargetSurvey } from './backup-lane.js';
import { BackupRun } from './backup-run.js';
import {
  type BackupSource,
  identifySources,
  placesToLeaveOut,
  realPlace,
  recordedSource,
  refuseIfAllMissing,
} from './backup-sources.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from './options.js';
import { Report } from './report.js';
import { stoppable } from './stoppable.js';

export interface BackupOptions extends OperationOptions {
  readonly sources: readonly SourceSpec[];
  /** One snapshot, of one id, goes to each; the files are read once. */
  readonly targets: readonly BackupTarget[];
  /** Where what is known of the sources is kept between backups: identities, and which version of each file was read. */
  readonly stateDirectory: string;
  /** A name for the snapshot. */
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Make a target where other things are already. */
  readonly adoptPlace?: boolean | undefined;
  /** Read every file, also those that have not changed. */
  readonly rehash?: boolean | undefined;
  /** Count the sources beside the backup, so that progress has totals. */
  readonly estimate?: boolean | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: ((size: number) => Uint8Array) | undefined;
  /** Name and version of the program, for the record. */
  readonly program?: string | undefined;
}

/** What one target got. */
export interface BackupTargetSummary {
  readonly url: string;
  readonly committed: boolean;
  readonly storedFiles: number;
  readonly storedBytes: number;
  /** Equal to the previous snapshot's, and not stored again. */
  readonly sharedFiles: number;
  readonly sharedBytes: number;
  readonly durability: Durability;
  readonly durableBy?: string;
  /** Why it has no snapshot. */
  readonly error?: unknown;
}

export interface BackupSummary extends Trouble {
  readonly snapshotId: string;
  readonly name?: string;
  readonly createdAt: string;
  readonly sources: readonly SnapshotSource[];
  readonly counts: SnapshotCounts;
  readonly flags: readonly string[];
  readonly parent?: string;
  readonly readFiles: number;
  readonly readBytes: number;
  readonly targets: readonly BackupTargetSummary[];
  readonly notes: readonly Note[];
  readonly durationMs: number;
}

/**
 * Takes a snapshot of the sources into each target. What cannot be read is named, counted and skipped; the snapshot of the
 * rest is complete, durable and visible when this resolves, and not visible at all if it rejects.
 *
 * @throws `SOURCE_MISSING` if there is none of the sources; `SOURCE_NAME`; `SOURCE_INSIDE_TARGET`;
 *   `TARGET_NOT_EMPTY`; `FORMAT_UNSUPPORTED`; `STATE`; `ABORTED`. TargetError of the first target when every target failed.
 */
export async function backup(options: BackupOptions): Promise<BackupSummary> {
  return stoppable(options, takeSnapshot);
}

async function takeSnapshot(options: BackupOptions): Promise<BackupSummary> {
  const { signal, targets, clock = systemClock } = options;
  const report = new Report('backup', options);
  const startedAt = clock.now();
  const resolved = resolveSources(options.sources);
  refuseIfAllMissing(resolved);
  const leaveOut = placesToLeaveOut(resolved, targets);
  const statePlace = realPlace(options.stateDirectory);
  leaveOut.add(statePlace);
  const sources = await identifySources(resolved, options.stateDirectory);
  const id = newSnapshotId(startedAt, options.random);
  const lanes: BackupLane[] = [];
  const committed = new Map<BackupLane, string>();
  try {
    const ids = new Set(sources.map((source) => source.id));
    const surveys: TargetSurvey[] = [];
    for (const target of targets)
      surveys.push(await surveyTarget(target, ids, options.adoptPlace === true, { signal }));
    for (const survey of surveys) {
      lanes.push(await BackupLane.open(survey, id, report, { signal }));
      report.started(survey.target.url, id);
    }
    if (options.estimate === true) estimate(sources, leaveOut, signal, report);
    const run = new BackupRun({
      sources,
      lanes,
      leaveOut,
      statePlace,
      report,
      signal,
      rehash: options.rehash === true,
      startedAtMs: startedAt.getTime(),
    });
    await run.storeEverything();
    const payload = payloadOf(id, startedAt, sources, surveys, run.counts, lanes, report, options);
    for (const lane of lanes) await commitLane(lane, payload, committed, report, signal);
    if (committed.size === 0) throw lanes[0]?.error;
    for (const { versions } of sources) await versions.save().catch((error: unknown) => noteStateFault(report, error));
    return {
      snapshotId: id,
      ...(payload.name === undefined ? {} : { name: payload.name }),
      createdAt: payload.createdAt,
      sources: payload.sources,
      counts: payload.counts,
      flags: payload.flags,
      ...(payload.parent === undefined ? {} : { parent: payload.parent }),
      readFiles: run.readFiles,
      readBytes: run.readBytes,
      targets: lanes.map((lane) => summaryOf(lane, committed.get(lane))),
      notes: report.notes,
      durationMs: clock.now().getTime() - startedAt.getTime(),
      ...report.trouble,
    };
  } finally {
    for (const lane of lanes) await lane.close(committed.has(lane));
    for (const { versions } of sources) await versions.close();
  }
}

function estimate(
  sources: readonly BackupSource[],
  leaveOut: ReadonlySet<string>,
  signal: AbortSignal | undefined,
  report: Report,
): void {
  countSources(sources, leaveOut, signal).then(
    ({ files, bytes }) => report.totals(files, bytes),
    // Only for the display: what cannot be read is named by the backup itself.
    () => undefined,
  );
}

async function commitLane(
  lane: BackupLane,
  payload: SnapshotPayload,
  committed: Map<BackupLane, string>,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!lane.alive) return;
  try {
    const { durableBy } = await lane.writer.commit(payload, { signal });
    committed.set(lane, durableBy);
    report.emit({ type: 'committed', snapshotId: payload.id, target: lane.target.url, durableBy });
  } catch (error) {
    lane.fail(error);
  }
}

function payloadOf(
  id: string,
  startedAt: Date,
  sources: readonly BackupSource[],
  surveys: readonly TargetSurvey[],
  counts: SnapshotCounts,
  lanes: readonly BackupLane[],
  report: Report,
  options: BackupOptions,
): SnapshotPayload {
  const previous = surveys
    .flatMap(({ relatives }) => relatives.slice(0, 1))
    .sort((left, right) => right.record.payload.sequence - left.record.payload.sequence)[0]?.record.payload;
  const clockBack = previous !== undefined && Date.parse(previous.createdAt) > startedAt.getTime();
  if (clockBack)
    report.note(
      'CLOCK_BACK',
      `this machine's clock stands before the previous snapshot's (${previous.createdAt}); the new one counts as newer all the same`,
    );
  // Every lane that lives has been given the same entries, so the first one's hash is that of all.
  const contentsSha256 = lanes.filter(({ alive }) => alive).map(({ writer }) => writer.contentsSha256())[0] ?? '';
  return {
    id,
    ...(options.name === undefined ? {} : { name: options.name }),
    createdAt: isoWithOffset(startedAt),
    sequence: (previous?.sequence ?? 0) + 1,
    host: hostname(),
    user: userName(),
    program: options.program ?? 'holdfast',
    sources: sources.map(recordedSource),
    tags: options.tags ?? [],
    counts,
    ...(previous === undefined ? {} : { parent: previous.id }),
    flags: [...(counts.skipped > 0 ? ['incomplete'] : []), ...(clockBack ? ['clock'] : [])],
    contentsSha256,
  };
}

/** A process may run under a number that no user has. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function noteStateFault(report: Report, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  report.note(
    'STATE_UNUSABLE',
    `which files were read could not be remembered, so the next backup reads them all: ${reason}`,
  );
}

function summaryOf(lane: BackupLane, durableBy: string | undefined): BackupTargetSummary {
  const { target, storedFiles, storedBytes, sharedFiles, sharedBytes, error } = lane;
  const { durability } = target.capabilities;
  const common = { url: target.url, storedFiles, storedBytes, sharedFiles, sharedBytes, durability };
  return durableBy === undefined ? { ...common, committed: false, error } : { ...common, committed: true, durableBy };
}
