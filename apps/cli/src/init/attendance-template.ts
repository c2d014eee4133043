import type { ConfigFile } from '../config/config-file.js';
import { configDraft } from './config-draft.js';

/** Where an attendance program keeps its files, and where its snapshots go. */
export interface AttendancePlaces {
  /** The folder of the face encodings. */
  readonly data: string;
  readonly workbook: string;
  /** Addresses, or `NAME=ADDRESS`. */
  readonly targets: readonly string[];
}

/** Where snapshots go when nobody has said it. */
export const DEFAULT_TARGET = 'backups=./backups';

/**
 * The config of a program that keeps face encodings (`.npy`) in a folder, and attendance in a workbook: two sources, so that each can be
 * given back by itself (`restore --only excel`). Both are looked into, and each sheet is kept as CSV as well.
 *
 * @throws CliError `USAGE` for a target that cannot be one
 */
export function attendanceConfig({ data, workbook, targets }: AttendancePlaces): ConfigFile {
  const { $schema, targets: named = {} } = configDraft([], targets);
  return {
    ...($schema === undefined ? {} : { $schema }),
    sources: {
      excel: { path: workbook, exports: ['csv'] },
      npy: { path: data, include: ['*.npy'], exports: [] },
    },
    targets: named,
    defaultTarget: Object.keys(named)[0],
    guard: { onFailure: 'ask' },
  };
}
