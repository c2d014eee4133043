/** Stands in a row for any number of parts, none too. */
export const ANY_NUMBER = 'any number';

/** A row of what is wanted: each place fits one part, or is {@link ANY_NUMBER} of them. */
export type WildcardRow<Place> = readonly (Place | typeof ANY_NUMBER)[];

/**
 * Does the row fit the parts: all of them, or with `andBelow` the first so many of them? Time in proportion to both lengths at
 * worst: only the last wildcard is ever tried again, so no pattern can be made slow.
 */
export function wildcardMatch<Place, Part>(
  row: WildcardRow<Place>,
  parts: readonly Part[],
  fits: (place: Place, part: Part) => boolean,
  andBelow = false,
): boolean {
  let at = 0;
  let retry: { readonly at: number; part: number } | undefined;
  for (let index = 0; index < parts.length; ) {
    if (andBelow && at === row.length) return true;
    const place = row[at];
    if (place === ANY_NUMBER) {
      at += 1;
      retry = { at, part: index };
    } else if (place !== undefined && fits(place, parts[index] as Part)) {
      at += 1;
      index += 1;
    } else if (retry !== undefined) {
      at = retry.at;
      retry.part += 1;
      index = retry.part;
    } else return false;
  }
  while (row[at] === ANY_NUMBER) at += 1;
  return at === row.length;
}
