import { HoldfastError } from '../../holdfast-error.js';
import type { CatalogItem } from '../../plain/index.js';
import { payloadSha256 } from '../../snapshot/index.js';
import type { BackupTarget } from '../../target/index.js';
import { catalogOf, type WholeSnapshot } from '../catalog-view.js';
import type { Report } from '../report.js';
import { noteChangedDigests, type ProofCounts } from './verify-proof.js';
import { VerifyRun, type VerifySettings } from './verify-run.js';

/** What the other target holds of the snapshots that were looked for there. */
export interface AgainstSummary extends ProofCounts {
  readonly url: string;
  /** Those that were looked for: the whole ones of the target, or the one that was named. */
  readonly snapshots: number;
  /** There with the same payload, so with the same files of the same SHA-256, and nothing of them was found wrong. */
  readonly equalSnapshots: number;
  readonly missingSnapshots: number;
  /** Were removed there. */
  readonly removedSnapshots: number;
  /** There, and not equal: another payload, or damaged. */
  readonly differingSnapshots: number;
  /** When the oldest and the newest that are missing were taken: how far the other target lags. */
  readonly missingFrom?: string;
  readonly missingTo?: string;
  /** Files and bytes of the equal and the damaged ones. */
  readonly files: number;
  readonly bytes: number;
  readonly readFiles: number;
  readonly readBytes: number;
  readonly notChecked: readonly string[];
}

/** @throws HoldfastError `DESTINATION` when both are one. */
export function assertTwoTargets(target: BackupTarget, other: BackupTarget): void {
  if (target.url !== other.url) return;
  throw new HoldfastError({
    code: 'DESTINATION',
    message: `${target.url} is both ends of the comparison`,
    hint: 'Name two different targets.',
  });
}

/**
 * Looks in another target for snapshots that are whole here, and checks them there as a verification does. A payload holds the hash of all that a
 * snapshot contains, so equal payloads are equal snapshots as soon as each side holds what its own record says.
 */
export async function verifyAgainst(
  other: BackupTarget,
  snapshots: readonly WholeSnapshot[],
  report: Report,
  settings: VerifySettings,
): Promise<AgainstSummary> {
  const { signal } = settings;
  const there = new Map<string, CatalogItem>();
  for await (const item of catalogOf(other, { signal })) {
    if (item.status !== 'none' && item.status !== 'unclear') there.set(item.id, item);
  }
  const run = new VerifyRun(other, report, { ...settings, isOther: true });
  const counts = { equalSnapshots: 0, missingSnapshots: 0, removedSnapshots: 0, differingSnapshots: 0 };
  const missing: string[] = [];
  for (const snapshot of snapshots) {
    const { id, record } = snapshot;
    const found = there.get(id);
    if (found === undefined) {
      counts.missingSnapshots += 1;
      missing.push(record.payload.createdAt);
      const message = `${other.url} does not have this snapshot, taken ${record.payload.createdAt}`;
      report.problem({ code: 'MISSING', path: id, message, snapshotId: id });
    } else if (found.status === 'removed') {
      counts.removedSnapshots += 1;
      report.note('REMOVED_THERE', `snapshot ${id} was removed from ${other.url}, and is not compared`);
    } else if (await isEqual(found, snapshot, run, report)) counts.equalSnapshots += 1;
    else counts.differingSnapshots += 1;
  }
  noteChangedDigests(report, other.url, run.proof);
  missing.sort((left, right) => Date.parse(left) - Date.parse(right));
  const [missingFrom] = missing;
  const missingTo = missing.at(-1);
  const { files, bytes, readFiles, readBytes } = run.counts;
  return {
    url: other.url,
    snapshots: snapshots.length,
    ...counts,
    ...(missingFrom === undefined ? {} : { missingFrom }),
    ...(missingTo === undefined ? {} : { missingTo }),
    files,
    bytes,
    readFiles,
    readBytes,
    ...run.proof.counts,
    notChecked: run.notChecked(undefined),
  };
}

async function isEqual(found: CatalogItem, snapshot: WholeSnapshot, run: VerifyRun, report: Report): Promise<boolean> {
  if (found.status !== 'ok') {
    const reason = 'reason' in found ? found.reason : 'it is no snapshot';
    run.checkUnreadable(snapshot.id, reason);
    return false;
  }
  if (payloadSha256(found.record.payload) !== payloadSha256(snapshot.record.payload)) {
    const message = 'the two targets hold different snapshots under this id';
    report.problem({ code: 'CONFLICT', path: snapshot.id, message, snapshotId: snapshot.id });
    return false;
  }
  const before = report.trouble.problemCount;
  await run.check(found);
  return report.trouble.problemCount === before;
}
