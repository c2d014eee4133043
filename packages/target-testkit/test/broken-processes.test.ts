import { describe, expect, test } from 'vitest';
import { conformanceCases, runCase } from '../src/index.js';
import { brokenAdoptions } from './broken/adopting.js';
import { brokenProcesses } from './broken/processes.js';
import { SMALL_SIZES } from './memory-harness.js';
import { runExample } from './writing-a-target.js';

describe('a target that fails among processes turns a named case red, and without the fault the case is green', () => {
  test.each([...brokenProcesses, ...brokenAdoptions])('a target that $fault', async ({ red, base = [], change }) => {
    const found = conformanceCases.find((conformanceCase) => conformanceCase.name === red);
    if (found === undefined) throw new Error(`there is no case "${red}"`);
    const intact = await runExample(...base);
    const broken = await runExample(...base, change);
    try {
      await runCase(found, intact.harness, SMALL_SIZES);
      await expect(runCase(found, broken.harness, SMALL_SIZES)).rejects.toThrow();
    } finally {
      await intact.remove();
      await broken.remove();
    }
  });
});
