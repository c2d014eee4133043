import { ContentError } from '../content-error.js';

/** How many bytes may still come out of one file: out of its members, and into its exports. */
export interface Budget {
  /** @throws ContentError `BOMB` when it is used up. */
  take(bytes: number): void;
}

/** One budget for all that is unpacked, whatever the members announce. */
export function budgetOf(maxBytes: number): Budget {
  let left = maxBytes;
  return {
    take(bytes) {
      left -= bytes;
      if (left < 0) throw new ContentError('BOMB', `more than ${maxBytes} bytes would come out of it`);
    },
  };
}
