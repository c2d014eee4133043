import { HoldfastError } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { pathBytesOf, pathPatterns, type SnapshotRecord } from '../../snapshot/index.js';
import { leftOutNow, type ResolvedSource } from '../../source/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { missingProblem } from '../backup/backup-sources.js';
import { related } from '../catalog-view.js';
import { type Lack, lackingSources, lackText, sourceNameOf } from '../look/lacking-sources.js';
import { openFound } from '../open-found.js';
import type { OperationOptions, Trouble } from '../options.js';
import { Report } from '../report.js';
import { unusedProblem } from '../restore/restore-problems.js';
import { findSnapshot } from '../select.js';
import { stoppable } from '../stoppable.js';
import { type ChangedContents, changedContents } from './diff-contents.js';
import type { Change, ComparedEntry } from './diff-entry.js';
import { type LiveCounts, liveSide } from './diff-live.js';
import { type DiffCounts, DiffRun } from './diff-run.js';
import { type SideItem, snapshotSide, UnknownPaths } from './diff-side.js';
import { type DiffSource, diffSources, type LiveOptions, placesOfOurs, timeToleranceNs } from './diff-sources.js';

export interface DiffOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** What was: an id, a part of one, a name, or `latest`, which is what its absence means. */
  readonly before?: string | undefined;
  /** What is: another snapshot of the target, or the live files. */
  readonly after: string | LiveOptions;
  /** Only what these choose on either side (see `pathPatterns`). */
  readonly patterns?: readonly string[] | undefined;
}

export interface DiffSummary extends DiffCounts, LiveCounts, Trouble {
  /** Nothing differs, and everything was compared. */
  readonly equal: boolean;
  readonly durationMs: number;
}

/** A comparison that is done. */
export interface Diff {
  readonly before: SnapshotRecord;
  /** Absent where the live files were compared. */
  readonly after: SnapshotRecord | undefined;
  readonly summary: DiffSummary;
  /** Every difference, in the order of the paths. */
  changes(): AsyncIterable<Change>;
  /** Where the contents are that a change has exchanged, for `compareContents`; `undefined` of any other change. */
  contents(change: Change): ChangedContents | undefined;
  /** Frees what was kept of them. */
  close(): Promise<void>;
}

/**
 * Compares a snapshot with another one or with the live files of its sources. Both sides are read once, in one order, and differences are
 * spooled: time goes with the entries, memory does not, but for a bounded table in which moved files are found. Between snapshots no file
 * is read. A live file counts as unchanged only if it is surely the version whose hash is known, or if it was read and has the hash.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `SNAPSHOT_DAMAGED`, `NOT_A_TARGET`, `SOURCE_ELSEWHERE`, `SOURCE_NAME`,
 *   `NO_MATCH`, `ABORTED`.
 */
export async function diff(options: DiffOptions): Promise<Diff> {
  // What is looked into afterwards is not ended with this operation.
  return stoppable(options, (within) => compare(within, { signal: options.signal }));
}

async function compare(options: DiffOptions, afterwards: CallOptions): Promise<Diff> {
  const { target, signal, patterns = [] } = options;
  const startedAtMs = Date.now();
  const report = new Report('diff', options);
  const opened: PlainSnapshot[] = [];
  const open = async (which: string | undefined): Promise<PlainSnapshot> => {
    const found = await findSnapshot({ target, which, signal });
    if (found.choice !== undefined) report.note('LATEST_CHOSEN', found.choice);
    const snapshot = await openFound(target, found, { signal });
    opened.push(snapshot);
    return snapshot;
  };
  const matcher = pathPatterns(patterns);
  const unknown = new UnknownPaths();
  const counts: LiveCounts = { readFiles: 0, readBytes: 0 };
  try {
    const before = await open(options.before);
    report.started(target.url, before.id);
    const lacking = new Map<string, Lack>();
    const judges = new Map<string, ReturnType<typeof leftOutNow>>();
    const run = new DiffRun(unknown, lacking, (gone) => isLeftOut(judges, gone), signal);
    try {
      let after: PlainSnapshot | undefined;
      let right: AsyncIterable<SideItem>;
      let live: readonly ResolvedSource[] = [];
      let toleranceNs = 0n;
      if (typeof options.after === 'string') {
        after = await open(options.after);
        for (const [name, lack] of await lackingSources(after)) lacking.set(name, lack);
        noteUnrelated(before.record, after.record, report);
        right = snapshotSide(after, matcher, unknown, report);
      } else {
        const sources = await diffSources(before, options.after);
        live = sources.map(({ source }) => source);
        for (const { source } of present(sources)) judges.set(source.name, leftOutNow(source));
        tellMissing(before.record, sources, unknown, report);
        noteRules(before.record, report);
        toleranceNs = await timeToleranceNs(sources);
        const leaveOut = placesOfOurs(sources, target, options.after.stateDirectory);
        right = liveSide({ sources: present(sources), leaveOut, matcher, unknown, counts, report, signal });
      }
      await run.compare(snapshotSide(before, matcher, unknown, report), right, {
        toleranceNs,
        xattrs: after !== undefined,
      });
      if (patterns.length > 0) tellUnused(matcher.unused(), patterns, report);
      noteBefore(before.record, run.counts, report);
      if (after !== undefined) tellDoubtful(run.doubtful, lacking, after.id, report);
      const { trouble } = report;
      const summary = {
        ...run.counts,
        ...counts,
        equal: run.isEqual && trouble.problemCount === 0,
        durationMs: Date.now() - startedAtMs,
        ...trouble,
      };
      return {
        before: before.record,
        after: after?.record,
        summary,
        changes: () => run.changes(),
        contents: (change) => changedContents({ before, after, live }, change, afterwards),
        close: () => run.close(),
      };
    } catch (error) {
      await run.close();
      throw error;
    }
  } finally {
    for (const snapshot of opened) await snapshot.close();
  }
}

/** Of what is gone only its path and size are left to go by. */
function isLeftOut(judges: ReadonlyMap<string, ReturnType<typeof leftOutNow>>, gone: ComparedEntry): boolean {
  const sizeBytes = gone.type === 'file' ? gone.sizeBytes : undefined;
  const isFolder = gone.type === 'directory';
  return judges.get(sourceNameOf(gone.path))?.({ pathBytes: pathBytesOf(gone), isFolder, sizeBytes }) === true;
}

function present(sources: readonly DiffSource[]): DiffSource[] {
  return sources.filter(({ source }) => source.type !== 'missing');
}

/** A source that is gone is named, not listed file by file: most likely a disk is not mounted. */
function tellMissing(
  { payload }: SnapshotRecord,
  sources: readonly DiffSource[],
  unknown: UnknownPaths,
  report: Report,
): void {
  const wereThere = new Set(payload.sources.filter(({ type }) => type !== 'missing').map(({ name }) => name));
  for (const { source } of sources) {
    if (source.type !== 'missing' || !wereThere.has(source.name)) continue;
    unknown.add(source.name);
    report.problem(missingProblem(source));
  }
}

/** What a snapshot may only not have been able to store is not called removed. */
function tellDoubtful(
  doubtful: ReadonlyMap<string, number>,
  lacking: ReadonlyMap<string, Lack>,
  snapshotId: string,
  report: Report,
): void {
  for (const [path, count] of doubtful) {
    if (count === 0) continue;
    const what = count === 1 ? '1 entry is not in it, and may' : `${count} entries are not in it, and may`;
    const message = `${what} have been there, as ${lackText(lacking.get(path) ?? 'partly')}: not compared`;
    report.problem({ code: 'INCOMPLETE', path, message, snapshotId });
  }
}

/** What an incomplete snapshot could not store appears as added when it can be read again. */
function noteBefore({ payload }: SnapshotRecord, { added }: DiffCounts, report: Report): void {
  if (added === 0 || !payload.flags.includes('incomplete')) return;
  report.note('BEFORE_INCOMPLETE', `snapshot ${payload.id} is incomplete: what is added may have been there before`);
}

function noteUnrelated(before: SnapshotRecord, after: SnapshotRecord, report: Report): void {
  if (related({ record: before }, { record: after })) return;
  report.note('UNRELATED', `${before.payload.id} and ${after.payload.id} have no source in common`);
}

function noteRules({ payload }: SnapshotRecord, report: Report): void {
  const names = payload.sources.filter(({ rules }) => rules?.omitted === true).map(({ name }) => name);
  if (names.length === 0) return;
  report.note(
    'RULES_NOT_KEPT',
    `${payload.id} does not hold all the rules that ${names.join(', ')} was taken by: what they left out appears as added`,
  );
}

function tellUnused(unused: readonly string[], patterns: readonly string[], report: Report): void {
  if (unused.length === patterns.length) {
    throw new HoldfastError({
      code: 'NO_MATCH',
      message: `nothing on either side matches ${patterns.join(', ')}`,
      hint: 'Paths begin with the name of the source; a word without "/" is a name at any depth.',
    });
  }
  for (const pattern of unused) report.problem(unusedProblem(pattern));
}
