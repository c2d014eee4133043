import type { FilterSpec } from './filter-spec.js';

/** Rules that hold already and others that are said besides: both leave out; of the rest, what is said besides counts. */
export function joinedFilter(held: FilterSpec = {}, besides: FilterSpec = {}): FilterSpec {
  const given = Object.fromEntries(Object.entries(besides).filter(([, value]) => value !== undefined));
  return {
    ...held,
    ...given,
    exclude: [...(held.exclude ?? []), ...(besides.exclude ?? [])],
    excludeFiles: [...(held.excludeFiles ?? []), ...(besides.excludeFiles ?? [])],
    excludeLines: [...(held.excludeLines ?? []), ...(besides.excludeLines ?? [])],
  };
}
