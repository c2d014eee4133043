import { HoldfastError } from '../holdfast-error.js';
import {
  assertUsable,
  type CatalogItem,
  hasPruned,
  readCatalog,
  readRefusal,
  readTargetHeader,
} from '../plain/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';

export type WholeSnapshot = Extract<CatalogItem, { status: 'ok' }>;

/** Damaged, or of a version that cannot be read here. */
export type UnusableSnapshot = Extract<CatalogItem, { status: 'damaged' | 'newer' }>;

/** Removed, and still there. */
export type RemovedSnapshot = Extract<CatalogItem, { status: 'removed' }>;

/** The catalog of a target that must be one of Holdfast's. */
export async function* catalogOf(target: BackupTarget, options: CallOptions): AsyncGenerator<CatalogItem> {
  const header = await readTargetHeader(target, options);
  if (header !== undefined) assertUsable(target.url, header, readRefusal);
  let snapshots = 0;
  for await (const item of readCatalog(target, options)) {
    if (item.status !== 'none') snapshots += 1;
    yield item;
  }
  // Where there ought to be a header, marks without one are those of a target of another kind.
  const isEmptied = !target.capabilities.append && (await hasPruned(target, options));
  if (snapshots > 0 || header !== undefined || isEmptied) return;
  throw new HoldfastError({
    code: 'NOT_A_TARGET',
    message: `${target.url} holds no snapshot, and nothing of Holdfast's`,
    hint: 'Check the address; a backup makes a new target there.',
  });
}

/** Do two snapshots have a source in common? Only then does the order of their sequence numbers mean anything. */
export function related(left: Pick<WholeSnapshot, 'record'>, right: Pick<WholeSnapshot, 'record'>): boolean {
  const ids = new Set(left.record.payload.sources.map((source) => source.id));
  return right.record.payload.sources.some((source) => ids.has(source.id));
}

/** Is `left` newer than `right`, which is related to it? By sequence, ties by id. No clock is asked. */
export function isNewer(left: WholeSnapshot, right: WholeSnapshot): boolean {
  const difference = left.record.payload.sequence - right.record.payload.sequence;
  return difference !== 0 ? difference > 0 : left.id > right.id;
}

/** The newest snapshot of each line of sources, the one that was taken last at the end. */
export function newestOfEach(snapshots: readonly WholeSnapshot[]): WholeSnapshot[] {
  const newestOf = new Map<string, WholeSnapshot>();
  for (const snapshot of snapshots) {
    for (const { id } of snapshot.record.payload.sources) {
      const known = newestOf.get(id);
      if (known === undefined || isNewer(snapshot, known)) newestOf.set(id, snapshot);
    }
  }
  const newest = snapshots.filter(({ record }) =>
    record.payload.sources.every(({ id }) => newestOf.get(id)?.record === record),
  );
  return newest.sort(
    (left, right) => Date.parse(left.record.payload.createdAt) - Date.parse(right.record.payload.createdAt),
  );
}
