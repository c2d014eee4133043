import type { BigIntStats } from 'node:fs';
import { throwIfAborted } from '../../holdfast-error.js';
import {
  isChangedSince,
  itemsOf,
  type KeptItem,
  type KeptRecord,
  LivePaths,
  needOf,
  type PutBackAction,
} from '../../kept/index.js';
import type { Report } from '../report.js';

/** A person reads no more before a question. */
const MAX_SHOWN = 20;

/** What an undo would do, counted. */
export interface UndoCounts {
  /** Files, folders and links that are made again. */
  restored: number;
  /** Those that take the place of what is there now. */
  replaced: number;
  /** Those that were not there before, and go. */
  deleted: number;
  /** Those of which only mode, time or owner is set. */
  adjusted: number;
}

/** Nothing yet. */
export const NONE: UndoCounts = { restored: 0, replaced: 0, deleted: 0, adjusted: 0 };

/** Goes through the items of a record as they are to be taken back: what was kept last comes first. */
export async function* itemsToTakeBack(
  stateDirectory: string,
  record: KeptRecord,
): AsyncGenerator<{
  readonly item: KeptItem;
  readonly paths: LivePaths;
  readonly segment: KeptRecord['segments'][number];
}> {
  for (const [index, segment] of [...record.segments.entries()].reverse()) {
    const paths = new LivePaths(segment.roots);
    try {
      for await (const item of itemsOf(stateDirectory, record, index)) yield { item, paths, segment };
    } finally {
      paths.close();
    }
  }
}

/** Counts what would be done. @param report is told each, where it is given. */
export async function lookThrough(
  { stateDirectory, signal }: { readonly stateDirectory: string; readonly signal?: AbortSignal | undefined },
  record: KeptRecord,
  report: Report | undefined,
): Promise<{ readonly counts: UndoCounts; readonly changedSince: number; readonly firstChanged: string[] }> {
  const counts = { ...NONE };
  const firstChanged: string[] = [];
  let changedSince = 0;
  for await (const { item, paths } of itemsToTakeBack(stateDirectory, record)) {
    throwIfAborted(signal);
    const live = paths.look(item);
    const need = needOf(item, live);
    if (need === 'nothing') continue;
    const path = paths.location(item).toString('utf8');
    if (need === 'leave' || isChangedSince(item, live)) {
      changedSince += 1;
      if (firstChanged.length < MAX_SHOWN) firstChanged.push(path);
    }
    if (need === 'leave') continue;
    const action = ACTIONS[need];
    counts[action] += 1;
    if (report !== undefined) tell(report, action, typeOf(item, live.stats), path, sizeOf(item, live.stats));
  }
  return { counts, changedSince, firstChanged };
}

const ACTIONS = { make: 'restored', replace: 'replaced', remove: 'deleted', set: 'adjusted' } as const;

function typeOf({ before }: KeptItem, stats: BigIntStats | undefined): 'file' | 'directory' | 'symlink' {
  if (before.type === 'directory' || before.type === 'symlink') return before.type;
  if (before.type !== 'absent') return 'file';
  return stats?.isDirectory() === true ? 'directory' : stats?.isSymbolicLink() === true ? 'symlink' : 'file';
}

function sizeOf({ before }: KeptItem, stats: BigIntStats | undefined): number {
  return 'sizeBytes' in before ? before.sizeBytes : stats?.isFile() === true ? Number(stats.size) : 0;
}

/** Tells what was, or would be, done with a path. */
export function tell(
  report: Report,
  action: PutBackAction,
  type: 'file' | 'directory' | 'symlink',
  path: string,
  sizeBytes: number,
): void {
  if (type === 'file') report.file(action, path, sizeBytes);
  else report.item(action, type, path);
}
