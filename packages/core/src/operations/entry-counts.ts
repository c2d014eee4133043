import type { Entry, SnapshotCounts } from '../snapshot/index.js';

/** Counts of entries while they grow. */
export type GrowingCounts = { -readonly [Name in keyof SnapshotCounts]: SnapshotCounts[Name] };

/** Nothing counted yet. */
export function noCounts(): GrowingCounts {
  return { files: 0, directories: 0, symlinks: 0, bytes: 0, skipped: 0, unstable: 0 };
}

/** Counts an entry as a record does: exports by themselves, and the folders that hold them not at all. */
export function countEntry(counts: GrowingCounts, entry: Entry): void {
  if (entry.exportOf !== undefined) {
    if (entry.type !== 'file') return;
    counts.exports = (counts.exports ?? 0) + 1;
    counts.exportBytes = (counts.exportBytes ?? 0) + entry.sizeBytes;
  } else if (entry.type === 'directory') counts.directories += 1;
  else if (entry.type === 'symlink') counts.symlinks += 1;
  else {
    counts.files += 1;
    counts.bytes += entry.sizeBytes;
    if (!entry.stable) counts.unstable += 1;
  }
}

/** Two counts as one. */
export function addCounts(counts: SnapshotCounts, more: SnapshotCounts | undefined): SnapshotCounts {
  if (more === undefined) return counts;
  const { exports = 0, exportBytes = 0 } = more;
  const allExports = (counts.exports ?? 0) + exports;
  return {
    files: counts.files + more.files,
    directories: counts.directories + more.directories,
    symlinks: counts.symlinks + more.symlinks,
    bytes: counts.bytes + more.bytes,
    skipped: counts.skipped + more.skipped,
    unstable: counts.unstable + more.unstable,
    ...(allExports === 0 ? {} : { exports: allExports, exportBytes: (counts.exportBytes ?? 0) + exportBytes }),
  };
}

/** Files and bytes that lie in a snapshot: those of the sources, and exports. */
export function storedAmount({ files, bytes, exports = 0, exportBytes = 0 }: SnapshotCounts): {
  readonly files: number;
  readonly bytes: number;
} {
  return { files: files + exports, bytes: bytes + exportBytes };
}
