import type { FileSystem, HostView, StepObserver } from '@holdfast/core/files';

/** What a program can ask of a zip target. */
export interface ZipOptions {
  /**
   * Only for one named archive: a batch may take the place of an archive that is there. The old one stays until the new one is
   * whole and durable. False by default: then a batch fails with `ALREADY_EXISTS`.
   */
  readonly replace?: boolean | undefined;
  /** Is told of every step before it is taken. */
  readonly onStep?: StepObserver | undefined;
  /** Parts of the system, for tests that bend them. */
  readonly means?: Partial<ZipMeans> | undefined;
}

/** What a zip target takes from the system. */
export interface ZipMeans {
  /** Facts that stand in for those of the file system at the place. */
  readonly fileSystem: FileSystem | undefined;
  /** The machine and process that batches are claimed by. */
  readonly host: HostView | undefined;
  /** Time between two signs of life of a batch; a minute by default. */
  readonly heartbeatMs: number | undefined;
  /** Milliseconds since 1970: the time of entries that are put without one. */
  readonly now: () => number;
}

/** The system as it is, but for what is given. */
export function meansOf(given: Partial<ZipMeans> = {}): ZipMeans {
  return { fileSystem: undefined, host: undefined, heartbeatMs: undefined, now: Date.now, ...given };
}
