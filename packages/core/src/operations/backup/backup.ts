import type { LeftOutReason, Note } from '../../events/index.js';
import { xattrTools } from '../../files/index.js';
import type { ContentInspector, InspectLimits } from '../../inspect/index.js';
import type { SnapshotCounts, SnapshotPayload, SnapshotSource } from '../../snapshot/index.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import { resolveSources, type SourceSpec } from '../../source/index.js';
import type { BackupTarget, Durability } from '../../target/index.js';
import { notReplaced } from '../not-replaced.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import { stoppable } from '../stoppable.js';
import { BackupContents } from './backup-contents.js';
import { countSources } from './backup-entries.js';
import type { BackupLane } from './backup-lane.js';
import { payloadOf } from './backup-payload.js';
import { BackupRun } from './backup-run.js';
import {
  type BackupSource,
  identifySources,
  noteMisplacedPatterns,
  placesToLeaveOut,
  realPlace,
  refuseIfAllMissing,
} from './backup-sources.js';
import { CarriedSources } from './carried-sources.js';
import type { ContentCounts } from './content-tally.js';
import { forecastBackup } from './forecast-backup.js';
import { leftBackups } from './left-backups.js';
import { openLanes, type TargetPart } from './open-lanes.js';
import type { TargetSurvey } from './survey-target.js';

export interface BackupOptions extends OperationOptions {
  readonly sources: readonly SourceSpec[];
  /** One snapshot, of one id, goes to each; the files are read once. */
  readonly targets: readonly BackupTarget[];
  /** Where what is known of the sources is kept between backups: identities, and which version of each file was read. */
  readonly stateDirectory: string;
  /** The id of the snapshot, where it has to be known before (`newSnapshotId`); minted otherwise. */
  readonly snapshotId?: string | undefined;
  /**
   * Names of sources that are not read but taken over from the snapshot before, the newest one that has a source in common with this one (where a target
   * can hold only one, the one that stands): shared or copied as they lie there. One that it has not is not in the new one either.
   */
  readonly carry?: readonly string[] | undefined;
  /** A name for the snapshot. */
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Of the targets, those in which something stands that the snapshot replaces: they get it only if there was no problem. */
  readonly wholeOnly?: readonly BackupTarget[] | undefined;
  /** Make a target where other things are already. */
  readonly adoptPlace?: boolean | undefined;
  /** Read every file, also those that have not changed. */
  readonly rehash?: boolean | undefined;
  /** Store extended attributes and ACLs, where the system has the programs for it (Linux, `getfattr`); true by default. */
  readonly xattrs?: boolean | undefined;
  /** Count the sources beside the backup, so that progress has totals. */
  readonly estimate?: boolean | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: ((size: number) => Uint8Array) | undefined;
  /**
   * Who knows what is in files. They are asked about the files of the sources that name what they are to be exported as (`SourceSpec.exports`), and no
   * other. What they say stands in the manifest; nothing they do stops the backup.
   */
  readonly inspectors?: readonly ContentInspector[] | undefined;
  readonly inspectLimits?: InspectLimits | undefined;
  /** Exports have texts as they are, also those that a spreadsheet would run as a formula. */
  readonly rawExports?: boolean | undefined;
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
  /** Had been staged by a backup that was killed, and were taken over from it: neither read nor stored again. */
  readonly adoptedFiles: number;
  readonly adoptedBytes: number;
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
  /** How many things the rules have left out, by the reason; a folder counts as one. */
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
  readonly flags: readonly string[];
  readonly parent?: string;
  /** Taken over from a backup that was killed by every target that had not got them yet: read again there, and not here. */
  readonly adoptedFiles: number;
  readonly readFiles: number;
  readonly readBytes: number;
  /** What was taken over from the snapshot before without being read (`carry`). Among `counts`. */
  readonly carried?: SnapshotCounts;
  /** How many of the files that were looked into are what; absent where none was to be. `suspect` ones are among the broken. */
  readonly contents?: ContentCounts;
  readonly targets: readonly BackupTargetSummary[];
  readonly notes: readonly Note[];
  readonly durationMs: number;
}

/**
 * Takes a snapshot of the sources into each target. What cannot be read is named, counted and skipped; the snapshot of the
 * rest is complete, durable and visible when this resolves, and not visible at all if it rejects.
 *
 * @throws `SOURCE_MISSING` if there is none of the sources; `SOURCE_NAME`; `BAD_PATTERN`; `EXCLUDE_FILE`; `SOURCE_INSIDE_TARGET`;
 *   `TARGET_NOT_EMPTY`; `NOT_REPLACED`; `FORMAT_UNSUPPORTED`; `STATE`; `ABORTED`. TargetError of the first target when every target failed.
 */
export async function backup(options: BackupOptions): Promise<BackupSummary> {
  return stoppable(options, takeSnapshot);
}

async function takeSnapshot(options: BackupOptions): Promise<BackupSummary> {
  const { signal, targets, clock = systemClock } = options;
  const report = new Report('backup', options);
  const startedAt = clock.now();
  const resolved = resolveSources(options.sources, transientNames(options.inspectors));
  refuseIfAllMissing(resolved);
  noteMisplacedPatterns(resolved, report);
  const leaveOut = placesToLeaveOut(resolved, targets);
  const sources = await identifySources(resolved, options.stateDirectory);
  // It stands now, so its real path is known.
  const statePlace = realPlace(options.stateDirectory);
  leaveOut.add(statePlace);
  const id = options.snapshotId ?? newSnapshotId(startedAt, options.random);
  const sourceIds = new Set(sources.map((source) => source.id));
  const { stateDirectory, rehash = false } = options;
  const before = leftBackups({ stateDirectory, snapshotId: id, sourceIds, targets, rehash });
  const adopt = before.left.map(({ snapshotId }) => snapshotId);
  const looksInto = (options.inspectors ?? []).length > 0 && sources.some(({ source }) => source.exports !== undefined);
  const adoptPlace = options.adoptPlace === true;
  const wanted = { targets, snapshotId: id, sourceIds, adoptPlace, adopt, contents: looksInto };
  let lanes: readonly BackupLane[] = [];
  const committed = new Map<BackupLane, string>();
  let contents: BackupContents | undefined;
  let carried: CarriedSources | undefined;
  try {
    const parts = await openLanes(wanted, report, { signal });
    lanes = parts.flatMap((part) => ('lane' in part ? [part.lane] : []));
    const surveys = parts.flatMap((part) => ('survey' in part ? [part.survey] : []));
    const startedAtMs = startedAt.getTime();
    const about = { snapshotId: id, sources, lanes, leaveOut, stateDirectory, rehash, signal, startedAtMs, report };
    const hasTotals = await forecastBackup(about);
    if (options.estimate === true && !hasTotals) estimate(sources, leaveOut, signal, report);
    if (looksInto) contents = contentsOf(options, lanes, report);
    const names = sources.map(({ source }) => source.name);
    carried = await CarriedSources.open(options.carry ?? [], names, surveys, report, { signal });
    const run = new BackupRun({
      sources,
      lanes,
      leaveOut,
      statePlace,
      report,
      signal,
      rehash,
      xattrs: coversXattrs(options.xattrs !== false, surveys, report),
      startedAtMs,
      left: before.left,
      journal: before.journal,
      contents,
      carried,
    });
    await run.storeEverything();
    const { name, tags = [], program } = options;
    const facts = { id, name, tags, program, startedAt, sources, surveys };
    // Every lane that lives has been given the same entries, so the first one's hash is that of all.
    const contentsSha256 = lanes.find(({ alive }) => alive)?.writer.contentsSha256() ?? '';
    const payload = payloadOf(
      {
        ...facts,
        counts: run.counts,
        hasEmptySource: run.hasEmptySource,
        isSuspect: run.contents.counts.suspect > 0 || carried?.isSuspect === true,
        isCarriedIncomplete: carried?.isIncomplete(names) === true,
        carried: carried?.sources ?? [],
        leftOutOf: (from) => run.leftOutOf(from),
        contentsSha256,
      },
      report,
    );
    const { trouble } = report;
    for (const part of trouble.problemCount === 0 ? [] : parts)
      if ('lane' in part && options.wholeOnly?.includes(part.target) === true)
        part.lane.fail(notReplaced(part.target, trouble));
    for (const lane of lanes) await commitLane(lane, payload, committed, report, signal);
    if (committed.size === 0) throw lanes[0]?.error;
    for (const { versions } of sources.filter(({ source }) => source.type !== 'missing'))
      await versions.save().catch((error: unknown) => noteStateFault(report, error));
    return {
      snapshotId: id,
      ...(payload.name === undefined ? {} : { name: payload.name }),
      createdAt: payload.createdAt,
      sources: payload.sources,
      counts: payload.counts,
      leftOut: run.leftOut,
      flags: payload.flags,
      ...(payload.parent === undefined ? {} : { parent: payload.parent }),
      adoptedFiles: run.adoptedFiles,
      readFiles: run.readFiles,
      readBytes: run.readBytes,
      ...(carried === undefined ? {} : { carried: carried.counts }),
      ...(looksInto ? { contents: run.contents.counts } : {}),
      targets: parts.map((part) => summaryOf(part, committed)),
      notes: report.notes,
      durationMs: clock.now().getTime() - startedAt.getTime(),
      ...report.trouble,
    };
  } finally {
    await contents?.close();
    await carried?.close();
    for (const lane of lanes) await lane.close(committed.has(lane));
    before.end([...committed.keys()].map(({ target }) => target));
    for (const { versions } of sources) await versions.close();
  }
}

/** Names of what applications leave beside their files, by those who know them. */
export function transientNames(inspectors: readonly ContentInspector[] = []): readonly string[] {
  return inspectors.flatMap((inspector) => inspector.transientNames ?? []);
}

function contentsOf(options: BackupOptions, lanes: readonly BackupLane[], report: Report): BackupContents {
  const { inspectors = [], inspectLimits: limits, rawExports: raw = false, signal } = options;
  return new BackupContents({ inspectors, limits, raw }, lanes, report, { signal });
}

/** Where the programs are not there, that is told once: with the first snapshot of these sources. */
function coversXattrs(wanted: boolean, surveys: readonly TargetSurvey[], report: Report): boolean {
  if (!wanted) return false;
  const { canRead } = xattrTools();
  if (!canRead && surveys.some(({ relatives }) => relatives.length === 0)) {
    const way =
      process.platform === 'linux'
        ? ': install getfattr (Debian, Fedora and others: the package attr)'
        : ' on this system';
    report.note('XATTRS_NOT_COVERED', `extended attributes and ACLs are not covered${way}`);
  }
  return canRead;
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

function noteStateFault(report: Report, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  report.note(
    'STATE_UNUSABLE',
    `which files were read could not be remembered, so the next backup reads them all: ${reason}`,
  );
}

function summaryOf(part: TargetPart, committed: ReadonlyMap<BackupLane, string>): BackupTargetSummary {
  const { url, capabilities } = part.target;
  const lane = 'lane' in part ? part.lane : undefined;
  const { storedFiles = 0, storedBytes = 0, sharedFiles = 0, sharedBytes = 0 } = lane ?? {};
  const { adoptedFiles = 0, adoptedBytes = 0 } = lane ?? {};
  const counts = { storedFiles, storedBytes, sharedFiles, sharedBytes, adoptedFiles, adoptedBytes };
  const common = { url, ...counts, durability: capabilities.durability };
  const durableBy = lane === undefined ? undefined : committed.get(lane);
  if (durableBy !== undefined) return { ...common, committed: true, durableBy };
  return { ...common, committed: false, error: 'error' in part ? part.error : lane?.error };
}
