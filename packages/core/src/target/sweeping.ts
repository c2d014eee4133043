import type { CallOptions } from './target.js';

/** How {@link BackupTarget.removeRoot} is done. */
export interface RemoveRootOptions extends CallOptions {
  /** The record, a key below the root. Where the root cannot vanish in one step it goes first, durably, and then the rest. */
  readonly record?: string | undefined;
  /** Only tell what would go. */
  readonly dryRun?: boolean | undefined;
}

/** What a root held that has been removed, or would be. */
export interface RemovedRoot {
  readonly objects: number;
  /** Bytes that the medium gets back at the least: what other roots share, or may share, is not counted. */
  readonly sizeBytes: number;
}

/** How {@link BackupTarget.sweep} is done. */
export interface SweepOptions extends CallOptions {
  /** Only tell what is there. */
  readonly dryRun?: boolean | undefined;
  /**
   * Roots in which the caller has found no record, and nothing else that would keep them. Each goes as a whole if nothing in it is
   * younger than `abandonedAfterMs`. Where roots are whole (`wholeRoots`) there can be none, and those given are left alone.
   */
  readonly abandonedRoots?: readonly string[] | undefined;
  /**
   * Can this top segment of a key be a root of ours? In a bucket that others use as well their uploads are none of our business. All, if
   * it is left out.
   */
  readonly isOwnRoot?: ((root: string) => boolean) | undefined;
  /**
   * For how long nothing must have come, by the store's own clock, before unfinished uploads and roots without a record count as
   * abandoned: milliseconds, {@link ABANDONED_AFTER_MS} by default. Less may take a living batch of another machine.
   */
  readonly abandonedAfterMs?: number | undefined;
}

/** Something that a batch left which is not there any more. */
export interface Residue {
  /** What a batch has staged; an unfinished upload; a root without a record. */
  readonly kind: 'batch' | 'upload' | 'root';
  /** What the medium calls it. */
  readonly name: string;
  /** As far as the medium tells. */
  readonly sizeBytes: number;
  /** `living`: its owner may live, it is left alone. `dead`: it would be cleared, or could not be. `cleared`: it has been. */
  readonly state: 'living' | 'dead' | 'cleared';
}

/** Seven days: longer than any one upload takes, and than a laptop sleeps over a holiday weekend (law 3). */
export const ABANDONED_AFTER_MS: number = 7 * 24 * 60 * 60 * 1000;
