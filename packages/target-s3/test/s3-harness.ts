import type { TargetHarness } from '@holdfast/target-testkit';
import { afterAll } from 'vitest';
import type { S3Options } from '../src/index.js';
import { makeBucket, placeIn, removeBucket, type TestServer } from './s3-server.js';

/**
 * Every case has a place of its own: the whole bucket, emptied after each, or, with `folder`, a folder below it. The bucket is made for
 * the file that calls this, and removed after it.
 */
export function harness(server: TestServer, folder: string | undefined, options: S3Options): TargetHarness {
  let made: Promise<string> | undefined;
  let places = 0;
  afterAll(async () => {
    if (made !== undefined) await removeBucket(server, await made);
  });
  return {
    async create() {
      made ??= makeBucket(server);
      places += 1;
      const place = placeIn(server, await made, folder === undefined ? '' : `${folder}/${places}`);
      return {
        open: () => place.open(options),
        residue: () => place.uploads(),
        remove: () => place.clear(),
        child: {
          adapterModule: new URL('../dist/index.js', import.meta.url).href,
          address: `s3://${place.location}`,
          environment: server.environment,
          adapterOptions: { ...options },
        },
      };
    },
  };
}
