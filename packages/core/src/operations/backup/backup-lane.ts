import { PlainWriter, writeTargetHeader } from '../../plain/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { type BackupTarget, type CallOptions, isTargetError, type ObjectSource } from '../../target/index.js';
import type { Report } from '../report.js';
import { ParentSnapshot } from './parent-snapshot.js';
import type { TargetSurvey } from './survey-target.js';

/** A file that goes to a lane with others. */
export interface FileForLane {
  /** Below the snapshot. */
  readonly key: string;
  readonly entry: FileEntry;
}

/** One target of a running backup. */
export class BackupLane {
  readonly target: BackupTarget;
  readonly writer: PlainWriter;
  readonly parent: ParentSnapshot | undefined;
  storedFiles = 0;
  storedBytes = 0;
  sharedFiles = 0;
  sharedBytes = 0;
  adoptedFiles = 0;
  adoptedBytes = 0;
  /** Why this target gets no snapshot, once that is so. */
  error: unknown;

  private constructor(writer: PlainWriter, parent: ParentSnapshot | undefined) {
    this.target = writer.target;
    this.writer = writer;
    this.parent = parent;
  }

  /**
   * Makes the target if it is new, begins the batch (which finds out whether it can be written), opens the parent.
   *
   * @param more `adopt`: ids of snapshots whose writing was killed. `contents`: what the parent says of contents is to be known.
   */
  static async open(
    survey: TargetSurvey,
    snapshotId: string,
    report: Report,
    options: CallOptions,
    { adopt = [], contents = false }: { readonly adopt?: readonly string[]; readonly contents?: boolean } = {},
  ): Promise<BackupLane> {
    const { target, relatives } = survey;
    if (survey.lacksHeader && target.capabilities.append) {
      await writeTargetHeader(target, options);
      if (survey.isNew) report.note('NEW_TARGET', `${target.url} is a new target`);
    }
    const writer = await PlainWriter.begin(target, snapshotId, options, adopt);
    try {
      return new BackupLane(writer, await ParentSnapshot.open(target, relatives, report, options, contents));
    } catch (error) {
      await writer.abort();
      await writer.close();
      throw error;
    }
  }

  get alive(): boolean {
    return this.error === undefined;
  }

  /** Stores a file's bytes under a key below the snapshot. */
  async put(
    key: string,
    entry: Omit<FileEntry, 'sha256' | 'stable'>,
    source: ObjectSource,
    options: CallOptions,
  ): Promise<void> {
    await this.writer.put(key, entry, source, options);
    // Exports are no files of a source: they are counted by themselves.
    if (entry.exportOf !== undefined) return;
    this.storedFiles += 1;
    this.storedBytes += source.sizeBytes;
  }

  /** Takes a file's bytes from another object of the target; false where it has to be put. */
  async copy(fromKey: string, key: string, entry: FileEntry, options: CallOptions): Promise<boolean> {
    if (!(await this.writer.copy(fromKey, key, entry, options))) return false;
    if (entry.exportOf !== undefined) return true;
    this.sharedFiles += 1;
    this.sharedBytes += entry.sizeBytes;
    return true;
  }

  /**
   * Stores many small files in one call. `stored` is told the position of each that is in; then the first error is thrown, if
   * there is one.
   */
  async putAll(
    files: readonly (FileForLane & { readonly bytes: Uint8Array })[],
    options: CallOptions,
    stored: (position: number) => void,
  ): Promise<void> {
    if (files.length === 0) return;
    let failure: PromiseRejectedResult | undefined;
    for (const [position, outcome] of (await this.writer.putAll(files, options)).entries()) {
      if (outcome.status === 'rejected') {
        failure ??= outcome;
        continue;
      }
      this.storedFiles += 1;
      this.storedBytes += files[position]?.bytes.byteLength ?? 0;
      stored(position);
    }
    if (failure !== undefined) throw failure.reason;
  }

  /** Takes many files from other objects of the target in one call; `stored` is told of each that could be taken. */
  async copyAll(
    files: readonly (FileForLane & { readonly fromKey: string })[],
    options: CallOptions,
    stored: (position: number) => void,
  ): Promise<void> {
    if (files.length === 0) return;
    for (const [position, isCopied] of (await this.writer.copyAll(files, options)).entries()) {
      if (!isCopied) continue;
      this.sharedFiles += 1;
      this.sharedBytes += files[position]?.entry.sizeBytes ?? 0;
      stored(position);
    }
  }

  /** Takes over many files that a killed backup has staged, in one call; `stored` is told of each that could be taken. */
  async adoptAll(
    files: readonly (FileForLane & { readonly fromId: string })[],
    options: CallOptions,
    stored: (position: number) => void,
  ): Promise<void> {
    if (files.length === 0) return;
    for (const [position, isAdopted] of (await this.writer.adoptAll(files, options)).entries()) {
      if (!isAdopted) continue;
      this.adoptedFiles += 1;
      this.adoptedBytes += files[position]?.entry.sizeBytes ?? 0;
      stored(position);
    }
  }

  /** This target gets no snapshot. What was put is taken back when the lane is closed. */
  fail(error: unknown): void {
    this.error ??= error;
  }

  async close(committed: boolean): Promise<void> {
    if (!committed) await this.writer.abort();
    await this.parent?.close();
    await this.writer.close();
  }
}

/**
 * Does something on every lane that lives, side by side. An error of a target ends that lane only. Any other error (the
 * source's, or the end by a signal) is thrown when all have settled, and so is the lanes' own when none lives any more.
 *
 * @param settled called for each lane, living or not, when nothing more comes for it.
 */
export async function eachLane(
  lanes: readonly BackupLane[],
  signal: AbortSignal | undefined,
  work: (lane: BackupLane, index: number) => Promise<void>,
  settled?: (index: number) => void,
): Promise<void> {
  const results = await Promise.allSettled(
    lanes.map(async (lane, index) => {
      try {
        if (lane.alive) await work(lane, index);
      } catch (error) {
        if (!isTargetError(error) || signal?.aborted === true) throw error;
        lane.fail(error);
      } finally {
        settled?.(index);
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  if (lanes.every((lane) => !lane.alive)) throw lanes[0]?.error;
}
