import type { EventListener } from '@holdfast/core';
import { countText, sizeText } from '../render/quantities.js';
import type { Session } from '../session.js';

/** Hears a guarded run: before the command starts it is said what is kept, and what could not be taken back. */
export function tellStart(session: Session, isQuiet: boolean): EventListener {
  const { output } = session;
  return (event) => {
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
