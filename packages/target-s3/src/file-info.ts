import type { ObjectInfo } from '@holdfast/core/target';
import { digestIn } from './etag.js';
import type { S3Session } from './session.js';

/** What is told of an object. An ETag that is a digest only by its looks is equal to none that a put has confirmed. */
export function fileInfo(session: S3Session, key: string, sizeBytes: number, etag: string | undefined): ObjectInfo {
  const digest = session.settings.etags === 'md5' ? digestIn(etag) : undefined;
  return { key, type: 'file', sizeBytes, ...(digest === undefined ? {} : { digest }) };
}
