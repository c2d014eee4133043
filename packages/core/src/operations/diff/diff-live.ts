import { SortedCursor } from '../../flow/sorted-cursor.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { PathMatcher } from '../../snapshot/index.js';
import { orderKey } from '../../snapshot/path-order.js';
import {
  type Reading,
  readProblem,
  SourceFile,
  type WalkedEntry,
  WHOLE_FILE_BYTES,
  walkSource,
} from '../../source/index.js';
import { isSameVersion } from '../../state/index.js';
import { draftEntry } from '../backup/backup-entries.js';
import type { Report } from '../report.js';
import type { ComparedEntry } from './diff-entry.js';
import { type SideItem, sideItem, type UnknownPaths } from './diff-side.js';
import type { DiffSource } from './diff-sources.js';

/** What was read of the live files. */
export interface LiveCounts {
  readFiles: number;
  readBytes: number;
}

/** What {@link liveSide} looks at, and where it tells. */
export interface LiveSideSettings {
  readonly sources: readonly DiffSource[];
  /** Absolute real paths that no walk enters. */
  readonly leaveOut: ReadonlySet<string>;
  readonly matcher: PathMatcher;
  readonly unknown: UnknownPaths;
  readonly counts: LiveCounts;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

/**
 * The live files as a side, walked as a backup walks them. A file that is surely the version that was read last has its hash from the
 * local state; any other is read when it is asked for.
 */
export async function* liveSide(settings: LiveSideSettings): AsyncGenerator<SideItem> {
  const { sources, leaveOut, matcher, unknown, report, signal } = settings;
  for (const { source, versions } of sources) {
    const known = versions === undefined ? undefined : new SortedCursor(versions.read(), ({ pathBytes }) => pathBytes);
    try {
      for (const walked of walkSource(source, leaveOut)) {
        throwIfAborted(signal);
        if ('pathBytes' in walked) {
          const draft = draftEntry(walked);
          if (!matcher.matches(draft.path, draft.type === 'directory')) continue;
          const version = draft.type === 'file' ? await known?.find(walked.pathBytes) : undefined;
          const sha256 = version !== undefined && isSameVersion(version, walked.stats) ? version.sha256 : undefined;
          const entry = comparedEntry(draft, sha256);
          const isRead = entry.type === 'file' && sha256 === undefined;
          yield isRead ? sideItem(entry, () => readHash(walked, settings)) : sideItem(entry);
        } else if (walked.byRule !== undefined && walked.leftOutPath !== undefined) {
          const { path, isFolder } = walked.byRule;
          yield { key: orderKey(walked.leftOutPath, isFolder), leftOut: isFolder ? `${path}/` : path };
        } else if (walked.doubt !== undefined) report.problem(walked.doubt);
        else if (walked.problem !== undefined && walked.problem.code !== 'SPECIAL_FILE') {
          // A socket or a device is never in a snapshot, so its being there is no difference.
          if (!matcher.matches(walked.problem.path, true)) continue;
          unknown.add(walked.problem.path);
          report.problem(walked.problem);
        }
      }
    } finally {
      await known?.close();
    }
  }
}

function comparedEntry(draft: ReturnType<typeof draftEntry>, sha256: string | undefined): ComparedEntry {
  if (draft.type !== 'file') return draft;
  const { sha256: _notRead, stable: _unknown, ...rest } = draft;
  return sha256 === undefined ? rest : { ...rest, sha256 };
}

/** Reads a file, and once more if it changes meanwhile. What cannot be told is a problem. */
async function readHash(walked: WalkedEntry, settings: LiveSideSettings): Promise<string | undefined> {
  const path = walked.pathBytes.toString('utf8');
  try {
    const reading = await readThrough(walked, settings);
    const last = reading.stable ? reading : await readThrough(walked, settings);
    if (last.stable) return last.sha256;
    settings.report.problem({ code: 'CHANGED', path, message: 'it changes while it is read, so it was not compared' });
  } catch (error) {
    throwIfAborted(settings.signal);
    settings.report.problem(readProblem(walked.pathBytes, error, 'it could not be read').problem);
  }
  return undefined;
}

async function readThrough({ location, pathBytes }: WalkedEntry, settings: LiveSideSettings): Promise<Reading> {
  const { counts, report, signal } = settings;
  const path = pathBytes.toString('utf8');
  const advance = (bytes: number): void => {
    counts.readBytes += bytes;
    report.advance(0, bytes, path);
  };
  const file = new SourceFile(location);
  try {
    counts.readFiles += 1;
    if (file.sizeBytes <= WHOLE_FILE_BYTES) {
      const { bytes, reading } = file.readWhole();
      advance(bytes.length);
      return reading;
    }
    let reading: Reading | undefined;
    for await (const piece of file.pieces(false, (result) => {
      reading = result;
    })) {
      throwIfAborted(signal);
      advance(piece.byteLength);
    }
    if (reading === undefined) throw new Error('a reading has ended without a result');
    return reading;
  } finally {
    file.close();
  }
}
