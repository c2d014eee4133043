import type { HoldfastEvent } from '@holdfast/core';

/** What has become of a file. */
export type FileAction =
  /** Read, and stored. */
  | 'copied'
  /** Not changed since the backup before: shared with it, in the new one all the same. */
  | 'unchanged'
  /** Of the part that was not to be backed up now: it stays as it was in the backup. */
  | 'kept'
  /** A sheet of a workbook as CSV. */
  | 'exported'
  | 'restored'
  /** Restored in the place of a file that differed. */
  | 'replaced'
  /** There as it should be. */
  | 'alreadyThere';

/** What a function tells while it runs. */
export type AttendanceEvent =
  | { readonly type: 'file'; readonly action: FileAction; readonly path: string; readonly sizeBytes: number }
  /** Something could not be had, or is not what it should be. The rest goes on. */
  | { readonly type: 'skipped'; readonly code: string; readonly path: string; readonly message: string }
  /** Something to know that is no trouble. */
  | { readonly type: 'note'; readonly code: string; readonly message: string }
  /** How it ended, in one sentence; always the last, unless the function throws. */
  | { readonly type: 'done'; readonly status: string; readonly message: string };

/** Is told what happens. What it throws ends the call. */
export type Reporter = (event: AttendanceEvent) => void;

const ACTIONS: Readonly<Partial<Record<Extract<HoldfastEvent, { type: 'file' }>['action'], FileAction>>> = {
  stored: 'copied',
  adopted: 'copied',
  shared: 'unchanged',
  carried: 'kept',
  exported: 'exported',
  restored: 'restored',
  replaced: 'replaced',
  adjusted: 'alreadyThere',
  kept: 'alreadyThere',
};

/** What an event of the engine means here; `undefined` for what is no news to who looks at files. */
export function eventOf(event: HoldfastEvent): AttendanceEvent | undefined {
  if (event.type === 'file') {
    const action = ACTIONS[event.action];
    return action === undefined ? undefined : { type: 'file', action, path: event.path, sizeBytes: event.sizeBytes };
  }
  if (event.type === 'problem') {
    const { code, path, message } = event.problem;
    return { type: 'skipped', code, path, message };
  }
  if (event.type === 'note') return { type: 'note', code: event.note.code, message: event.note.message };
  return undefined;
}
