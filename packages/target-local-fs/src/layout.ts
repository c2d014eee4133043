import type { FlushWay, StagingClaim } from '@holdfast/core/files';
import type { CallOptions, CommitRecord, ObjectAttributes } from '@holdfast/core/target';
import type { Place } from './place.js';

/** How a batch keeps what it has not published yet, and publishes it: as a tree (with a root) or object by object. */
export interface StagingLayout {
  /**
   * The path to make the object at. Between this and `keep` or `forget` the object is under way, and no source of copies.
   *
   * @throws TargetError `ALREADY_EXISTS`, `INVALID_KEY`, or the error of the system
   */
  reserve(key: string): string;
  /** The reserved object stands at its path. */
  keep(key: string): void;
  /** It does not, and nothing is left at its path. */
  forget(key: string): void;
  /** Keeps a folder, and what it is to look like in the end. */
  addFolder(key: string, attributes: ObjectAttributes): void;
  /** The path of an object that was kept. */
  pathOfKept(key: string): string | undefined;
  /** Every regular file that was kept. */
  files(): Iterable<string>;
  /** Gets everything but the record ready to be flushed. @throws TargetError `ABORTED` if something has vanished. */
  prepare(): void;
  /**
   * Makes everything visible and durable, the record last. The files are durable already. When it rejects, nothing of the batch is
   * visible, as far as it could be taken back.
   */
  publish(record: CommitRecord | undefined, way: FlushWay, options: CallOptions): Promise<void>;
}

/** What a layout works with. */
export interface LayoutContext {
  readonly place: Place;
  readonly claim: StagingClaim;
}
