import { SortedCursor } from '../flow/sorted-cursor.js';
import { HoldfastError, isHoldfastError } from '../holdfast-error.js';
import {
  PlainSnapshot,
  PlainWriter,
  readCatalog,
  readTargetHeader,
  refuseTarget,
  writeRefusal,
  writeTargetHeader,
} from '../plain/index.js';
import type { FileEntry } from '../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { isNewer, type WholeSnapshot } from './catalog-view.js';
import { filesOf, type ParentFile } from './parent-files.js';
import type { Report } from './report.js';

/** What a target holds that matters to a new snapshot. */
export interface TargetSurvey {
  readonly target: BackupTarget;
  /** Whole snapshots that have a source in common with the new one, the newest first. */
  readonly relatives: readonly WholeSnapshot[];
  readonly isNew: boolean;
}

/**
 * Looks at a target before anything is copied.
 *
 * @throws HoldfastError `FORMAT_UNSUPPORTED`; `TARGET_NOT_EMPTY` if other content is there and `adoptPlace` is not set.
 */
export async function surveyTarget(
  target: BackupTarget,
  sourceIds: ReadonlySet<string>,
  adoptPlace: boolean,
  options: CallOptions,
): Promise<TargetSurvey> {
  const header = await readTargetHeader(target, options);
  if (header !== undefined) refuseTarget(target.url, writeRefusal(header.versions));
  const relatives: WholeSnapshot[] = [];
  let ours = header !== undefined;
  for await (const item of readCatalog(target, options)) {
    if (item.status !== 'none') ours = true;
    if (item.status === 'ok' && item.prefix === '') {
      throw new HoldfastError({
        code: 'TARGET_NOT_EMPTY',
        message: `${target.url} is itself one snapshot; no other can be put into it`,
        hint: 'Name the folder above it, or a new place.',
      });
    }
    if (item.status === 'ok' && item.record.payload.sources.some(({ id }) => sourceIds.has(id))) relatives.push(item);
  }
  if (!ours && !adoptPlace) await refuseForeignContent(target, options);
  return { target, relatives: relatives.sort((left, right) => (isNewer(left, right) ? -1 : 1)), isNew: !ours };
}

async function refuseForeignContent(target: BackupTarget, options: CallOptions): Promise<void> {
  for await (const { key } of target.list('', { ...options, oneLevel: true })) {
    throw new HoldfastError({
      code: 'TARGET_NOT_EMPTY',
      message: `${target.url} holds other things ("${key}"), and no snapshot`,
      hint: 'Name an empty or a new place, or confirm with --yes that snapshots belong there.',
    });
  }
}

/** One target of a running backup. */
export class BackupLane {
  readonly target: BackupTarget;
  readonly writer: PlainWriter;
  readonly parent: PlainSnapshot | undefined;
  readonly #parentFiles: SortedCursor<ParentFile> | undefined;
  storedFiles = 0;
  storedBytes = 0;
  sharedFiles = 0;
  sharedBytes = 0;
  /** Why this target gets no snapshot, once that is so. */
  error: unknown;

  private constructor(writer: PlainWriter, parent: PlainSnapshot | undefined) {
    this.target = writer.target;
    this.writer = writer;
    this.parent = parent;
    this.#parentFiles =
      parent === undefined ? undefined : new SortedCursor(filesOf(parent), ({ pathBytes }) => pathBytes);
  }

  /** Makes the target if it is new, begins the batch (which finds out whether it can be written), opens the parent. */
  static async open(
    survey: TargetSurvey,
    snapshotId: string,
    report: Report,
    options: CallOptions,
  ): Promise<BackupLane> {
    const { target } = survey;
    if (survey.isNew && target.capabilities.append) {
      await writeTargetHeader(target, options);
      report.note('NEW_TARGET', `${target.url} is a new target`);
    }
    const writer = await PlainWriter.begin(target, snapshotId, options);
    try {
      return new BackupLane(writer, target.capabilities.copy ? await openParent(survey, report, options) : undefined);
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  get alive(): boolean {
    return this.error === undefined;
  }

  /** The parent's file of this path. Paths must come in the order of the manifest. */
  async parentFile(pathBytes: Buffer): Promise<FileEntry | undefined> {
    return (await this.#parentFiles?.find(pathBytes))?.entry;
  }

  /** This target gets no snapshot. What was put is taken back when the lane is closed. */
  fail(error: unknown): void {
    this.error ??= error;
  }

  async close(committed: boolean): Promise<void> {
    if (!committed) await this.writer.abort();
    await this.#parentFiles?.close();
    await this.parent?.close();
    await this.writer.close();
  }
}

async function openParent(
  survey: TargetSurvey,
  report: Report,
  options: CallOptions,
): Promise<PlainSnapshot | undefined> {
  for (const { prefix, record } of survey.relatives) {
    try {
      return await PlainSnapshot.open(survey.target, prefix, record, options);
    } catch (error) {
      if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
      report.note('PARENT_DAMAGED', error.message);
    }
  }
  return undefined;
}
