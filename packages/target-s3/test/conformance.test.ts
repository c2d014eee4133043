import type { KitSizes, TargetHarness } from '@holdfast/target-testkit';
import { describeTarget } from '@holdfast/target-testkit/vitest';
import { afterAll } from 'vitest';
import type { S3Options } from '../src/index.js';
import { describeS3, makeBucket, placeIn, removeBucket, type TestServer } from './s3-server.js';

/** Every case has its own place: the whole bucket, emptied after each, or a folder of it. */
function harness(server: TestServer, folder: string | undefined, options: S3Options): TargetHarness {
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

/** Pages and sizes are tried in full in the first run; the second one is about prefixes and stores that can do less. */
const SMALL: Partial<KitSizes> = {
  manyObjects: 40,
  objectBytes: [0, 1, 17 * 1024 * 1024],
  largeObjectBytes: 32 * 1024 * 1024,
};

describeS3('conformance', (server) => {
  describeTarget('a bucket', harness(server, undefined, {}), { manyObjects: 1_001 });
  describeTarget(
    'a prefix, in a store that cannot create only if absent',
    harness(server, 'a pre+fix/é', { createIfAbsent: false }),
    SMALL,
  );
});
