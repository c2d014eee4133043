import type { HoldfastEvent, OperationName } from '@holdfast/core';
import { type ProgressState, progressText } from './progress-text.js';
import { rateMeter } from './rate.js';

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** The part of a terminal stream that is used. */
export interface TerminalStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** The one line that changes in place on a terminal. */
export interface ProgressLine {
  /** Takes an event into account, and redraws if a tenth of a second has passed. */
  tell(event: HoldfastEvent): void;
  /** Takes the line away, so that something else can be written; the next redraw brings it back. */
  hide(): void;
  /** Takes it away for good. */
  end(): void;
}

/** No line: in a pipe, with `--quiet` and with `--json`. */
export const noProgressLine: ProgressLine = { tell: () => {}, hide: () => {}, end: () => {} };

/** Draws on `stream`. `nowMs` is a steady clock. */
export function progressLine(stream: TerminalStream, nowMs: () => number = () => performance.now()): ProgressLine {
  const rate = rateMeter();
  let state: (ProgressState & { operation: OperationName }) | undefined;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let shown = false;
  let ended = false;

  const hide = (): void => {
    if (shown) stream.write(CLEAR_LINE);
    shown = false;
  };
  const draw = (): void => {
    if (state === undefined || ended || nowMs() - drawnAtMs < REDRAW_MS) return;
    drawnAtMs = nowMs();
    // The last column stays free: a full line makes some terminals begin a new one.
    const columns = Math.max(20, (stream.columns || 80) - 1);
    stream.write(CLEAR_LINE + progressText({ ...state, bytesPerSecond: rate.perSecond() }, columns));
    shown = true;
  };

  return {
    tell(event) {
      state = next(state, event);
      if (event.type === 'progress') rate.reached(event.progress.bytes, nowMs());
      draw();
    },
    hide,
    end() {
      hide();
      ended = true;
    },
  };
}

function next(state: ProgressState | undefined, event: HoldfastEvent): ProgressState | undefined {
  const before = state ?? { operation: 'backup', files: 0, bytes: 0, skipped: 0 };
  if (event.type === 'started') return { operation: event.operation, files: 0, bytes: 0, skipped: 0 };
  if (event.type === 'progress') return { ...before, ...event.progress, path: event.path ?? before.path };
  if (event.type === 'problem') return { ...before, skipped: before.skipped + 1 };
  return state;
}
