import {
  type BackupTarget,
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  isTargetError,
  type WriteBatch,
} from '../target/index.js';
import { retryingGet } from './retry-reads.js';
import type { StartTries } from './retry-tries.js';

/**
 * A commit that may be repeated after an unclear answer, because it looks first: the record read back and equal to ours means
 * that the commit had taken effect and its answer was lost (law 7). The record is visible last, so the objects are there too.
 */
export async function retryingCommit(
  inner: BackupTarget,
  startTries: StartTries,
  batch: WriteBatch,
  record: CommitRecord | undefined,
  options: CallOptions = {},
): Promise<CommitReceipt> {
  const tries = startTries({ operation: 'commit', key: record?.key, signal: options.signal });
  let unclear: unknown;
  for (;;) {
    try {
      return await batch.commit(record, options);
    } catch (error) {
      const retryable = isTargetError(error) && error.retryable;
      if (retryable) unclear ??= error;
      // A clear refusal is the truth, unless an unclear answer came before: then it may be the echo of our own success.
      if (unclear === undefined || options.signal?.aborted) throw error;
      if (record !== undefined && (await isStored(inner, startTries, record, options))) return { durableBy: 'store' };
      if (!retryable) throw record === undefined || isTargetError(error, 'CLOSED') ? unclear : error;
      await tries.failed(error);
    }
  }
}

/** Is the record there, with these bytes? `false` also where that cannot be found out: then the commit's own error counts. */
async function isStored(
  inner: BackupTarget,
  startTries: StartTries,
  record: CommitRecord,
  { signal }: CallOptions,
): Promise<boolean> {
  const expected = Buffer.from(record.body);
  let seenBytes = 0;
  try {
    for await (const piece of retryingGet(inner, startTries, record.key, { signal })) {
      if (!expected.subarray(seenBytes, seenBytes + piece.byteLength).equals(piece)) return false;
      seenBytes += piece.byteLength;
    }
  } catch {
    return false;
  }
  return seenBytes === expected.byteLength;
}
