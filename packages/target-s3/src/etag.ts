import { createHash } from 'node:crypto';
import type { StoreDigest } from '@holdfast/core/target';

/** The fields of an answer that tell whether its ETag is a digest. */
export interface TaggedAnswer {
  readonly ETag?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/**
 * - `equal`: the store says what it holds, and it is what was sent.
 * - `different`: it says what it holds, and it is something else.
 * - `silent`: it says nothing of the content.
 */
export type EtagVerdict = 'equal' | 'different' | 'silent';

/**
 * Compares the ETag of a put or a part with the MD5 of the bytes sent, 32 hexadecimal digits.
 *
 * An encrypted object may have an ETag that looks like an MD5 and is none (SSE-KMS, SSE-C: "Checking object integrity in Amazon
 * S3"), so there a difference says nothing; that it is equal cannot be chance.
 */
export function compareEtag(answer: TaggedAnswer, md5: string, etags: 'md5' | 'opaque'): EtagVerdict {
  const tag = bareEtag(answer.ETag);
  if (tag === md5) return 'equal';
  const isEncrypted = Boolean(answer.ServerSideEncryption || answer.SSECustomerAlgorithm);
  if (etags === 'opaque' || isEncrypted || !/^[0-9a-f]{32}$/.test(tag)) return 'silent';
  return 'different';
}

/** The ETag that a multipart upload gets where ETags are MD5s: the MD5 of the parts' MD5s, and how many there are. */
export function compositeEtag(partMd5s: readonly string[]): string {
  const hash = createHash('md5');
  for (const md5 of partMd5s) hash.update(md5, 'hex');
  return `${hash.digest('hex')}-${partMd5s.length}`;
}

/** An ETag without its quotes, lower case; empty if there is none, or only a weak one. */
export function bareEtag(etag: string | undefined): string {
  return /^"?([^"]*)"?$/.exec(etag ?? '')?.[1]?.toLowerCase() ?? '';
}

/** The digest of an object whose ETag is an MD5, or that of its parts; an ETag of another kind is equal to no digest that was ever recorded. */
export function digestIn(etag: string | undefined): StoreDigest | undefined {
  const tag = bareEtag(etag);
  return /^[0-9a-f]{32}(-\d+)?$/.test(tag) ? `md5:${tag}` : undefined;
}
