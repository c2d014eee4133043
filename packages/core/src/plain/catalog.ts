import { inOrder } from '../flow/in-order.js';
import { OWN_FOLDER } from '../snapshot/fold-name.js';
import { decodeRecord, type SnapshotRecord } from '../snapshot/record.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../target/index.js';
import { RECORD_KEY, type SnapshotPrefix } from './layout.js';
import { readAll } from './read-object.js';
import { readRefusal } from './versions.js';

/** A record is a few kilobytes; a longer object is no record. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** What stands in a place where a snapshot could be. */
export type CatalogItem =
  | { readonly status: 'ok'; readonly id: string; readonly prefix: SnapshotPrefix; readonly record: SnapshotRecord }
  /** There is a record, and it is not what was written. It is named, and never used. */
  | { readonly status: 'damaged'; readonly id: string; readonly prefix: SnapshotPrefix; readonly reason: string }
  /** Written by a newer version in a way that this one must not read. */
  | { readonly status: 'newer'; readonly id: string; readonly prefix: SnapshotPrefix; readonly reason: string }
  /** No record: what an interrupted run left, or somebody else's folder. Nobody takes it as a snapshot. */
  | { readonly status: 'none'; readonly id: string; readonly prefix: SnapshotPrefix };

/**
 * Every top folder of a plain target with what stands in it, in the order of their names. A target that is itself one
 * snapshot (a copied snapshot folder, say) gives that one, with an empty prefix.
 */
export async function* readCatalog(target: BackupTarget, options: CallOptions): AsyncGenerator<CatalogItem> {
  const alone = await readItem(target, '', options);
  if (alone.status !== 'none') {
    yield alone;
    return;
  }
  const prefixes = topPrefixes(target, options);
  yield* inOrder(prefixes, target.capabilities.concurrency, (prefix) => readItem(target, prefix, options));
}

/** The item at one prefix. */
export async function readItem(
  target: BackupTarget,
  prefix: SnapshotPrefix,
  options: CallOptions,
): Promise<CatalogItem> {
  const name = prefix.slice(0, -1);
  let bytes: Uint8Array;
  try {
    bytes = await readAll(target.get(prefix + RECORD_KEY, options), MAX_RECORD_BYTES);
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) return { status: 'none', id: name, prefix };
    if (isTargetError(error, 'CORRUPT')) return { status: 'damaged', id: name, prefix, reason: error.reason };
    if (error instanceof RangeError)
      return { status: 'damaged', id: name, prefix, reason: 'the record is far too long' };
    throw error;
  }
  const decoded = decodeRecord(bytes, readRefusal);
  if (decoded.status === 'newer') return { status: 'newer', id: name, prefix, reason: decoded.reason };
  if (decoded.status === 'damaged') {
    return { status: 'damaged', id: name, prefix, reason: `the record is damaged: ${decoded.reason}` };
  }
  const { record } = decoded;
  const { id } = record.payload;
  if (prefix === '' || id === name) return { status: 'ok', id, prefix, record };
  return {
    status: 'damaged',
    id: name,
    prefix,
    reason: `the record is that of snapshot ${id}: the folder was renamed or copied`,
  };
}

async function* topPrefixes(target: BackupTarget, options: CallOptions): AsyncGenerator<SnapshotPrefix> {
  for await (const info of target.list('', { ...options, oneLevel: true })) {
    if (info.type === 'prefix' && info.key !== `${OWN_FOLDER}/`) yield info.key;
  }
}
