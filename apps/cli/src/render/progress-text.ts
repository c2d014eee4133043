import { displayName, type OperationName } from '@holdfast/core';
import { displayWidth, shortened } from './display-width.js';
import { countText, numberText, sizeText } from './quantities.js';

/** What a progress line is drawn from. */
export interface ProgressState {
  readonly operation: OperationName;
  readonly files: number;
  readonly bytes: number;
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly bytesPerSecond?: number | undefined;
  readonly skipped: number;
  readonly path?: string | undefined;
}

const VERB: Readonly<Record<OperationName, string>> = {
  backup: 'backing up',
  restore: 'restoring',
  verify: 'verifying',
  mirror: 'mirroring',
  prune: 'pruning',
  export: 'exporting',
  find: 'searching',
  diff: 'comparing',
  undo: 'undoing',
  guard: 'guarding',
};

/** Between the parts of a line. */
const GAP = '  ';

/**
 * One line of at most `columns`: percent, files, bytes, rate, time left, what is skipped, and the file at hand in the room
 * that is left. A part that does not fit is left out whole, the less important ones first.
 */
export function progressText(state: ProgressState, columns: number): string {
  const parts = [
    VERB[state.operation],
    percentText(state),
    filesText(state),
    bytesText(state),
    state.skipped > 0 ? `${numberText(state.skipped)} skipped` : undefined,
    leftText(state),
    rateText(state),
  ];
  let line = '';
  for (const part of parts) {
    if (part === undefined) continue;
    const longer = line === '' ? part : line + GAP + part;
    if (displayWidth(longer) > columns) break;
    line = longer;
  }
  if (state.path === undefined) return line;
  const path = shortened(displayName(state.path), columns - displayWidth(line) - GAP.length);
  return path === '' ? line : line + GAP + path;
}

function percentText(state: ProgressState): string | undefined {
  if (!state.totalBytes) return undefined;
  return `${Math.min(100, Math.floor((state.bytes * 100) / state.totalBytes))} %`;
}

function filesText(state: ProgressState): string {
  if (state.totalFiles === undefined) return countText(state.files, 'file');
  return `${numberText(state.files)} of ${countText(Math.max(state.totalFiles, state.files), 'file')}`;
}

function bytesText(state: ProgressState): string {
  if (state.totalBytes === undefined) return sizeText(state.bytes);
  return `${sizeText(state.bytes)} of ${sizeText(Math.max(state.totalBytes, state.bytes))}`;
}

function rateText(state: ProgressState): string | undefined {
  return state.bytesPerSecond === undefined ? undefined : `${sizeText(state.bytesPerSecond)}/s`;
}

function leftText(state: ProgressState): string | undefined {
  if (state.totalBytes === undefined || !state.bytesPerSecond) return undefined;
  const seconds = Math.ceil(Math.max(0, state.totalBytes - state.bytes) / state.bytesPerSecond);
  if (seconds >= 360_000) return undefined;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const clock = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return `${clock} left`;
}
