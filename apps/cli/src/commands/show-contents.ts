import { type FileEntry, type InspectedContent, inspectContent, type ShownSnapshot } from '@holdfast/core';
import { allInspectors } from '../compose/inspectors.js';
import type { Session } from '../session.js';

/** What is known of the content of a file; `undefined` where nothing is. */
export type Contents = (entry: FileEntry) => Promise<InspectedContent | undefined>;

/** Looks into the workbooks and arrays of a snapshot; with `recordedOnly` only says again what was said when they were stored. */
export function contentsOf({ signal }: Session, snapshot: ShownSnapshot, recordedOnly: boolean): Contents {
  return async (entry) => {
    if (recordedOnly && entry.content === undefined) return undefined;
    // Loaded for the first file that there is something to say of.
    const inspectors = await allInspectors();
    const inspected = await inspectContent({ snapshot, entry }, { inspectors, signal });
    return recordedOnly && inspected?.isRecorded !== true ? undefined : inspected;
  };
}
