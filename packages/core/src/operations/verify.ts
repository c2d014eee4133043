import { isHoldfastError } from '../holdfast-error.js';
import type { BackupTarget } from '../target/index.js';
import { catalogOf, type WholeSnapshot } from './catalog-view.js';
import type { OperationOptions, Trouble } from './options.js';
import { Report } from './report.js';
import { type FoundSnapshot, findSnapshot } from './select.js';
import { stoppable } from './stoppable.js';
import { VerifyRun } from './verify-run.js';

export interface VerifyOptions extends OperationOptions {
  readonly target: BackupTarget;
  /** An id, a part of one, a name or `latest`; every snapshot where it is left out. */
  readonly which?: string | undefined;
  /** Read every stored byte and compare its hash. Without it: records, manifests, and that each file is there in its size. */
  readonly data?: boolean | undefined;
}

export interface VerifySummary extends Trouble {
  readonly snapshots: number;
  readonly damagedSnapshots: number;
  readonly files: number;
  readonly bytes: number;
  /** Bytes read and hashed; 0 without `data`. */
  readonly readBytes: number;
  /** Files whose stored bytes several names or snapshots share: read once, lost together. */
  readonly sharedFiles: number;
  readonly data: boolean;
  /** What was not looked at, in plain sentences. */
  readonly notChecked: readonly string[];
  /** Nothing was found to be wrong. */
  readonly whole: boolean;
  readonly durationMs: number;
}

/**
 * Checks that what is stored is what was stored. Each damage is named; the check goes on after it. Stored bytes that several
 * snapshots share are read once.
 *
 * @throws `SNAPSHOT_NOT_FOUND`, `SNAPSHOT_AMBIGUOUS`, `NOT_A_TARGET`, `ABORTED`; TargetError if the store cannot be reached.
 */
export async function verify(options: VerifyOptions): Promise<VerifySummary> {
  return stoppable(options, checkTarget);
}

async function checkTarget(options: VerifyOptions): Promise<VerifySummary> {
  const { target, signal, data = false } = options;
  const startedAtMs = Date.now();
  const report = new Report('verify', options);
  const run = new VerifyRun(target, report, { data, signal });
  if (options.which !== undefined) {
    const found = await findOrName(options, options.which, run);
    if (found !== undefined)
      await run.check({ status: 'ok', id: found.id, prefix: found.prefix, record: found.record });
  } else {
    const whole: WholeSnapshot[] = [];
    for await (const item of catalogOf(target, { signal })) {
      if (item.status === 'ok') whole.push(item);
      else if (item.status === 'none') run.sawResidue();
      else if (item.status === 'removed') run.sawRemoved();
      else if (item.status === 'unclear') run.namedUnclear(item.id, item.reason);
      else run.checkUnreadable(item.id, item.reason);
    }
    const { files, bytes } = sumOf(whole);
    report.totals(files, bytes);
    for (const snapshot of whole) await run.check(snapshot);
  }
  const { trouble } = report;
  return {
    ...run.counts,
    data,
    notChecked: run.notChecked(options.which),
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
    files += record.payload.counts.files;
    bytes += record.payload.counts.bytes;
  }
  return { files, bytes };
}
