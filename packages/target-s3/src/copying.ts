import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { isTargetError, TargetError } from '@holdfast/core/target';
import { isUnsupportedByStore } from './errors.js';
import { encodeCopySource } from './listed-key.js';
import { partSizeOf } from './multipart.js';
import { statObject } from './reading.js';
import type { S3Session } from './session.js';
import { TAKE_BACK_LIMIT_MS } from './single-put.js';

/** How much one request copies where a whole object is too much: the store answers it in reasonable time, and 10,000 are 10 TiB. */
export const COPY_PART_BYTES: number = 1024 * 1024 * 1024;

/** The largest object that one request copies. Source: "CopyObject". */
export const MAX_COPY_BYTES: number = 5 * 1024 * 1024 * 1024;

/** What to copy. */
export interface CopyJob {
  readonly session: S3Session;
  readonly fromKey: string;
  readonly toKey: string;
  readonly signal: AbortSignal;
  /** User metadata of the copy, in the place of the original's. */
  readonly metadata?: Record<string, string> | undefined;
  /** For tests: another size than 1 GiB for the parts of a large copy. */
  readonly partBytes?: number | undefined;
}

/**
 * Copies on the server. Objects above 5 GiB, which one request cannot copy, are copied in parts.
 *
 * @throws TargetError `NOT_FOUND` without a source; `COPY_REFUSED` where the store does not do it: then the bytes have to be sent.
 */
export async function copyObject(job: CopyJob): Promise<void> {
  const { session, fromKey, toKey, signal, metadata } = job;
  const context = { operation: 'copy', key: toKey, signal } as const;
  const command = new CopyObjectCommand({
    Bucket: session.settings.bucket,
    Key: session.nameOf(toKey),
    CopySource: encodeCopySource(session.settings.bucket, session.nameOf(fromKey)),
    ...(metadata === undefined ? {} : { MetadataDirective: 'REPLACE', Metadata: metadata }),
  });
  try {
    await session.askSlowly(context, (client, options) => client.send(command, options));
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) throw sourceMissing(job, error);
    if (isTooLarge(error)) return copyInParts(job);
    throw isRefusal(error) ? refused(job, error) : error;
  }
}

/** Does the store say that it cannot copy this, and not that something is wrong with our settings? */
function isRefusal(error: unknown): boolean {
  if (!isTargetError(error, 'MISCONFIGURED')) return false;
  const name = error.cause instanceof Error ? error.cause.name : '';
  return isUnsupportedByStore(error) || name === 'InvalidRequest' || name === 'InvalidArgument';
}

/** Amazon answers InvalidRequest, others EntityTooLarge. */
function isTooLarge(error: unknown): boolean {
  if (isTargetError(error, 'TOO_LARGE')) return true;
  const cause = isTargetError(error, 'MISCONFIGURED') ? error.cause : undefined;
  return cause instanceof Error && /larger than the maximum|too large/i.test(cause.message);
}

async function copyInParts(job: CopyJob): Promise<void> {
  const { session, fromKey, toKey, signal, metadata } = job;
  const context = { operation: 'copy', key: toKey, signal } as const;
  const source = await statObject(session, fromKey, { signal });
  if (source === undefined) throw sourceMissing(job, undefined);
  const place = { Bucket: session.settings.bucket, Key: session.nameOf(toKey) };
  const CopySource = encodeCopySource(session.settings.bucket, session.nameOf(fromKey));
  const created = await session.ask(context, (client, options) =>
    client.send(
      new CreateMultipartUploadCommand({ ...place, ...(metadata === undefined ? {} : { Metadata: metadata }) }),
      options,
    ),
  );
  const upload = { ...place, UploadId: created.UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const partBytes = partSizeOf(source.sizeBytes, job.partBytes ?? COPY_PART_BYTES);
    for (let start = 0; start < source.sizeBytes; start += partBytes) {
      const end = Math.min(start + partBytes, source.sizeBytes) - 1;
      const PartNumber = Parts.length + 1;
      const part = new UploadPartCopyCommand({
        ...upload,
        PartNumber,
        CopySource,
        CopySourceRange: `bytes=${start}-${end}`,
      });
      const answer = await session.persist(context, () =>
        session.askSlowly(context, (client, options) => client.send(part, options)),
      );
      Parts.push({ PartNumber, ETag: answer.CopyPartResult?.ETag });
    }
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
    await session.askSlowly(context, (client, options) => client.send(complete, options));
    const copy = await statObject(session, toKey, { signal });
    if (copy?.sizeBytes !== source.sizeBytes) throw refused(job, undefined);
  } catch (error) {
    const link = session.link([], TAKE_BACK_LIMIT_MS);
    await session
      .ask({ ...context, signal: link.signal }, (client, options) =>
        client.send(new AbortMultipartUploadCommand(upload), options),
      )
      .catch(() => {})
      .finally(() => link.release());
    // The source was there a moment ago: Ceph 16 does not read escaped names when it copies parts.
    throw isRefusal(error) || isTargetError(error, 'NOT_FOUND') ? refused(job, error) : error;
  }
}

function sourceMissing(job: CopyJob, cause: unknown): TargetError {
  const { session, fromKey } = job;
  const reason = 'there is no such object to copy';
  return new TargetError({ code: 'NOT_FOUND', reason, url: session.url, operation: 'copy', key: fromKey, cause });
}

function refused(job: CopyJob, cause: unknown): TargetError {
  const { session, toKey } = job;
  const reason = 'the store does not copy this object by itself';
  return new TargetError({ code: 'COPY_REFUSED', reason, url: session.url, operation: 'copy', key: toKey, cause });
}
