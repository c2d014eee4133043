import type { SnapshotRecord } from '../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { catalogOf } from './catalog-view.js';

export interface ListSnapshotsOptions extends CallOptions {
  readonly target: BackupTarget;
}

/** One snapshot of a listing. A damaged one is named, and never taken for `latest`. */
export type SnapshotListing =
  | { readonly status: 'ok'; readonly id: string; readonly record: SnapshotRecord }
  | { readonly status: 'damaged' | 'newer'; readonly id: string; readonly reason: string };

/**
 * The snapshots of a target, oldest first (ids sort by time). What an interrupted run left is not among them.
 *
 * @throws HoldfastError `NOT_A_TARGET` if nothing of Holdfast's is there; `FORMAT_UNSUPPORTED`.
 */
export async function* listSnapshots(options: ListSnapshotsOptions): AsyncGenerator<SnapshotListing> {
  for await (const item of catalogOf(options.target, options)) {
    if (item.status === 'ok') yield { status: 'ok', id: item.id, record: item.record };
    else if (item.status !== 'none') yield { status: item.status, id: item.id, reason: item.reason };
  }
}
