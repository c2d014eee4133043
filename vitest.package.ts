import { defineConfig } from 'vitest/config';

/** How the tests of a package run, alone (`npx vitest run` in its folder) and with all others. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // To load a package anew for each file takes longer than most files. What a test changes of the process it puts back.
    isolate: false,
  },
});
