import type { EventListener } from '@holdfast/core';
import { countText, sizeText } from '../render/quantities.js';
import type { Session } from '../session.js';

/** What {@link tellStart} goes by. */
export interface StartFacts {
  readonly isQuiet: boolean;
  /** The target is the guards' own: nobody has to know that it is new. */
  readonly isOwnTarget: boolean;
}

/** Hears a guarded run: before the command starts it is said what is kept, and what could not be taken back. */
export function tellStart(session: Session, { isQuiet, isOwnTarget }: StartFacts): EventListener {
  const { output } = session;
  return (event) => {
    if (isOwnTarget && event.type === 'note' && event.note.code === 'NEW_TARGET') return;
    output.onEvent(event);
    if (event.type !== 'guarded' || isQuiet) return;
    const covered = event.entries - event.notCoveredEntries;
    output.remark(
      `holdfast: ${countText(covered, 'item')} kept in snapshot ${event.snapshotId} while the command runs`,
    );
    if (event.notCoveredEntries === 0) return;
    const what = `${countText(event.notCoveredEntries, 'item')} (${sizeText(event.notCoveredBytes)})`;
    output.remark(
      `  ${what} not covered, left out by rules or no files: what the command changes of these stays changed`,
    );
  };
}
