import { type Change, type ComparedContents, compareContents, type Diff } from '@holdfast/core';
import { allInspectors } from '../compose/inspectors.js';
import type { Session } from '../session.js';

/** Single differences (cells, elements) that are told of one file; with `--verbose` more, and never without a bound. */
const MAX_CHANGES = 20;
const MAX_CHANGES_VERBOSE = 1000;

/** Says how the content of a changed file differs; `undefined` of what nobody can look into. */
export type ContentComparer = (change: Change) => Promise<ComparedContents | undefined>;

/** Compares the workbooks and arrays of a comparison by what is in them. Nothing is loaded before there is one. */
export function contentComparer({ signal }: Session, compared: Diff, verbose: boolean): ContentComparer {
  const maxChanges = verbose ? MAX_CHANGES_VERBOSE : MAX_CHANGES;
  return async (change) => {
    const places = compared.contents(change);
    if (places === undefined) return undefined;
    const inspectors = await allInspectors();
    return compareContents(places.before, places.after, { inspectors, maxChanges, signal });
  };
}
