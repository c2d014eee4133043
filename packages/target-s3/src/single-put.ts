import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type ObjectSource, type PutReceipt, piecesOf, TargetError } from '@holdfast/core/target';
import { compareEtag, digestIn } from './etag.js';
import type { RequestContext, S3Session } from './session.js';

/** Bytes in memory with their MD5, 32 hexadecimal digits. */
export interface Digested {
  readonly bytes: Uint8Array;
  readonly md5: string;
}

/** How an object is stored. */
export interface StoreHow {
  /** Let the store refuse (`ALREADY_EXISTS`) when the key is taken. */
  readonly onlyIfAbsent?: boolean | undefined;
  /** User metadata of the object. */
  readonly metadata?: Record<string, string> | undefined;
}

/** How long taking back a damaged or doubtful object may last, in milliseconds: it is best effort. */
export const TAKE_BACK_LIMIT_MS = 10_000;

/** MD5 is what S3 servers check and answer with; it is a checksum here, not a proof of origin. */
export function digested(bytes: Uint8Array): Digested {
  return { bytes, md5: createHash('md5').update(bytes).digest('hex') };
}

/** Reads a small source whole. What it throws is the source's own error, or that of an honest put. */
export async function gather(
  source: ObjectSource,
  context: { url: string; key: string; signal: AbortSignal },
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(source.sizeBytes);
  let filledBytes = 0;
  for await (const piece of piecesOf(source, context)) {
    bytes.set(piece, filledBytes);
    filledBytes += piece.byteLength;
  }
  return bytes;
}

/**
 * Puts an object by one request. The server checks the bytes it got against their MD5 before it stores them, and answers
 * with an ETag, which is compared again.
 *
 * @throws TargetError `CORRUPT` if the store says that it holds other bytes; they have been removed.
 */
export async function putWhole(
  session: S3Session,
  context: RequestContext & { readonly key: string },
  body: Digested,
  how: StoreHow = {},
): Promise<PutReceipt> {
  const { settings } = session;
  const place = { Bucket: settings.bucket, Key: session.nameOf(context.key) };
  const answer = await session.ask({ ...context, notFound: 'bucket' }, (client, options) =>
    client.send(
      new PutObjectCommand({
        ...place,
        Body: body.bytes,
        ContentLength: body.bytes.byteLength,
        ContentMD5: Buffer.from(body.md5, 'hex').toString('base64'),
        ...(how.onlyIfAbsent ? { IfNoneMatch: '*' } : {}),
        ...(how.metadata === undefined ? {} : { Metadata: how.metadata }),
      }),
      options,
    ),
  );
  const verdict = compareEtag(answer, body.md5, settings.etags);
  if (verdict === 'different') {
    await takeBack(session, context.key);
    throw differs(session, context);
  }
  return receiptOf(session, verdict === 'equal', body.md5);
}

/** The receipt of an object; `tag` is what its ETag is where it is confirmed. */
export function receiptOf({ settings }: S3Session, isConfirmed: boolean, tag: string): PutReceipt {
  const digest = isConfirmed && settings.etags === 'md5' ? digestIn(tag) : undefined;
  return digest === undefined ? { confirmed: isConfirmed } : { confirmed: true, digest };
}

/** The error of a store whose digest is not ours. */
export function differs(session: S3Session, context: RequestContext): TargetError {
  const { operation, key } = context;
  return new TargetError({
    code: 'CORRUPT',
    reason: 'the store says that it holds other bytes than were sent; they were removed',
    url: session.url,
    operation,
    key,
    hint: 'If every upload fails so, the ETags of this store are no MD5s: set the option etags to "opaque".',
  });
}

/** Removes an object that must not stay, as well as that can be done now. */
export async function takeBack(session: S3Session, key: string): Promise<void> {
  const link = session.link([], TAKE_BACK_LIMIT_MS);
  try {
    const place = { Bucket: session.settings.bucket, Key: session.nameOf(key) };
    const context: RequestContext = { operation: 'put', key, signal: link.signal };
    await session.ask(context, (client, options) => client.send(new DeleteObjectCommand(place), options));
  } catch {
    // The error that led here is the one to be told.
  } finally {
    link.release();
  }
}
