import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { isTargetError, type OpenOptions, TargetError } from '@holdfast/core/target';
import { clientsOf } from './client.js';
import { deleteObjects } from './deletion.js';
import { listObjects } from './listing.js';
import { readOptions } from './options.js';
import { type RequestContext, S3Session } from './session.js';
import { settingsOf } from './settings.js';

/** Something in a bucket that a listing of objects does not show, or not in full. */
interface Found {
  readonly name: string;
  /** Of a version or a delete marker; absent where the store has no versions. */
  readonly versionId?: string | undefined;
}

/**
 * A part of a bucket that was made for a trial, seen with the tools of the store: with the uploads that nobody ended and, where
 * the bucket keeps them, the old versions. `clear` leaves nothing of it that is stored or paid for.
 */
export interface S3Scratch {
  /** Multipart uploads below, begun and not ended. @throws TargetError `ACCESS_DENIED` without the right to list them */
  uploads(): Promise<readonly string[]>;
  /** Removes every object, version, delete marker and upload below. @throws TargetError of what could not be removed */
  clear(): Promise<void>;
  /** When the store says an object was written, in milliseconds since 1970; stores give whole seconds. */
  writtenAtMs(key: string): Promise<number | undefined>;
  /** Does a rule of the bucket abort what was left of uploads? `undefined` where that may not be looked at, or the store has no rules. */
  abortsUploads(): Promise<boolean | undefined>;
  close(): void;
}

/**
 * Opens such a part.
 *
 * @param location `bucket/prefix`; never a whole bucket, so that a slip cannot empty one
 * @throws TargetError `MISCONFIGURED`
 */
export function openScratch(location: string, options: OpenOptions = {}): S3Scratch {
  const environment = options.environment ?? process.env;
  const own = readOptions(options.adapterOptions ?? {}, 's3:');
  const settings = settingsOf(location, own, environment);
  const session = new S3Session(settings, clientsOf(settings, own, environment));
  if (settings.prefix === '') {
    session.close();
    const reason = 'a whole bucket is no place for a trial';
    throw new TargetError({ code: 'MISCONFIGURED', reason, url: settings.url, operation: 'open' });
  }
  const place = { Bucket: settings.bucket, Prefix: settings.prefix };

  async function* uploads(): AsyncGenerator<{ name: string; id: string }> {
    const context: RequestContext = { operation: 'list', notFound: 'bucket' };
    let after: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const command = new ListMultipartUploadsCommand({ ...place, ...after });
      const page = await session.persist(context, () =>
        session.ask(context, (client, given) => client.send(command, given)),
      );
      for (const { Key, UploadId } of page.Uploads ?? []) {
        if (Key !== undefined && UploadId !== undefined && Key.startsWith(settings.prefix))
          yield { name: Key, id: UploadId };
      }
      if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
      after = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
      };
    }
  }

  async function versions(): Promise<Found[]> {
    const context: RequestContext = { operation: 'list', notFound: 'bucket' };
    const found: Found[] = [];
    let after: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const command = new ListObjectVersionsCommand({ ...place, ...after });
      const page = await session.persist(context, () =>
        session.ask(context, (client, given) => client.send(command, given)),
      );
      for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
        if (Key?.startsWith(settings.prefix) === true) found.push({ name: Key, versionId: VersionId });
      }
      if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return found;
      after = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }

  const remove = async ({ name, versionId }: Found): Promise<void> => {
    const context: RequestContext = { operation: 'delete', key: name.slice(settings.prefix.length) };
    const command = new DeleteObjectCommand({
      Bucket: settings.bucket,
      Key: name,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    });
    await session.persist(context, () => session.ask(context, (client, given) => client.send(command, given)));
  };

  const endUpload = async ({ name, id }: { name: string; id: string }): Promise<void> => {
    const context: RequestContext = { operation: 'delete', key: name.slice(settings.prefix.length) };
    const command = new AbortMultipartUploadCommand({ Bucket: settings.bucket, Key: name, UploadId: id });
    await session
      .ask(context, (client, given) => client.send(command, given))
      .catch((error: unknown) => {
        // Its owner has ended it meanwhile.
        if (!isTargetError(error, 'NOT_FOUND')) throw error;
      });
  };

  return {
    async uploads() {
      const names: string[] = [];
      for await (const { name, id } of uploads()) names.push(`${name} ${id}`);
      return names;
    },
    async clear() {
      for await (const upload of uploads()) await endUpload(upload);
      const keys: string[] = [];
      for await (const { key } of listObjects(session, '', {})) keys.push(key);
      if (keys.length > 0) await deleteObjects(session, keys, undefined);
      // A deletion in a bucket with versions only hides. Stores without versions may not know the question.
      const left = await versions().catch((error: unknown) => {
        if (isTargetError(error, 'ACCESS_DENIED') || isTargetError(error, 'MISCONFIGURED')) return [];
        if (isTargetError(error, 'UNSUPPORTED')) return [];
        throw error;
      });
      for (let start = 0; start < left.length; start += DELETES_AT_ONCE) {
        await Promise.all(left.slice(start, start + DELETES_AT_ONCE).map(remove));
      }
    },
    async writtenAtMs(key) {
      const context: RequestContext = { operation: 'stat', key };
      const command = new HeadObjectCommand({ Bucket: settings.bucket, Key: session.nameOf(key) });
      const answer = await session.ask(context, (client, given) => client.send(command, given));
      return answer.LastModified?.getTime();
    },
    async abortsUploads() {
      const context: RequestContext = { operation: 'list', notFound: 'bucket' };
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: settings.bucket });
      try {
        const answer = await session.ask(context, (client, given) => client.send(command, given));
        const rules = (answer.Rules ?? []).filter(({ Status }) => Status === 'Enabled');
        return rules.some(({ AbortIncompleteMultipartUpload: rule }) => rule !== undefined);
      } catch (error) {
        return hasNoRules(error) ? false : undefined;
      }
    },
    close: () => session.close(),
  };
}

/** How many versions are removed side by side. */
const DELETES_AT_ONCE = 8;

/** The store's way to say that a bucket has no rules. */
function hasNoRules(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.name === 'NoSuchLifecycleConfiguration';
}
