import { closeSync, openSync } from 'node:fs';
import type { FileSystemKind } from './file-system-facts.js';
import { errorCode } from './node-error.js';
import type { StepOptions } from './step.js';
import { NO_FOLDER_SYNC } from './sync-folder.js';
import { type SyncPool, syncPool } from './sync-pool.js';
import {
  hasTrustedSync,
  isLittleDirty,
  MAX_DIRTY_BYTES,
  mayTrustWholeSync,
  thisSystem,
  type WholeSyncSystem,
} from './whole-sync.js';
import { withinReach } from './within-reach.js';

/** How files were made durable: each by itself, or by one flush of the file system. */
export type FlushWay = 'fsync' | 'syncfs';

export interface FileFlusherOptions extends StepOptions {
  readonly kind: FileSystemKind;
  /** `fsync`: each file by itself, always. By default what is faster where it is as safe. */
  readonly way?: 'auto' | 'fsync' | undefined;
  readonly system?: WholeSyncSystem | undefined;
  readonly pool?: SyncPool | undefined;
}

/** What {@link FileFlusher.finish} works on. */
export interface FlushScope {
  /** A folder on the file system that holds the files. */
  readonly folder: string;
  /**
   * The files and folders that were added, found again: used only where a planned whole flush turns out to be too dear.
   * A path that is not text is given by its bytes.
   */
  paths(): Iterable<string | Buffer>;
}

/** Makes many written files durable. */
export interface FileFlusher {
  /**
   * Takes over a descriptor that has just written a file: flushes it now or later, and closes it. The promise, where there
   * is one, is for back-pressure: await it before more is written.
   */
  add(descriptor: number, sizeBytes: number, path: string): Promise<void> | undefined;
  /** The same for a folder in which all is done. Where folders cannot be flushed that is no error. */
  addFolder(descriptor: number, path: string): Promise<void> | undefined;
  /**
   * So many more small files are about to be written elsewhere: may their writer close them? Then {@link finish} makes them
   * durable. If not, their descriptors come here by {@link add}.
   */
  closesSmall(count: number): Promise<boolean>;
  /** Resolves when everything added is durable; rejects with the first error of the system, and then nothing is sure. */
  finish(scope: FlushScope): Promise<FlushWay>;
  /** Lets everything go without flushing, after what is under way. Must be called where `finish` is not; harmless after it. */
  drop(): Promise<void>;
}

/** Larger files are always flushed by their own descriptor: a whole flush is for the cost per file, not per byte. */
export const SMALL_FILE_BYTES: number = 1024 * 1024;
/** Up to this many small files a flush of each is as fast as one of the whole file system. */
const FEW_FILES = 256;
/** Descriptors that may wait open at once. */
const MAX_WAITING = 512;

interface Written {
  readonly descriptor: number;
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * A flusher for one batch of files. Each file is flushed through the descriptor that wrote it (another one may miss an error
 * of its writing), many at a time. Above {@link FEW_FILES} small files one flush of the file system stands for theirs, only
 * where all of this holds: Linux from 5.8, `sync` of GNU coreutils, ext, xfs, btrfs, zfs or f2fs, and less than
 * {@link MAX_DIRTY_BYTES} of unwritten bytes on the machine.
 */
export function fileFlusher(options: FileFlusherOptions): FileFlusher {
  const { kind, way = 'auto', system = thisSystem(), pool = syncPool(), onStep } = options;
  /** Small files that wait for the decision: `undefined` once it is taken. */
  let undecided: Written[] | undefined = way === 'auto' && mayTrustWholeSync(system, kind) ? [] : undefined;
  let deciding: Promise<void> | undefined;
  let whole = false;
  let waiting = 0;
  /** Files of which {@link FileFlusher.closesSmall} was asked. */
  let expected = 0;
  let failure: { readonly error: unknown } | undefined;
  const wakeUp: (() => void)[] = [];

  function flush(written: Written): void {
    onStep?.({ kind: 'sync', path: written.path });
    waiting += 1;
    void flushAndClose(written)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        waiting -= 1;
        for (const wake of wakeUp.splice(0)) wake();
      });
  }

  async function flushAndClose({ descriptor, path, isFolder }: Written): Promise<void> {
    try {
      await pool.sync(descriptor);
    } catch (error) {
      if (isFolder && NO_FOLDER_SYNC.has(errorCode(error))) return;
      throw error instanceof Error ? Object.assign(error, { path }) : error;
    } finally {
      closeSync(descriptor);
    }
  }

  /** Resolves when fewer than `limit` are under way. */
  async function room(limit: number): Promise<void> {
    while (waiting >= limit) await new Promise<void>((resolve) => wakeUp.push(resolve));
  }

  async function decide(): Promise<void> {
    const trusted = isLittleDirty(system) && (await hasTrustedSync(system));
    const held = undecided ?? [];
    undecided = undefined;
    whole = trusted;
    for (const written of held) {
      if (trusted) closeSync(written.descriptor);
      else flush(written);
    }
  }

  function add(descriptor: number, sizeBytes: number, path: string): Promise<void> | undefined {
    return take({ descriptor, path, isFolder: false }, sizeBytes);
  }

  function addFolder(descriptor: number, path: string): Promise<void> | undefined {
    return take({ descriptor, path, isFolder: true }, 0);
  }

  function take(written: Written, sizeBytes: number): Promise<void> | undefined {
    const small = sizeBytes <= SMALL_FILE_BYTES;
    if (small && undecided !== undefined) {
      undecided.push(written);
      if (undecided.length > FEW_FILES) deciding ??= decide();
      return deciding;
    }
    if (small && whole) {
      closeSync(written.descriptor);
      return undefined;
    }
    flush(written);
    return waiting >= MAX_WAITING ? room(MAX_WAITING) : undefined;
  }

  async function closesSmall(count: number): Promise<boolean> {
    expected += count;
    if (undecided !== undefined && expected > FEW_FILES) deciding ??= decide();
    await deciding;
    return whole;
  }

  async function finish(scope: FlushScope): Promise<FlushWay> {
    try {
      await deciding;
      for (const written of undecided?.splice(0) ?? []) flush(written);
      const byWhole = whole && isLittleDirty(system);
      if (byWhole) {
        onStep?.({ kind: 'syncfs', path: scope.folder });
        await system.syncWhole(scope.folder);
      } else if (whole) {
        await flushEach(scope.paths());
      }
      await room(1);
      if (failure !== undefined) throw failure.error;
      return byWhole ? 'syncfs' : 'fsync';
    } finally {
      await drop();
    }
  }

  /** Files whose descriptors were closed already, because a whole flush was planned. */
  async function flushEach(paths: Iterable<string | Buffer>): Promise<void> {
    for (const path of paths) {
      flush({
        descriptor: withinReach(Buffer.from(path), (address) => openSync(address, 'r')),
        path: path.toString(),
        isFolder: false,
      });
      await room(MAX_WAITING);
    }
  }

  async function drop(): Promise<void> {
    await deciding?.catch(() => undefined);
    for (const written of undecided?.splice(0) ?? []) closeSync(written.descriptor);
    await room(1);
    await pool.close();
  }

  return { add, addFolder, closesSmall, finish, drop };
}
