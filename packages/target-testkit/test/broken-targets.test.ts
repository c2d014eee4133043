import { describe, expect, test } from 'vitest';
import { applies, conditionsOf, conformanceCases, runCase } from '../src/index.js';
import { brokenAdoptions, brokenRefusals } from './broken/adopting.js';
import { brokenAttributes } from './broken/attributes.js';
import { brokenBatches } from './broken/batches.js';
import { type BrokenTarget, brokenHarness } from './broken/broken.js';
import { brokenCopies } from './broken/copies.js';
import { brokenEdges } from './broken/edges.js';
import { brokenKeys } from './broken/keys.js';
import { brokenMany } from './broken/many.js';
import { brokenOneRoots } from './broken/one-root.js';
import { brokenPlaces } from './broken/places.js';
import { brokenProcesses } from './broken/processes.js';
import { brokenPuts } from './broken/puts.js';
import { brokenRaces } from './broken/races.js';
import { brokenReads } from './broken/reads.js';
import { brokenRemovals } from './broken/removals.js';
import { SMALL_SIZES } from './memory-harness.js';

const TABLE: readonly BrokenTarget[] = [
  ...brokenPuts,
  ...brokenBatches,
  ...brokenReads,
  ...brokenKeys,
  ...brokenCopies,
  ...brokenMany,
  ...brokenAttributes,
  ...brokenRaces,
  ...brokenOneRoots,
  ...brokenPlaces,
  ...brokenEdges,
  ...brokenRemovals,
  ...brokenRefusals,
];

describe('a target with a fault turns a named case red, and without it the case is green', () => {
  test.each(TABLE)('a target that $fault', async (broken) => {
    const found = conformanceCases.find((conformanceCase) => conformanceCase.name === broken.red);
    if (found === undefined) throw new Error(`there is no case "${broken.red}"`);
    const sizes = { ...SMALL_SIZES, caseTimeoutMs: broken.caseTimeoutMs ?? 20_000 };
    expect(applies(found, await conditionsOf(brokenHarness(broken))), 'the case is about this target').toBe(true);
    await runCase(found, brokenHarness(broken, true), sizes);
    const failure = await runCase(found, brokenHarness(broken), sizes).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure, `"${broken.red}" stayed green`).toBeInstanceOf(Error);
    // Hanging is a finding only where it is the fault.
    expect(/did not end within/.test(String(failure)), String(failure)).toBe(broken.caseTimeoutMs !== undefined);
  });
});

test('every case names its law once', () => {
  const names = conformanceCases.map((conformanceCase) => conformanceCase.name);
  expect(new Set(names).size).toBe(names.length);
});

test('every case is turned red by one broken target at least', () => {
  // A case of both kinds of batch is shown to bite in one of them.
  const law = (name: string): string => name.replace(/ \[(new root|added)\]$/, '');
  const shown = new Set([...TABLE, ...brokenProcesses, ...brokenAdoptions].map(({ red }) => law(red)));
  const unshown = conformanceCases.map(({ name }) => law(name)).filter((name) => !shown.has(name));
  expect([...new Set(unshown)]).toEqual([]);
});
