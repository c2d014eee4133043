import { ContentError } from '../content-error.js';

/** How many bytes may still come out of one file: out of its members, and into its exports. */
export interface Budget {
  /** @throws ContentError `BOMB` or `TOO_LARGE` when it is used up. */
  take(bytes: number): void;
}

/** XML is packed 5 to 30 times, a column of one value perhaps 100 times; deflate can do 1,032. */
const HONEST_RATIO = 200;

/**
 * One budget for all that is unpacked, whatever the members announce.
 *
 * @param fileBytes how large the file is: a small one that would become too much is a bomb, a large one is just too large.
 */
export function budgetOf(maxBytes: number, fileBytes: number): Budget {
  let left = maxBytes;
  return {
    take(bytes) {
      left -= bytes;
      if (left >= 0) return;
      const code = maxBytes > fileBytes * HONEST_RATIO ? 'BOMB' : 'TOO_LARGE';
      throw new ContentError(code, `more than ${maxBytes} bytes would come out of it`);
    },
  };
}
