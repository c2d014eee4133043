import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { type GetOptions, isTargetError, type ObjectInfo, type StatOptions, TargetError } from '@holdfast/core/target';
import { fileInfo } from './file-info.js';
import type { LinkedSignal, RequestContext, S3Session } from './session.js';

type Range = NonNullable<GetOptions['range']>;

/**
 * The bytes of an object, or of a range, as they arrive. Never fewer or more than the store announced: an answer that is cut
 * is an error of the iteration. The store may be silent for `idleTimeoutMs`; the reader may take as long as it likes.
 */
export async function* getObject(
  session: S3Session,
  key: string,
  options: GetOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { range } = options;
  if (range !== undefined) assertRange(session, key, range);
  const context = { operation: 'get', key, signal: options.signal } as const;
  const link = session.link([options.signal], session.settings.idleTimeoutMs);
  let body: BodyStream | undefined;
  try {
    const answer = await session.askToRead(context, link, (client, sdkOptions) =>
      client.send(
        new GetObjectCommand({
          Bucket: session.settings.bucket,
          Key: session.nameOf(key),
          ...(range === undefined ? {} : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
        }),
        sdkOptions,
      ),
    );
    body = bodyOf(answer);
    link.disarm();
    const expectedBytes = range === undefined ? answer.ContentLength : rangeLength(session, key, range, answer);
    yield* measured(session, context, body, expectedBytes);
  } catch (error) {
    // An S3 server says NoSuchKey; whoever says less may be no S3 server.
    if (isTargetError(error, 'NOT_FOUND') && causeName(error.cause) !== 'NoSuchKey')
      await assertBucket(session, context);
    throw error;
  } finally {
    body?.destroy();
    link.release();
  }
}

function causeName(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}

/** What is used of the SDK's body: a Node stream. */
type BodyStream = AsyncIterable<Uint8Array> & { destroy(error?: Error): void };

function bodyOf(answer: GetObjectCommandOutput): BodyStream {
  const body: unknown = answer.Body;
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'destroy' in body)
    return body as BodyStream;
  throw new Error('the SDK gave no stream');
}

async function* measured(
  session: S3Session,
  context: RequestContext & { readonly key: string },
  body: BodyStream,
  expectedBytes: number | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { idleTimeoutMs } = session.settings;
  const iterator = body[Symbol.asyncIterator]();
  let seenBytes = 0;
  for (;;) {
    // The clock runs only while the store is waited for, not while the reader works on what it got.
    const link = session.link([context.signal], idleTimeoutMs);
    const onStop = (): void => body.destroy(new Error('stopped'));
    link.signal.addEventListener('abort', onStop, { once: true });
    if (link.signal.aborted) onStop();
    let step: IteratorResult<Uint8Array>;
    try {
      step = await iterator.next();
      if (link.signal.aborted) throw new Error('stopped');
    } catch (error) {
      throw session.explain(error, context, link.signal);
    } finally {
      link.release();
    }
    if (step.done) break;
    seenBytes += step.value.byteLength;
    if (expectedBytes !== undefined && seenBytes > expectedBytes) break;
    yield step.value;
  }
  if (expectedBytes === undefined || seenBytes === expectedBytes) return;
  const reason = `the answer had ${seenBytes > expectedBytes ? 'more than' : `only ${seenBytes} of`} the announced ${expectedBytes} bytes`;
  throw new TargetError({ code: 'UNAVAILABLE', reason, url: session.url, operation: 'get', key: context.key });
}

function assertRange(session: S3Session, key: string, { offset, length }: Range): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 1) return;
  throw rangeError(session, key, 'the range is no range');
}

/** A range that ends after the object is cut short by S3 with a success; here it is an error. */
function rangeLength(session: S3Session, key: string, range: Range, answer: GetObjectCommandOutput): number {
  const given = /^bytes (\d+)-(\d+)\//.exec(answer.ContentRange ?? '');
  if (given === null) {
    throw new TargetError({
      code: 'MISCONFIGURED',
      reason: 'the store ignores ranges',
      url: session.url,
      operation: 'get',
      key,
    });
  }
  const isWhole = Number(given[1]) === range.offset && Number(given[2]) === range.offset + range.length - 1;
  if (!isWhole) throw rangeError(session, key, 'the range is not inside the object');
  return range.length;
}

function rangeError(session: S3Session, key: string, reason: string): TargetError {
  return new TargetError({ code: 'INVALID_RANGE', reason, url: session.url, operation: 'get', key });
}

/** The object's size; undefined only if the bucket is there and the object is not. */
export async function statObject(
  session: S3Session,
  key: string,
  options: StatOptions,
): Promise<ObjectInfo | undefined> {
  const context = { operation: 'stat', key, signal: options.signal } as const;
  const place = { Bucket: session.settings.bucket, Key: session.nameOf(key) };
  try {
    const head = await session.ask(context, (client, sdk) => client.send(new HeadObjectCommand(place), sdk));
    const info = fileInfo(session, key, head.ContentLength ?? 0, head.ETag);
    const storedAtMs = head.LastModified?.getTime();
    return options.storedAt === true && storedAtMs !== undefined ? { ...info, storedAtMs } : info;
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) {
      await assertBucket(session, context);
      return undefined;
    }
    throw (await explained(session, context, error)) ?? error;
  }
}

/** An answer to HEAD has no body, so "not found" may mean the bucket. Asked once for each target opened. */
async function assertBucket(session: S3Session, context: RequestContext): Promise<void> {
  if (session.isBucketSeen) return;
  const { bucket } = session.settings;
  try {
    await session.ask(context, (client, sdk) => client.send(new HeadBucketCommand({ Bucket: bucket }), sdk));
  } catch (error) {
    // It may not be looked at, but it is there.
    if (isTargetError(error, 'ACCESS_DENIED')) return;
    if (!isTargetError(error, 'NOT_FOUND')) throw error;
    throw new TargetError({
      code: 'TARGET_NOT_FOUND',
      reason: 'there is no such bucket',
      url: session.url,
      operation: context.operation,
      hint: 'Create the bucket first (it is never made by itself), and check its name, the endpoint and the region.',
    });
  }
}

/** A refused HEAD does not say why: the same question as a GET of one byte is refused with a reason. */
async function explained(
  session: S3Session,
  context: RequestContext & { readonly key: string },
  error: unknown,
): Promise<unknown> {
  const isSilent =
    isTargetError(error, 'ACCESS_DENIED') ||
    isTargetError(error, 'MISCONFIGURED') ||
    isTargetError(error, 'BAD_CREDENTIALS');
  if (!isSilent) return undefined;
  const link: LinkedSignal = session.link([context.signal], session.settings.idleTimeoutMs);
  try {
    const place = { Bucket: session.settings.bucket, Key: session.nameOf(context.key), Range: 'bytes=0-0' };
    const answer = await session.askToRead(context, link, (client, sdk) =>
      client.send(new GetObjectCommand(place), sdk),
    );
    bodyOf(answer).destroy();
    return undefined;
  } catch (reason) {
    return reason;
  } finally {
    link.release();
  }
}
