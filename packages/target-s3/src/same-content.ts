import { createHash } from 'node:crypto';
import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { isTargetError, type ObjectSource, piecesOf } from '@holdfast/core/target';
import { bareEtag, compareEtag, compositeEtag } from './etag.js';
import { partSizeOf } from './multipart.js';
import { getObject } from './reading.js';
import type { RequestContext, S3Session } from './session.js';
import type { Digested } from './single-put.js';

type KeyContext = RequestContext & { readonly key: string };

/** What the store says of an object, or undefined if it is absent. */
export async function headOf(session: S3Session, context: KeyContext): Promise<HeadObjectCommandOutput | undefined> {
  const place = { Bucket: session.settings.bucket, Key: session.nameOf(context.key) };
  try {
    return await session.ask(context, (client, options) => client.send(new HeadObjectCommand(place), options));
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Does the object that is there hold these bytes? It is read only if its ETag does not tell. */
export async function holdsBytes(
  session: S3Session,
  context: KeyContext,
  head: HeadObjectCommandOutput,
  body: Digested,
): Promise<boolean> {
  if (head.ContentLength !== body.bytes.byteLength) return false;
  const verdict = compareEtag(head, body.md5, session.settings.etags);
  return verdict === 'silent' ? (await md5OfObject(session, context)) === body.md5 : verdict === 'equal';
}

/** Does the large object that is there hold what the source gives? The source is read once; the object only if its ETag does not tell. */
export async function holdsSource(
  session: S3Session,
  context: KeyContext & { readonly signal: AbortSignal },
  head: HeadObjectCommandOutput,
  source: ObjectSource,
): Promise<boolean> {
  if (head.ContentLength !== source.sizeBytes) return false;
  const partBytes = partSizeOf(source.sizeBytes, session.settings.partBytes);
  const whole = createHash('md5');
  const partMd5s: string[] = [];
  let part = createHash('md5');
  let roomBytes = partBytes;
  for await (const piece of piecesOf(source, { url: session.url, ...context })) {
    whole.update(piece);
    for (let rest = piece; rest.byteLength > 0; ) {
      const taken = rest.subarray(0, roomBytes);
      part.update(taken);
      rest = rest.subarray(taken.byteLength);
      roomBytes -= taken.byteLength;
      if (roomBytes > 0) continue;
      partMd5s.push(part.digest('hex'));
      part = createHash('md5');
      roomBytes = partBytes;
    }
  }
  if (roomBytes < partBytes) partMd5s.push(part.digest('hex'));
  if (bareEtag(head.ETag) === compositeEtag(partMd5s)) return true;
  const md5 = whole.digest('hex');
  return bareEtag(head.ETag) === md5 || (await md5OfObject(session, context)) === md5;
}

async function md5OfObject(session: S3Session, { key, signal }: KeyContext): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of getObject(session, key, { signal })) hash.update(piece);
  return hash.digest('hex');
}
