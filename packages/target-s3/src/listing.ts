import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import {
  compareKeys,
  keyFault,
  type ListOptions,
  type ObjectInfo,
  prefixFault,
  TargetError,
  type TargetOperation,
} from '@holdfast/core/target';
import { fileInfo } from './file-info.js';
import { decodeListed, plusIsSpaceIn } from './listed-key.js';
import type { RequestContext, S3Session } from './session.js';

/**
 * Every object below `prefix`, page by page; a page is at most 1,000 entries, so memory does not grow with the bucket.
 *
 * Left out is what cannot be a key of a target: the empty objects `folder/` that consoles make, names with `//`.
 *
 * @throws TargetError `MISCONFIGURED` if the store lists in another order than that of the bytes: a listing that is merged with
 *   another one would silently miss objects.
 */
export async function* listObjects(
  session: S3Session,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectInfo, void, undefined> {
  for await (const { info } of listTimed(session, prefix, options)) yield info;
}

/** An object, and when the store says that it came. */
export interface TimedInfo {
  readonly info: ObjectInfo;
  /** Milliseconds since 1970 by the store's clock; `undefined` for a prefix. */
  readonly modifiedMs: number | undefined;
}

/** {@link listObjects} with the times of the objects. */
export async function* listTimed(
  session: S3Session,
  prefix: string,
  options: ListOptions,
  operation: TargetOperation = 'list',
): AsyncGenerator<TimedInfo, void, undefined> {
  const context: RequestContext = { operation, signal: options.signal, notFound: 'bucket' };
  const ask = (token: string | undefined): Promise<ListObjectsV2CommandOutput> =>
    askPage(session, context, { prefix: session.nameOf(prefix), oneLevel: options.oneLevel === true, token });
  let page = await ask(undefined);
  let last: string | undefined;
  for (;;) {
    for (const timed of await entriesOf(session, page, context)) {
      const { info } = timed;
      const order = last === undefined ? 1 : compareKeys(info.key, last);
      if (order < 0) throw outOfOrder(session);
      // The same prefix at the end of one page and the start of the next is one line.
      if (order === 0) continue;
      last = info.key;
      session.assertNotStopped(options.signal, context);
      yield timed;
    }
    if (page.IsTruncated !== true) return;
    const token = page.NextContinuationToken;
    if (token === undefined || token === page.ContinuationToken) throw endless(session);
    page = await session.persist(context, () => ask(token));
  }
}

/** Is there anything below this prefix? One request. */
export async function hasAny(session: S3Session, prefix: string, context: RequestContext): Promise<boolean> {
  const page = await askPage(session, context, {
    prefix: session.nameOf(prefix),
    oneLevel: false,
    token: undefined,
    limit: 1,
  });
  return (page.Contents?.length ?? 0) > 0;
}

interface PageRequest {
  readonly prefix: string;
  readonly oneLevel: boolean;
  readonly token: string | undefined;
  readonly limit?: number;
}

function askPage(session: S3Session, context: RequestContext, page: PageRequest): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: session.settings.bucket,
    Prefix: page.prefix,
    // XML cannot carry every character of a key, and the SDK's reader spoils some that it can.
    EncodingType: 'url',
    ...(page.oneLevel ? { Delimiter: '/' } : {}),
    ...(page.token === undefined ? {} : { ContinuationToken: page.token }),
    ...(page.limit === undefined ? {} : { MaxKeys: page.limit }),
  });
  return session.ask(context, (client, options) => client.send(command, options));
}

async function entriesOf(
  session: S3Session,
  page: ListObjectsV2CommandOutput,
  context: RequestContext,
): Promise<TimedInfo[]> {
  const objects = page.Contents ?? [];
  const prefixes = page.CommonPrefixes ?? [];
  const nameOf = await readerOf(session, page, context);
  const own = session.settings.prefix.length;
  const infos: TimedInfo[] = [];
  for (const { Key, Size, LastModified, ETag } of objects) {
    const key = nameOf(Key ?? '').slice(own);
    if (keyFault(key) === undefined)
      infos.push({ info: fileInfo(session, key, Size ?? 0, ETag), modifiedMs: LastModified?.getTime() });
  }
  for (const { Prefix } of prefixes) {
    const key = nameOf(Prefix ?? '').slice(own);
    if (key !== '' && prefixFault(key) === undefined)
      infos.push({ info: { key, type: 'prefix', sizeBytes: 0 }, modifiedMs: undefined });
  }
  return prefixes.length === 0 ? infos : infos.sort((left, right) => compareKeys(left.info.key, right.info.key));
}

/** How the names of this page are to be read. A store that does not know the encoding does not name it in its answer. */
async function readerOf(
  session: S3Session,
  page: ListObjectsV2CommandOutput,
  context: RequestContext,
): Promise<(listed: string) => string> {
  if (page.EncodingType !== 'url') return (listed) => listed;
  const listed = [
    ...(page.Contents ?? []).map(({ Key }) => Key),
    ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
  ];
  const names = listed.filter((name) => name !== undefined);
  session.plusIsSpace ??= plusIsSpaceIn(names);
  const doubtful = session.plusIsSpace === undefined ? names.find((name) => name.includes('+')) : undefined;
  if (doubtful !== undefined) session.plusIsSpace = await isSpaceAt(session, doubtful, context);
  const plusIsSpace = session.plusIsSpace ?? false;
  return (name) => decodeListed(name, plusIsSpace);
}

/** Asks the store, once for each target opened: is this name found where its `+` is a space? */
async function isSpaceAt(session: S3Session, encoded: string, context: RequestContext): Promise<boolean> {
  const asSpace = decodeListed(encoded, true);
  const page = await askPage(session, context, { prefix: asSpace, oneLevel: false, token: undefined, limit: 1 });
  return page.Contents?.[0]?.Key?.startsWith(encoded) === true;
}

function outOfOrder(session: S3Session): TargetError {
  return new TargetError({
    code: 'MISCONFIGURED',
    reason: 'the store lists its objects in another order than that of their names',
    url: session.url,
    operation: 'list',
    hint: 'Directory buckets (S3 Express) and some gateways do so; use a bucket of another kind.',
  });
}

function endless(session: S3Session): TargetError {
  return new TargetError({
    code: 'UNAVAILABLE',
    reason: 'the store says that the listing goes on, and not where',
    url: session.url,
    operation: 'list',
  });
}
