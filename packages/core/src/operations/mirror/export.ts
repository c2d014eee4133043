import { randomUUID } from 'node:crypto';
import { PlainSnapshot } from '../../plain/index.js';
import type { SnapshotPayload } from '../../snapshot/index.js';
import { newSnapshotId } from '../../snapshot/snapshot-id.js';
import type { BackupTarget } from '../../target/index.js';
import type { WholeSnapshot } from '../catalog-view.js';
import { storedAmount } from '../entry-counts.js';
import { notReplaced } from '../not-replaced.js';
import { type Clock, type OperationOptions, systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import { noMatch, unusedProblem } from '../restore/restore-problems.js';
import { findSnapshot } from '../select.js';
import { Selection } from '../selection.js';
import { stoppable } from '../stoppable.js';
import { copySnapshot, type PartOfSnapshot } from './mirror-snapshot.js';
import { DamagedSource } from './unequal-copy.js';

export interface ExportOptions extends OperationOptions {
  readonly from: BackupTarget;
  /** Where to: one archive that holds nothing yet, or whatever is to hold this snapshot alone. */
  readonly to: BackupTarget;
  /** An id, a part of one, a name, or `latest`. */
  readonly which?: string | undefined;
  /** Only what these match, with the folders that lead to it; everything where there are none. */
  readonly patterns?: readonly string[] | undefined;
  /** Something stands there that the export replaces: only if nothing of what was asked for is missing. */
  readonly wholeOnly?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

export interface ExportSummary extends Trouble {
  /** The snapshot that was exported. */
  readonly snapshotId: string;
  /** The snapshot that the export holds: the same, or where it holds a part only one of its own. */
  readonly exportedId: string;
  /** Not all of the snapshot: patterns chose, or something was damaged. */
  readonly part: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly durationMs: number;
}

/**
 * Copies one snapshot out of a target. What comes out is a target of that one snapshot, which any tool of its medium opens and which
 * proves itself: each file is compared with its checksum on both ends.
 *
 * A part of a snapshot (patterns, or a file that is damaged and therefore left out, and named) is a snapshot of its own: with an id of its own, the
 * flag `part`, and sources that are nobody's, so that no target it is ever mirrored to takes it for the newest of their line.
 *
 * @throws HoldfastError `SNAPSHOT_NOT_FOUND`, …, `BAD_PATTERN`, `NO_MATCH` of patterns that all match nothing, `SNAPSHOT_DAMAGED`,
 *   `NOT_REPLACED`; TargetError `ALREADY_EXISTS` where something is there.
 */
export async function exportSnapshot(options: ExportOptions): Promise<ExportSummary> {
  return stoppable(options, copyOut);
}

async function copyOut(options: ExportOptions): Promise<ExportSummary> {
  const { from, to, signal, patterns = [], clock = systemClock } = options;
  const startedAtMs = Date.now();
  const report = new Report('export', options);
  const found = await findSnapshot({ target: from, which: options.which, signal });
  const whole: WholeSnapshot = { status: 'ok', ...found };
  report.started(to.url, whole.id);
  const stored = storedAmount(found.record.payload.counts);
  report.totals(stored.files, stored.bytes);
  const partId = newSnapshotId(clock.now());
  const copyPart = async (skipDamaged: boolean): Promise<void> => {
    await copySnapshot({ from, to, signal }, whole, undefined, report, (source) => {
      const selection = new Selection(source, patterns);
      return partOf(source, partId, { items: () => selection.items(), skipDamaged }, (counts) => {
        copied = counts;
        if (options.wholeOnly === true && report.trouble.problemCount > 0) throw notReplaced(to, report.trouble);
      });
    });
  };
  let copied = found.record.payload.counts;
  let part = patterns.length > 0;
  if (part) await assertMatches(options, whole, report);
  try {
    if (part) await copyPart(false);
    else await copySnapshot({ from, to, signal }, whole, undefined, report);
  } catch (error) {
    if (!(error instanceof DamagedSource)) throw error;
    // What is sound is worth having all the same; what it lacks is known only by looking at all of it.
    part = true;
    await copyPart(true);
  }
  const { files, bytes } = copied;
  const exportedId = part ? partId : whole.id;
  return {
    snapshotId: whole.id,
    exportedId,
    part,
    files,
    bytes,
    durationMs: Date.now() - startedAtMs,
    ...report.trouble,
  };
}

/** Before anything is written. @throws HoldfastError `NO_MATCH`. */
async function assertMatches(
  { from, patterns = [], signal }: ExportOptions,
  whole: WholeSnapshot,
  report: Report,
): Promise<void> {
  const snapshot = await PlainSnapshot.open(from, whole.prefix, whole.record, { signal });
  try {
    const { found, files, bytes, unused } = await new Selection(snapshot, patterns).count();
    if (!found) throw noMatch(whole.id, unused);
    for (const pattern of unused) report.problem(unusedProblem(pattern));
    report.totals(files, bytes);
  } finally {
    await snapshot.close();
  }
}

/** A snapshot of its own, made of a part. */
function partOf(
  source: PlainSnapshot,
  id: string,
  part: Pick<PartOfSnapshot, 'items' | 'skipDamaged'>,
  tell: (counts: SnapshotPayload['counts']) => void,
): PartOfSnapshot {
  return {
    ...part,
    id,
    payload(counts, contentsSha256) {
      tell(counts);
      const { payload } = source.record;
      const flags = new Set([...payload.flags, 'part', ...(counts.skipped > 0 ? ['incomplete'] : [])]);
      const sources = payload.sources.map((one) => ({ ...one, id: randomUUID() }));
      return { ...payload, id, sources, counts, parent: payload.id, flags: [...flags], contentsSha256 };
    },
  };
}
