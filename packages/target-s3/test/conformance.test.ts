import { describeTarget } from '@holdfast/target-testkit/vitest';
import { describe, test } from 'vitest';
import { harness } from './s3-harness.js';
import { describeS3 } from './s3-server.js';

describeS3('conformance of a prefix', (server) => {
  describeTarget('S3', harness(server, 'a pre+fix/é', {}), { manyObjects: 1_001 });
});

// What differs in such a store is tried one by one in store.test.ts; the whole kit once more takes a minute.
if (process.env.HOLDFAST_TEST_LONG === '1') {
  describeS3('conformance of a bucket in a store that cannot create only if absent', (server) => {
    describeTarget('S3', harness(server, undefined, { createIfAbsent: false }), { manyObjects: 40 });
  });
} else {
  describe('conformance of a bucket in a store that cannot create only if absent', () => {
    test.skip('only with test:long', () => {});
  });
}
