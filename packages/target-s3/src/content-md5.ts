import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';

type Plugin = Parameters<S3Client['middlewareStack']['use']>[0];

/** The part of a request this touches. */
interface Signable {
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * Bulk deletes must carry a checksum. The SDK sends a CRC32, which Swift, Google and older servers do not know; every
 * server knows Content-MD5, the header of the first day.
 */
export const contentMd5OfDeletes: Plugin = {
  applyToStack(stack) {
    stack.add(
      (next, context) => (args) => {
        const request = args.request;
        if (context.commandName === 'DeleteObjectsCommand' && isSignable(request)) useContentMd5(request);
        return next(args);
      },
      // After the SDK's own checksum, before the signature.
      { step: 'build', priority: 'low', name: 'contentMd5OfDeletes' },
    );
  },
};

function useContentMd5(request: Signable): void {
  const { body } = request;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return;
  for (const name of Object.keys(request.headers)) {
    if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name];
  }
  request.headers['content-md5'] = createHash('md5').update(body).digest('base64');
}

function isSignable(request: unknown): request is Signable {
  return typeof request === 'object' && request !== null && 'headers' in request;
}
