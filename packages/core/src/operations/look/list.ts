import type { Tombstone } from '../../plain/index.js';
import type { SnapshotRecord } from '../../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import { catalogOf } from '../catalog-view.js';

export interface ListSnapshotsOptions extends CallOptions {
  readonly target: BackupTarget;
  /** Give those that were removed and can be brought back, in the place of those that are there. */
  readonly removed?: boolean | undefined;
}

/** One snapshot of a listing. A damaged one is named, and never taken for `latest`. */
export type SnapshotListing =
  | { readonly status: 'ok'; readonly id: string; readonly record: SnapshotRecord }
  | { readonly status: 'damaged' | 'newer' | 'unclear'; readonly id: string; readonly reason: string }
  /** Only where removed ones are asked for. `record` where it can be read. */
  | {
      readonly status: 'removed';
      readonly id: string;
      readonly tombstone: Tombstone;
      readonly record?: SnapshotRecord;
    };

/**
 * The snapshots of a target, oldest first (ids sort by time). What an interrupted run left is not among them.
 *
 * @throws HoldfastError `NOT_A_TARGET` if nothing of Holdfast's is there; `FORMAT_UNSUPPORTED`.
 */
export async function* listSnapshots(options: ListSnapshotsOptions): AsyncGenerator<SnapshotListing> {
  for await (const item of catalogOf(options.target, options)) {
    if (item.status === 'removed') {
      const { id, tombstone, was } = item;
      const record = was.status === 'ok' ? { record: was.record } : {};
      if (options.removed === true) yield { status: 'removed', id, tombstone, ...record };
    } else if (item.status === 'unclear') yield { status: 'unclear', id: item.id, reason: item.reason };
    else if (options.removed === true) continue;
    else if (item.status === 'ok') yield { status: 'ok', id: item.id, record: item.record };
    else if (item.status !== 'none') yield { status: item.status, id: item.id, reason: item.reason };
  }
}
