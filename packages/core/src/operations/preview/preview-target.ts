import { type BackupTarget, type CallOptions, isTargetError } from '../../target/index.js';
import { ParentSnapshot } from '../backup/parent-snapshot.js';
import { surveyTarget } from '../backup/survey-target.js';
import type { Report } from '../report.js';
import { copiesTakeSpace, type SpaceForecast, SpaceTally } from '../space-forecast.js';
import { assertWritable } from './writable-place.js';

/** One target of a previewed backup: looked at, never written to. */
export class PreviewTarget {
  readonly target: BackupTarget;
  readonly isNew: boolean;
  /** What the new snapshot would share with. */
  readonly parent: ParentSnapshot | undefined;
  /** Why it would take no part. */
  readonly error: unknown;
  storedFiles = 0;
  storedBytes = 0;
  sharedFiles = 0;
  sharedBytes = 0;
  readonly #space: SpaceTally | undefined;

  private constructor(
    target: BackupTarget,
    found: { isNew?: boolean; parent?: ParentSnapshot | undefined; error?: unknown },
  ) {
    this.target = target;
    this.isNew = found.isNew === true;
    this.parent = found.parent;
    this.error = found.error;
    this.#space = copiesTakeSpace(target.capabilities) ? new SpaceTally(target) : undefined;
  }

  /** A target of a backup that begins, looked at without a word. */
  static of(target: BackupTarget, parent: ParentSnapshot | undefined): PreviewTarget {
    return new PreviewTarget(target, { parent });
  }

  /** What it would take in all, where every snapshot takes its full space. */
  get space(): SpaceForecast | undefined {
    return this.#space?.forecast;
  }

  /** @throws HoldfastError `FORMAT_UNSUPPORTED`, `TARGET_NOT_EMPTY`. */
  static async look(
    target: BackupTarget,
    wanted: { readonly sourceIds: ReadonlySet<string>; readonly adoptPlace: boolean },
    report: Report,
    options: CallOptions,
  ): Promise<PreviewTarget> {
    try {
      const { isNew, relatives } = await surveyTarget(target, wanted.sourceIds, wanted.adoptPlace, options);
      assertWritable(target);
      return new PreviewTarget(target, {
        isNew,
        parent: await ParentSnapshot.open(target, relatives, report, options),
      });
    } catch (error) {
      if (!isTargetError(error) || options.signal?.aborted === true) throw error;
      return new PreviewTarget(target, { error });
    }
  }

  /** A file that it would hold. */
  take(sizeBytes: number, isShared: boolean): void {
    this.#space?.take(sizeBytes, isShared);
    if (isShared) {
      this.sharedFiles += 1;
      this.sharedBytes += sizeBytes;
    } else {
      this.storedFiles += 1;
      this.storedBytes += sizeBytes;
    }
  }
}
