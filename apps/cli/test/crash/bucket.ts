import { appendFileSync } from 'node:fs';
import { makeBucket } from '../script/test-bucket.js';
import { type Base, makeBase } from './base.js';

const ENDPOINT = process.env.HOLDFAST_TEST_S3_ENDPOINT;

/** Is there an S3 server? */
export const hasS3: boolean = ENDPOINT !== undefined;

/** The base, with a bucket if there is a server. */
export async function makeBaseWithBucket(): Promise<Base> {
  if (ENDPOINT === undefined) return makeBase();
  // By this targets find it, in this process and in the children.
  process.env.AWS_ENDPOINT_URL = ENDPOINT;
  const bucket = await makeBucket(ENDPOINT);
  const base = await makeBase(bucket.name);
  const remove = async (): Promise<void> => {
    await base.remove();
    await bucket.remove();
  };
  return { ...base, remove };
}

/** `scripts/test.mjs` counts these lines: a run in which no S3 case ran must not look like one in which all passed. */
export function reportS3Case(name: string): void {
  const report = process.env.HOLDFAST_TEST_S3_REPORT;
  if (report !== undefined) appendFileSync(report, `cli ${name}\n`);
}
