import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Problem, type RestoreOptions, type RestoreSummary, restore } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { type CraftedEntry, craft, file, folder } from './crafted.js';
import { plant, scratch, treeOf } from './workspace.js';

/** The place around a destination: a restore may change nothing but `into`. */
export interface Place {
  readonly outside: string;
  readonly into: string;
}

/** A new destination, with things around it that are not the snapshot's. */
export function place(): Place {
  const outside = scratch();
  plant(outside, { 'precious.txt': 'precious', 'folder/inner.txt': 'inner', into: null });
  return { outside, into: join(outside, 'into') };
}

/** Restores crafted entries, and expects everything outside of the destination to be as it was. */
export async function restoreCrafted(
  entries: readonly CraftedEntry[],
  options: Partial<RestoreOptions> & { where?: Place } = {},
): Promise<RestoreSummary & { readonly into: string; tree: Readonly<Record<string, string>> }> {
  const { where = place(), ...rest } = options;
  const around = (): object => Object.entries(treeOf(where.outside)).filter(([path]) => !path.startsWith('into/'));
  const before = around();
  const target = memoryTarget({ store: craft(entries) });
  const summary = await restore({ target, ...rest, into: where.into });
  expect(around()).toEqual(before);
  expect(existsSync(join(where.into, '.holdfast-restore'))).toBe(false);
  return { ...summary, tree: treeOf(where.into) };
}

/** The code and path of each problem. */
export const named = ({ problems }: { problems: readonly Problem[] }): string[] =>
  problems.map(({ code, path }) => `${code} ${path}`);

/** The folder of the source. */
export const DATA: CraftedEntry = folder('data');
/** A file that nothing is wrong with. */
export const GOOD: CraftedEntry = file('data/good.txt', 'good');
