import { readFile } from 'node:fs/promises';
import { MEMORY_CAPABILITIES } from '@holdfast/core/testing';
import { expect, test } from 'vitest';
import { type CaseResult, conformanceCases, runCase, runCases, type TargetHarness } from '../src/index.js';
import { memoryHarness, SMALL_SIZES } from './memory-harness.js';
import { runReadme } from './writing-a-target.js';

function named(name: string): (typeof conformanceCases)[number] {
  const found = conformanceCases.find((conformanceCase) => conformanceCase.name.startsWith(name));
  if (found === undefined) throw new Error(`there is no case "${name}"`);
  return found;
}

/** Counts the places that were made and taken away, and the handles that were opened and closed. */
function counting(inner: TargetHarness): { harness: TargetHarness; counts: Record<string, number> } {
  const counts = { made: 0, removed: 0, opened: 0, closed: 0 };
  const harness: TargetHarness = {
    async create() {
      counts.made += 1;
      const place = await inner.create();
      return {
        ...place,
        async open() {
          counts.opened += 1;
          const target = await place.open();
          return {
            ...target,
            async close() {
              counts.closed += 1;
              await target.close();
            },
          };
        },
        async remove() {
          counts.removed += 1;
          await place.remove();
        },
      };
    },
  };
  return { harness, counts };
}

test('results come one by one: passed, failed with the error, skipped where another case is the one', async () => {
  const fault = new Error('a law that cannot be kept');
  const cases = [
    named('another handle on the place'),
    { topic: 'none', name: 'impossible', run: () => Promise.reject(fault) },
    named('where nothing can be deleted'),
  ];
  const results: CaseResult[] = [];
  for await (const result of runCases(cases, memoryHarness(), SMALL_SIZES)) results.push(result);
  expect(results.map(({ status }) => status)).toEqual(['passed', 'failed', 'skipped']);
  expect(results[1]?.error).toBe(fault);
});

test('every handle is closed and every place removed, also when the case fails or hangs', async () => {
  for (const run of [() => Promise.reject(new Error('failed')), () => new Promise<void>(() => {})]) {
    const { harness, counts } = counting(memoryHarness());
    const conformanceCase = { topic: 'none', name: 'impossible', run };
    await expect(runCase(conformanceCase, harness, { caseTimeoutMs: 20 })).rejects.toThrow(/failed|did not end/);
    expect(counts).toEqual({ made: 1, removed: 1, opened: 1, closed: 1 });
  }
});

test('a signal ends the run: the case under way is given up, its handles are closed and its place is removed', async () => {
  const controller = new AbortController();
  const { harness, counts } = counting(memoryHarness());
  const hanging = {
    topic: 'none',
    name: 'hangs until its handle is closed',
    run: () => new Promise<void>(() => controller.abort(new Error('enough'))),
  };
  const run = runCases(
    [named('another handle on the place'), hanging, hanging],
    harness,
    SMALL_SIZES,
    controller.signal,
  );
  expect(await run.next()).toMatchObject({ value: { status: 'passed' } });
  await expect(run.next()).rejects.toThrow('enough');
  expect(counts.made).toBe(3);
  expect(counts.removed).toBe(counts.made);
  expect(counts.closed).toBe(counts.opened);
});

test('each capability that can be false has cases for both values', () => {
  const flags = [
    'rangeRead',
    'append',
    'delete',
    'putIfAbsent',
    'copy',
    'copyShares',
    'attributes',
    'caseSensitiveKeys',
    'windowsNames',
  ];
  for (const flag of flags) {
    const of = (value: boolean): string[] =>
      conformanceCases
        .filter(({ when }) => when?.({ capabilities: { ...MEMORY_CAPABILITIES, [flag]: value }, hasChild: false }))
        .map(({ name }) => name);
    expect(
      of(true).filter((name) => !of(false).includes(name)),
      `only with ${flag}`,
    ).not.toEqual([]);
    expect(
      of(false).filter((name) => !of(true).includes(name)),
      `only without ${flag}`,
    ).not.toEqual([]);
  }
});

test('the test file of the README runs as it stands there, in forty lines', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  expect(code.split('\n').length).toBeLessThanOrEqual(40);
  const { harness, remove } = await runReadme();
  try {
    for (const name of ['another handle on the place', 'what a process committed before it was killed stays']) {
      await runCase(named(name), harness, SMALL_SIZES);
    }
  } finally {
    await remove();
  }
});
