import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentFacts } from '@holdfast/core/inspect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npyInspector } from '../src/index.js';
import { comparableFacts, inType, stored } from './files.js';
import { writeRandomArrays } from './numpy.js';

/** What numpy_facts.py writes. */
interface Expected {
  readonly arrays: Readonly<Record<string, ContentFacts>>;
  readonly pairs: Readonly<
    Record<string, { readonly facts: ContentFacts; readonly isEqual: boolean; readonly places: readonly string[] }>
  >;
  /** By the name of an array a place in it, and what stands there. */
  readonly values: Readonly<Record<string, readonly [place: string, value: string | number]>>;
}

const SEED = 20_261_126;
const COUNT = 250;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-numpy-'));
let expected: Expected = { arrays: {}, pairs: {}, values: {} };
beforeAll(() => {
  writeRandomArrays(folder, SEED, COUNT);
  expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
});
afterAll(() => rmSync(folder, { recursive: true }));

test('of arrays of every kind it says what NumPy itself says of them', async () => {
  expect(Object.keys(expected.arrays)).toHaveLength(COUNT);
  for (const [name, facts] of Object.entries(expected.arrays)) {
    const inspection = await npyInspector.inspect(stored(join(folder, name)));
    expect({ name, status: inspection.status }).toEqual({ name, status: 'sound' });
    const { byteOrder, ...said } = inspection.facts ?? {};
    expect(['little', 'big', 'none', 'mixed']).toContain(byteOrder);
    expect({ name, ...Object(comparableFacts(said)) }).toEqual({ name, ...facts });
  }
});

test('it finds the differences that NumPy finds, at the same places, whatever the orders of both', async () => {
  let different = 0;
  for (const [pair, { facts, isEqual, places }] of Object.entries(expected.pairs)) {
    const [before, after] = ['before', 'after'].map((side) => stored(join(folder, `${side}-${pair}.npy`)));
    if (before === undefined || after === undefined) throw new Error('two files were written');
    const comparison = await npyInspector.compare(before, after, { maxChanges: 5 });
    if (comparison.status === 'notCompared') throw new Error(`pair ${pair} was not compared`);
    expect({ pair, isEqual: comparison.isEqual }).toEqual({ pair, isEqual });
    const { maxDifference: most } = comparison.facts;
    const maxDifference = typeof facts.maxDifference === 'number' ? Number(most) : most;
    expect({ pair, ...comparison.facts, maxDifference }).toMatchObject({ pair, ...facts });
    expect({ pair, places: comparison.changes.map(({ place }) => place) }).toEqual({
      pair,
      places: places.slice(0, 5),
    });
    expect(comparison.changes.length + comparison.omittedChanges).toBe(places.length);
    if (!isEqual) different += 1;
  }
  expect(different).toBeGreaterThan(COUNT / 4);
});

test('the value at a place reads back as NumPy has it', async () => {
  expect(Object.keys(expected.values).length).toBeGreaterThan(COUNT / 3);
  for (const [name, [place, value]] of Object.entries(expected.values)) {
    const found = await npyInspector.valueAt?.(stored(join(folder, name)), place);
    const text = found !== undefined && 'text' in found ? found.text : undefined;
    const read = typeof value === 'number' ? inType(Number(text), String(expected.arrays[name]?.dtype)) : text;
    expect({ name, place, read }).toEqual({ name, place, read: value });
  }
});

test('many calls at a time give the same answers as one after the other', async () => {
  const names = Object.keys(expected.arrays).slice(0, 60);
  const look = (name: string): Promise<unknown> => npyInspector.inspect(stored(join(folder, name)));
  const compare = (name: string): Promise<unknown> => {
    const [before, after] = ['before', 'after'].map((side) => stored(join(folder, name.replace('array', side))));
    return before === undefined || after === undefined ? look(name) : npyInspector.compare(before, after);
  };
  const together = await Promise.all(names.flatMap((name) => [look(name), compare(name)]));
  const alone: unknown[] = [];
  for (const name of names) alone.push(await look(name), await compare(name));
  expect(together).toEqual(alone);
});
