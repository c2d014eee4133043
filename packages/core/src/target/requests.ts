/**
 * How many requests objects take in a store where each is counted, and may be paid for. Plain figures, so that what a snapshot takes can be
 * said before anything is sent.
 */
export interface RequestSizes {
  /** A put of at most so many bytes is one request; a larger one goes in parts of `putPartBytes`. */
  readonly singlePutBytes: number;
  readonly putPartBytes: number;
  /** A copy of at most so many bytes is one request; a larger one goes in parts of `copyPartBytes`. */
  readonly singleCopyBytes: number;
  readonly copyPartBytes: number;
  /** What goes in parts takes so many requests besides: looking, beginning, joining. */
  readonly aroundParts: number;
  /** An object has no more parts: of a very large one the parts are larger. */
  readonly maxParts: number;
  /** So many objects stand in the answer to one request for a listing. */
  readonly listedAtOnce: number;
}

/** How many requests it takes to put an object. */
export function requestsOfPut(sizes: RequestSizes, sizeBytes: number): number {
  return requestsOf(sizes, sizeBytes, sizes.singlePutBytes, sizes.putPartBytes);
}

/** How many requests it takes to copy an object within the store. */
export function requestsOfCopy(sizes: RequestSizes, sizeBytes: number): number {
  return requestsOf(sizes, sizeBytes, sizes.singleCopyBytes, sizes.copyPartBytes);
}

/** How many requests it takes to list so many objects. */
export function requestsOfList(sizes: RequestSizes, objects: number): number {
  return Math.max(1, Math.ceil(objects / sizes.listedAtOnce));
}

function requestsOf(sizes: RequestSizes, sizeBytes: number, singleBytes: number, partBytes: number): number {
  if (sizeBytes <= singleBytes) return 1;
  return Math.min(sizes.maxParts, Math.ceil(sizeBytes / partBytes)) + sizes.aroundParts;
}
