import { isHoldfastError } from '../../holdfast-error.js';
import { targetHeaderFault } from '../../plain/index.js';
import type { BackupTarget } from '../../target/index.js';
import { catalogOf, type WholeSnapshot } from '../catalog-view.js';
import { storedAmount } from '../entry-counts.js';
import type { OperationOptions, Trouble } from '../options.js';
import { Report } from '../report.js';
import { type FoundSnapshot, findSnapshot } from '../select.js';
import { stoppable } from '../stoppable.js';
import { type AgainstSummary, assertTwoTargets, verifyAgainst } from './verify-against.js';
import { noteChangedDigests, type ProofCounts } from './verify-proof.js';
import { VerifyRun } from './verify-run.js';

export interface VerifyOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** An id, a part of one, a name or `latest`; every snapshot where it is left out. */
  readonly which?: string | undefined;
  /** Read every stored byte and compare its hash. Without it: records, manifests, and that each file is there in its size. */
  readonly data?: boolean | undefined;
  /** Without `data`: read a random part of the files of each snapshot, above 0 and at most 1. */
  readonly sample?: number | undefined;
  /** Another target, in which the same snapshots are looked for and checked in the same way. */
  readonly against?: BackupTarget | undefined;
}

export interface VerifySummary extends Trouble, ProofCounts {
  readonly snapshots: number;
  readonly damagedSnapshots: number;
  readonly files: number;
  readonly bytes: number;
  /** Files that were read, and bytes read and hashed; 0 without `data` and `sample`. */
  readonly readFiles: number;
  readonly readBytes: number;
  /** Files whose stored bytes several names or snapshots share: read once, lost together. */
  readonly sharedFiles: number;
  readonly data: boolean;
  /** What was not looked at, in plain sentences. */
  readonly notChecked: readonly string[];
  /** What the other target holds of it. */
  readonly against?: AgainstSummary;
  /** Nothing was found to be wrong, in neither target. */
  readonly whole: boolean;
  readonly durationMs: number;
}

/**
 * Checks that what is stored is what was stored. Each damage is named; the check goes on after it. Stored bytes that several
 * snapshots share are read once.
 *
 * Where the medium makes a digest of what it holds (an S3 store's MD5), and it is the one of when a file was stored, that proves the file without reading it.
 *
 * @throws `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `NOT_A_TARGET`, `DESTINATION` (both targets are one), `ABORTED`; TargetError if the store cannot be reached.
 */
export async function verify(options: VerifyOptions): Promise<VerifySummary> {
  return stoppable(options, checkTarget);
}

async function checkTarget(options: VerifyOptions): Promise<VerifySummary> {
  const { target, signal, against, sample, data = false } = options;
  if (sample !== undefined && !(sample > 0 && sample <= 1)) throw new RangeError('a sample is above 0 and at most 1');
  if (against !== undefined) assertTwoTargets(target, against);
  const startedAtMs = Date.now();
  const report = new Report('verify', options);
  const settings = { data, sample, signal };
  const run = new VerifyRun(target, report, settings);
  const whole: WholeSnapshot[] = [];
  if (options.which !== undefined) {
    const found = await findOrName(options, options.which, run);
    if (found !== undefined) whole.push({ status: 'ok', id: found.id, prefix: found.prefix, record: found.record });
  } else {
    for await (const item of catalogOf(target, { signal })) {
      if (item.status === 'ok') whole.push(item);
      else if (item.status === 'none') run.sawResidue();
      else if (item.status === 'removed') run.sawRemoved();
      else if (item.status === 'unclear') run.namedUnclear(item.id, item.reason);
      else run.checkUnreadable(item.id, item.reason);
    }
    const headerFault = await targetHeaderFault(target, { signal });
    if (headerFault !== undefined) report.note('HEADER_DAMAGED', `${target.url}: ${headerFault}`);
  }
  const { files, bytes } = sumOf(whole);
  const sides = against === undefined ? 1 : 2;
  report.totals(files * sides, bytes * sides);
  for (const snapshot of whole) await run.check(snapshot);
  const compared = against === undefined ? undefined : await verifyAgainst(against, whole, report, settings);
  noteChangedDigests(report, target.url, run.proof);
  const { trouble } = report;
  return {
    ...run.counts,
    ...run.proof.counts,
    data,
    notChecked: run.notChecked(options.which),
    ...(compared === undefined ? {} : { against: compared }),
    whole: trouble.problemCount === 0,
    durationMs: Date.now() - startedAtMs,
    ...trouble,
  };
}

/** The snapshot that was named; one whose record is damaged is what a check is there to tell. */
async function findOrName(options: VerifyOptions, which: string, run: VerifyRun): Promise<FoundSnapshot | undefined> {
  try {
    return await findSnapshot({ ...options, which });
  } catch (error) {
    if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
    run.checkUnreadable(which, error.message);
    return undefined;
  }
}

function sumOf(snapshots: readonly WholeSnapshot[]): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const { record } of snapshots) {
    const stored = storedAmount(record.payload.counts);
    files += stored.files;
    bytes += stored.bytes;
  }
  return { files, bytes };
}
