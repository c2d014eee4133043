import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isTargetError, type ObjectSource, type PutReceipt, piecesOf, TargetError } from '@holdfast/core/target';
import { bareEtag, compareEtag, compositeEtag } from './etag.js';
import type { S3Session } from './session.js';
import { MIN_PART_BYTES } from './settings.js';
import { type Digested, differs, digested, receiptOf, type StoreHow, TAKE_BACK_LIMIT_MS } from './single-put.js';

/** Most parts of an upload. Source: "Amazon S3 multipart upload limits". */
export const MAX_PARTS = 10_000;

/** Parts of one object sent at once. Cloudflare R2 slows down above two or three. */
const PARTS_AT_ONCE = 3;

const MIB = 1024 * 1024;

/** How large the parts of an object are: all but the last one equal (R2 insists), whole MiB, and few enough. */
export function partSizeOf(sizeBytes: number, smallestBytes: number): number {
  const neededBytes = Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB;
  return Math.max(smallestBytes, MIN_PART_BYTES, neededBytes);
}

/** One multipart upload. */
export interface MultipartJob {
  readonly session: S3Session;
  readonly key: string;
  readonly source: ObjectSource;
  readonly signal: AbortSignal;
  readonly how?: StoreHow | undefined;
  /** Called when from now on the object may appear, whatever is answered. */
  readonly onDoubt: () => void;
}

/**
 * Streams a large object: the source is read once, each part is held in memory until the store has it, so that it can be sent
 * again by itself. Nothing appears under the key before the source has proven to be exactly as long as announced. When it
 * fails the upload is aborted; uploads of others, and left-over ones, are never touched.
 */
export async function putInParts(job: MultipartJob): Promise<PutReceipt> {
  const { session, key, signal } = job;
  const place = { Bucket: session.settings.bucket, Key: session.nameOf(key) };
  const context = { operation: 'put', key, signal } as const;
  const Metadata = job.how?.metadata;
  const created = await session.ask({ ...context, notFound: 'bucket' }, (client, options) =>
    client.send(
      new CreateMultipartUploadCommand({ ...place, ...(Metadata === undefined ? {} : { Metadata }) }),
      options,
    ),
  );
  const upload = { ...place, UploadId: created.UploadId };
  if (upload.UploadId === undefined) throw strange(session, key, 'the store began an upload without naming it');
  const sending = new PartSender(job, upload);
  try {
    const parts = await sending.sendAll();
    return await complete(job, upload, parts);
  } catch (error) {
    await sending.settle();
    await abortUpload(session, key, upload);
    throw error;
  }
}

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

interface SentPart extends CompletedPart {
  readonly md5: string;
  readonly isConfirmed: boolean;
}

/** Cuts the source into parts and keeps a few of them on their way. */
class PartSender {
  readonly #job: MultipartJob;
  readonly #upload: Upload;
  readonly #sent: SentPart[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(job: MultipartJob, upload: Upload) {
    this.#job = job;
    this.#upload = upload;
  }

  async sendAll(): Promise<readonly SentPart[]> {
    const { session, key, source, signal } = this.#job;
    const partBytes = partSizeOf(source.sizeBytes, session.settings.partBytes);
    const link = session.link([signal, this.#stop.signal]);
    const context = { operation: 'put', key, signal: link.signal } as const;
    let part: { bytes: Uint8Array; filledBytes: number; release: () => void } | undefined;
    let readBytes = 0;
    try {
      for await (const piece of piecesOf(source, { url: session.url, key, signal: link.signal })) {
        for (let offset = 0; offset < piece.byteLength; ) {
          this.#throwFailure();
          if (part !== undefined && part.filledBytes === part.bytes.byteLength) {
            await this.#send(part, context);
            part = undefined;
          }
          if (part === undefined) {
            const sizeBytes = Math.min(partBytes, source.sizeBytes - readBytes);
            const release = await session.takeMemory(sizeBytes, context);
            part = { bytes: Buffer.allocUnsafeSlow(sizeBytes), filledBytes: 0, release };
          }
          const taken = piece.subarray(offset, offset + part.bytes.byteLength - part.filledBytes);
          part.bytes.set(taken, part.filledBytes);
          part.filledBytes += taken.byteLength;
          offset += taken.byteLength;
          readBytes += taken.byteLength;
        }
      }
      // The last part waits for the source's end: only now is it known that there was no byte too many.
      if (part !== undefined) await this.#send(part, context);
      part = undefined;
      await Promise.all(this.#underWay);
      this.#throwFailure();
      return this.#sent;
    } catch (error) {
      throw this.#failure === undefined ? error : this.#failure.error;
    } finally {
      part?.release();
      link.release();
    }
  }

  /** Ends what is under way and waits for it: an upload must not be aborted while parts of it still arrive. */
  async settle(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#underWay);
  }

  async #send(part: { bytes: Uint8Array; release: () => void }, context: PartContext): Promise<void> {
    while (this.#underWay.size >= PARTS_AT_ONCE) await Promise.race(this.#underWay);
    const number = this.#sent.length + 1;
    const body = digested(part.bytes);
    this.#sent.push({ PartNumber: number, md5: body.md5, isConfirmed: false });
    const work = this.#sendOne(number, body, context)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#stop.abort();
      })
      .finally(() => {
        part.release();
        this.#underWay.delete(work);
      });
    this.#underWay.add(work);
  }

  async #sendOne(number: number, body: Digested, context: PartContext): Promise<void> {
    const { session } = this.#job;
    const answer = await session.persist(context, () =>
      session.ask(context, (client, options) =>
        client.send(
          new UploadPartCommand({
            ...this.#upload,
            PartNumber: number,
            Body: body.bytes,
            ContentLength: body.bytes.byteLength,
            ContentMD5: Buffer.from(body.md5, 'hex').toString('base64'),
          }),
          options,
        ),
      ),
    );
    const verdict = compareEtag(answer, body.md5, session.settings.etags);
    if (verdict === 'different') throw differs(session, context);
    this.#sent[number - 1] = { PartNumber: number, ETag: answer.ETag, md5: body.md5, isConfirmed: verdict === 'equal' };
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

interface PartContext {
  readonly operation: 'put';
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * Joins the parts. The ETag of this answer proves nothing (Ceph's is empty), so the object is looked at: once, whatever its size.
 * That also decides what a lost answer leaves open.
 */
async function complete(job: MultipartJob, upload: Upload, parts: readonly SentPart[]): Promise<PutReceipt> {
  const { session, key, source, signal } = job;
  const context = { operation: 'put', key, signal } as const;
  const MultipartUpload = { Parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) };
  const composite = compositeEtag(parts.map((part) => part.md5));
  // Not every store heeds it here (Ceph 16 does not), and none is harmed by it.
  const condition = job.how?.onlyIfAbsent ? { IfNoneMatch: '*' } : {};
  job.onDoubt();
  const failure = await session
    .askSlowly(context, (client, options) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload }), options),
    )
    .then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
  if (failure !== undefined && !(isTargetError(failure.error) && failure.error.retryable)) throw failure.error;
  const head = await session
    .persist(context, () =>
      session.ask(context, (client, options) =>
        client.send(new HeadObjectCommand({ Bucket: upload.Bucket, Key: upload.Key }), options),
      ),
    )
    .catch((error: unknown) => {
      if (failure !== undefined) throw failure.error;
      // Keys that may write and not read are good enough for an upload: the store has said that it is done.
      if (isTargetError(error, 'ACCESS_DENIED')) return undefined;
      throw error;
    });
  const isComposite = bareEtag(head?.ETag) === composite;
  if (failure !== undefined && !isComposite) throw failure.error;
  if (head !== undefined && head.ContentLength !== source.sizeBytes) {
    throw strange(
      session,
      key,
      `the store joined the parts to ${head.ContentLength} instead of ${source.sizeBytes} bytes`,
    );
  }
  return isComposite ? receiptOf(session, true, composite) : { confirmed: parts.every((part) => part.isConfirmed) };
}

/** Best effort: what it cannot reach is the lifecycle rule's and `prune`'s. The caller's signal may have fired, so it has its own time. */
async function abortUpload(session: S3Session, key: string, upload: Upload): Promise<void> {
  const link = session.link([], TAKE_BACK_LIMIT_MS);
  const context = { operation: 'put', key, signal: link.signal } as const;
  try {
    await session.ask(context, (client, options) => client.send(new AbortMultipartUploadCommand(upload), options));
  } catch {
    // The error that led here is the one to be told.
  } finally {
    link.release();
  }
}

function strange(session: S3Session, key: string, reason: string): TargetError {
  return new TargetError({ code: 'CORRUPT', reason, url: session.url, operation: 'put', key });
}
