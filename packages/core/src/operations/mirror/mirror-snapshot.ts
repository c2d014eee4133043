import { PlainSnapshot, PlainWriter, RECORD_KEY } from '../../plain/index.js';
import type { SnapshotCounts, SnapshotPayload } from '../../snapshot/index.js';
import type { BackupTarget } from '../../target/index.js';
import { ParentSnapshot } from '../backup/parent-snapshot.js';
import type { WholeSnapshot } from '../catalog-view.js';
import type { Report } from '../report.js';
import { type CopiedPart, type CopyCounts, type MirrorEnds, SnapshotCopy } from './snapshot-copy.js';
import { UnequalCopy } from './unequal-copy.js';

/** A snapshot of its own that is made of a part of another one. */
export interface PartOfSnapshot extends CopiedPart {
  readonly id: string;
  payload(counts: SnapshotCounts, contentsSha256: string): SnapshotPayload;
}

/**
 * Copies one snapshot and proves the copy.
 *
 * @param parent a snapshot of TO whose files may be shared.
 * @param partOf where only a part is to be copied; given the snapshot opened, as another snapshot.
 * @throws DamagedSource; UnequalCopy, which says whether the copy has been taken back; errors of both targets.
 */
export async function copySnapshot(
  ends: MirrorEnds,
  whole: WholeSnapshot,
  parent: WholeSnapshot | undefined,
  report: Report,
  partOf?: (source: PlainSnapshot) => PartOfSnapshot,
): Promise<CopyCounts> {
  const { from, to, signal } = ends;
  const source = await PlainSnapshot.open(from, whole.prefix, whole.record, { signal });
  let writer: PlainWriter | undefined;
  let copy: SnapshotCopy | undefined;
  let committed = false;
  const part = partOf?.(source);
  const id = part?.id ?? whole.id;
  try {
    writer = await PlainWriter.begin(to, id, { signal });
    const shared = await ParentSnapshot.open(to, parent === undefined ? [] : [parent], report, { signal });
    copy = new SnapshotCopy(ends, source, writer, shared, report);
    const counts = await copy.copyEntries(part);
    const payload = part?.payload(counts, writer.contentsSha256()) ?? whole.record.payload;
    const { durableBy } = await writer.commit(payload, { signal });
    committed = true;
    report.emit({ type: 'committed', snapshotId: id, target: to.url, durableBy });
    await copy.readBack();
    return copy.counts;
  } catch (error) {
    throw committed && error instanceof UnequalCopy ? await takeBack(to, id, error) : error;
  } finally {
    if (!committed) await writer?.abort();
    await writer?.close();
    await copy?.close();
    await source.close();
  }
}

/** A copy that is not equal must not be found: its record goes first, then the rest. Gives the error that says what came of it. */
async function takeBack(to: BackupTarget, id: string, found: UnequalCopy): Promise<UnequalCopy> {
  if (!to.capabilities.delete) return found.and('it is still there: this target cannot delete');
  try {
    await to.delete([`${id}/${RECORD_KEY}`]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return found.and(`it is still there: it could not be removed (${reason})`);
  }
  try {
    const keys: string[] = [];
    for await (const { key } of to.list(`${id}/`)) keys.push(key);
    await to.delete(keys);
  } catch {
    // Without its record it is no snapshot any more: what is left of it is only rubbish.
  }
  return found.and('the copy has been taken back');
}
