import type { ObjectSource } from '../target/index.js';

/** A source that tells its own errors from those of the target that reads it. */
export interface MarkedSource {
  readonly source: ObjectSource;
  /** Was this very error thrown by the source? Then it must come out as it is, and the target has nothing to retry. */
  threw(error: unknown): boolean;
}

/** Marks what `source` throws while it is read. */
export function markErrors(source: ObjectSource): MarkedSource {
  const thrown = new Set<unknown>();
  return {
    source: {
      sizeBytes: source.sizeBytes,
      async *open() {
        try {
          yield* source.open();
        } catch (error) {
          thrown.add(error);
          throw error;
        }
      },
    },
    threw: (error) => thrown.has(error),
  };
}
