import { linkSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import {
  type FileSystem,
  type HostView,
  type StepObserver,
  type SyncPool,
  syncPool,
  thisHost,
  thisSystem,
  type WholeSyncSystem,
} from '@holdfast/core/files';
import { cloneFile } from './clone.js';

/** What a program can ask of a folder target. */
export interface LocalFsOptions {
  /**
   * `auto` (default): many small files are made durable by one flush of the file system, where that is as safe as an fsync of
   * each. `fsync`: each file by itself, always.
   */
  readonly durableBy?: 'auto' | 'fsync' | undefined;
  /**
   * The folder is itself one snapshot, with no folder of its name between: a batch's root is what stands in it. A folder that holds such
   * a root says so itself; this is for one that holds nothing yet.
   */
  readonly single?: boolean | undefined;
  /**
   * Only where the folder is one snapshot: a batch may take the place of the one that stands there, which stays until the new one is whole and
   * durable. False by default: then a batch fails with `ALREADY_EXISTS`.
   */
  readonly replace?: boolean | undefined;
  /** Only with `single`: the new snapshot also takes the place of files that are nobody's, where they are in its way. */
  readonly force?: boolean | undefined;
  /** Is told of every step before it is taken. */
  readonly onStep?: StepObserver | undefined;
  /** Parts of the system, for tests that bend them. */
  readonly means?: Partial<LocalFsMeans> | undefined;
}

/** What a folder target takes from the system. */
export interface LocalFsMeans {
  /** Facts that stand in for those of the file system at the root. */
  readonly fileSystem: FileSystem | undefined;
  readonly host: HostView;
  /** Time between two signs of life of a batch. */
  readonly heartbeatMs: number;
  readonly system: WholeSyncSystem;
  readonly syncPool: () => SyncPool;
  /** Gives a staged file or folder its name. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Makes a hard link. */
  readonly link: (from: string, to: string) => void;
  /** Makes a new file that shares the blocks of another one (reflink); throws where that cannot be. */
  readonly clone: (from: string, to: string) => Promise<void>;
}

const MINUTE_MS = 60_000;

/** The system as it is, but for what is given. */
export function meansOf(given: Partial<LocalFsMeans> = {}): LocalFsMeans {
  return {
    fileSystem: undefined,
    host: given.host ?? thisHost(),
    heartbeatMs: MINUTE_MS,
    system: thisSystem(),
    syncPool,
    rename,
    link: linkSync,
    clone: cloneFile,
    ...given,
  };
}
