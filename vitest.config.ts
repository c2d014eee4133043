import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first: whoever begins with them has all processors busy to the end. `test` prints the
 * slowest files, so that this can be kept true.
 */
const LONG_FILES = [
  'apps/cli/test/crash/kill.test.ts',
  'apps/cli/test/scripts.test.ts',
  'packages/target-s3/test/conformance.test.ts',
].map((path) => fileURLToPath(new URL(path, import.meta.url)));

for (const path of LONG_FILES) if (!existsSync(path)) throw new Error(`vitest.config.ts: there is no ${path}`);

/** Begins with the long files, of whatever package; the others follow package by package, so that a worker goes on with what it has loaded. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      LONG_FILES.indexOf(moduleId) + 1 || Number.POSITIVE_INFINITY;
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)));
  }
}

/** All packages at once, as scripts/test.mjs runs them: a package that has few or long files leaves no processor idle. */
export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*'],
    // One more than there are processors: some files wait, for flushes, for a store, for a clock of whole seconds.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFilesFirst },
  },
});
