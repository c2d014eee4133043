import { ContentError } from '../content-error.js';

/** Excel allows 32,767 characters in a cell; other programs write more, but nobody this many. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Puts a text together from the pieces in which it comes. */
export interface TextCollector {
  add(piece: string): void;
  /** What came since the last call. */
  take(): string;
}

/** @throws ContentError `BOMB` from `add`: no cell is that long. */
export function textCollector(): TextCollector {
  let text = '';
  return {
    add(piece) {
      text += piece;
      if (text.length > MAX_CHARACTERS)
        throw new ContentError('BOMB', 'one cell holds more than four million characters');
    },
    take() {
      const whole = text;
      text = '';
      return whole;
    },
  };
}
