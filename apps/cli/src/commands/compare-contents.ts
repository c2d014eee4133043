import { type Change, type ComparedContents, compareContents, type Diff, type LookOptions } from '@holdfast/core';
import { allInspectors } from '../compose/inspectors.js';

/** Single differences (cells, elements) that are told of one file; with `--verbose` more, and never without a bound. */
const MAX_CHANGES = 20;
const MAX_CHANGES_VERBOSE = 1000;

/** Says how the content of a changed file differs; `undefined` of what nobody can look into. */
export type ContentComparer = (change: Change) => Promise<ComparedContents | undefined>;

/** How much is told, and what ends it. */
export interface ComparerOptions extends Pick<LookOptions, 'signal' | 'limits'> {
  readonly verbose: boolean;
}

/** Compares the workbooks and arrays of a comparison by what is in them. Nothing is loaded before there is one. */
export function contentComparer(compared: Diff, { verbose, signal, limits }: ComparerOptions): ContentComparer {
  const maxChanges = verbose ? MAX_CHANGES_VERBOSE : MAX_CHANGES;
  return async (change) => {
    const places = compared.contents(change);
    if (places === undefined) return undefined;
    const inspectors = await allInspectors();
    return compareContents(places.before, places.after, { inspectors, maxChanges, signal, limits });
  };
}
