import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import { ABANDONED_AFTER_MS, isTargetError, type Residue, type SweepOptions, TargetError } from '@holdfast/core/target';
import { deleteObjects } from './deletion.js';
import { listTimed } from './listing.js';
import type { RequestContext, S3Session } from './session.js';
import { storeNowMs } from './store-clock.js';

/** So many keys are removed at once: what one request takes. */
const KEYS_AT_ONCE = 1000;

/**
 * Names and clears what nobody works on any more, by the store's own clock: unfinished uploads, and those of the roots given in which
 * nothing is young. Some stores (MinIO) list an upload only under its exact key: there the bucket's lifecycle rule has to do it.
 */
export async function* sweepStore(session: S3Session, options: SweepOptions): AsyncGenerator<Residue, void, undefined> {
  const {
    abandonedRoots = [],
    isOwnRoot = () => true,
    abandonedAfterMs = ABANDONED_AFTER_MS,
    dryRun = false,
    signal,
  } = options;
  const context: RequestContext = { operation: 'sweep', signal, notFound: 'bucket' };
  const abandonedBeforeMs = (await storeNowMs(session, context)) - abandonedAfterMs;
  /** Keys of uploads that may be under way: whoever fills a root with one large file shows no other sign of life for days. */
  const underWay: string[] = [];
  for await (const { Key = '', UploadId, Initiated } of uploadsOf(session, context)) {
    const key = Key.slice(session.settings.prefix.length);
    if (!isOwnRoot(key.split('/', 1)[0] ?? '')) continue;
    const isLiving = Initiated === undefined || Initiated.getTime() > abandonedBeforeMs;
    if (isLiving) underWay.push(key);
    else if (!dryRun) await abortUpload(session, { Key, UploadId }, context);
    // What its parts hold would cost a request each, and more for those of many parts.
    yield { kind: 'upload', name: key, sizeBytes: 0, state: isLiving ? 'living' : dryRun ? 'dead' : 'cleared' };
  }
  for (const root of abandonedRoots) {
    const seen = await lookAt(session, `${root}/`, options);
    if (seen.objects === 0) continue;
    const isLiving = seen.newestMs > abandonedBeforeMs || underWay.some((key) => key.startsWith(`${root}/`));
    if (!isLiving && !dryRun) await removeAll(session, `${root}/`, options);
    yield {
      kind: 'root',
      name: root,
      sizeBytes: seen.sizeBytes,
      state: isLiving ? 'living' : dryRun ? 'dead' : 'cleared',
    };
  }
}

async function lookAt(
  session: S3Session,
  prefix: string,
  { signal }: SweepOptions,
): Promise<{ objects: number; sizeBytes: number; newestMs: number }> {
  const seen = { objects: 0, sizeBytes: 0, newestMs: Number.NEGATIVE_INFINITY };
  for await (const { info, modifiedMs = Number.POSITIVE_INFINITY } of listTimed(session, prefix, { signal }, 'sweep')) {
    seen.objects += 1;
    seen.sizeBytes += info.sizeBytes;
    seen.newestMs = Math.max(seen.newestMs, modifiedMs);
  }
  return seen;
}

async function removeAll(session: S3Session, prefix: string, { signal }: SweepOptions): Promise<void> {
  for (;;) {
    const keys: string[] = [];
    for await (const { info } of listTimed(session, prefix, { signal }, 'sweep')) {
      keys.push(info.key);
      if (keys.length === KEYS_AT_ONCE) break;
    }
    if (keys.length === 0) return;
    await deleteObjects(session, keys, signal, 'sweep');
  }
}

/** Every unfinished upload below the target's prefix. None where the store does not know how to list them. */
async function* uploadsOf(session: S3Session, context: RequestContext): AsyncGenerator<MultipartUpload> {
  const { bucket, prefix } = session.settings;
  let marker: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> = {};
  for (;;) {
    const command = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...(marker.NextKeyMarker === undefined ? {} : { KeyMarker: marker.NextKeyMarker }),
      ...(marker.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: marker.NextUploadIdMarker }),
    });
    const page = await session.persist(context, () =>
      session.ask(context, (client, options) => client.send(command, options)),
    );
    for (const upload of page.Uploads ?? []) if (upload.Key?.startsWith(prefix)) yield upload;
    if (page.IsTruncated !== true) return;
    if (
      page.NextKeyMarker === undefined ||
      (page.NextKeyMarker === marker.NextKeyMarker && page.NextUploadIdMarker === marker.NextUploadIdMarker)
    ) {
      const reason = 'the store says that there are more uploads, and not where';
      throw new TargetError({ code: 'UNAVAILABLE', reason, url: session.url, operation: 'sweep' });
    }
    marker = page;
  }
}

async function abortUpload(
  session: S3Session,
  { Key, UploadId }: Pick<MultipartUpload, 'Key' | 'UploadId'>,
  context: RequestContext,
): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: session.settings.bucket, Key, UploadId });
  try {
    await session.ask(context, (client, options) => client.send(command, options));
  } catch (error) {
    // Completed or aborted meanwhile.
    if (!isTargetError(error, 'NOT_FOUND')) throw error;
  }
}
