import { type CommitRecord, isTargetError, TargetError } from '@holdfast/core/target';
import { isUnsupportedByStore } from './errors.js';
import { getObject } from './reading.js';
import type { S3Session } from './session.js';
import { digested, putWhole } from './single-put.js';

/** How long reading a record back may take after an unclear answer, in milliseconds. */
const READ_BACK_LIMIT_MS = 15_000;

/**
 * Puts the record, always by one single put. Where it must not be there yet, the store decides; after a refusal or an unclear
 * answer it is read back, and equal to ours is a success: the answer had been lost (law 7).
 *
 * @param isNew the record must not exist: `ifAbsent`, or a batch with a root
 * @throws TargetError `ALREADY_EXISTS` if other bytes are there
 */
export async function putRecord(
  session: S3Session,
  record: CommitRecord,
  isNew: boolean,
  signal: AbortSignal,
): Promise<void> {
  const context = { operation: 'commit', key: record.key, signal } as const;
  const body = digested(record.body);
  let onlyIfAbsent = isNew && session.settings.createIfAbsent;
  for (;;) {
    // A store that cannot decide is asked before: that is no guarantee, and no law rests on it.
    if (isNew && !onlyIfAbsent && (await isEqual(session, record, signal))) return;
    try {
      await putWhole(session, context, body, { onlyIfAbsent });
      return;
    } catch (error) {
      if (onlyIfAbsent && record.ifAbsent !== true && isUnsupportedByStore(error)) {
        onlyIfAbsent = false;
        continue;
      }
      const isTaken = isTargetError(error, 'ALREADY_EXISTS');
      const isUnclear = isTargetError(error) && error.retryable;
      if (!isTaken && !isUnclear) throw error;
      const isThere = await readBack(session, record, error);
      if (isThere) return;
      throw isTaken ? vanished(session, record.key, error) : error;
    }
  }
}

/** After an unclear answer: is the record ours? What hinders the reading counts as no, and the first error is told. */
async function readBack(session: S3Session, record: CommitRecord, error: unknown): Promise<boolean> {
  const link = session.link([], READ_BACK_LIMIT_MS);
  try {
    return await isEqual(session, record, link.signal);
  } catch (reason) {
    throw isTargetError(reason, 'ALREADY_EXISTS') ? reason : error;
  } finally {
    link.release();
  }
}

/**
 * Is the record there, with these bytes?
 *
 * @throws TargetError `ALREADY_EXISTS` if other bytes are there
 */
async function isEqual(session: S3Session, record: CommitRecord, signal: AbortSignal): Promise<boolean> {
  const ours = Buffer.from(record.body.buffer, record.body.byteOffset, record.body.byteLength);
  let seenBytes = 0;
  let isSame = true;
  try {
    for await (const piece of getObject(session, record.key, { signal })) {
      isSame = isSame && ours.subarray(seenBytes, seenBytes + piece.byteLength).equals(piece);
      seenBytes += piece.byteLength;
      if (!isSame) break;
    }
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) return false;
    throw error;
  }
  if (isSame && seenBytes === ours.byteLength) return true;
  throw new TargetError({
    code: 'ALREADY_EXISTS',
    reason: 'the record is taken by other bytes',
    url: session.url,
    operation: 'commit',
    key: record.key,
  });
}

/** Refused because it is there, and then it is not: somebody has just removed it. */
function vanished(session: S3Session, key: string, cause: unknown): TargetError {
  const reason = 'the record was there when it was put, and gone when it was read back';
  return new TargetError({ code: 'UNAVAILABLE', reason, url: session.url, operation: 'commit', key, cause });
}
