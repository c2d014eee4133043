import { join } from 'node:path';
import {
  type BackupOptions,
  type BackupSummary,
  type BackupTarget,
  backup,
  type ManifestItem,
  type RestoreOptions,
  type RestoreSummary,
  restore,
  showSnapshot,
} from '../src/index.js';
import { type MemoryStore, type MemoryTargetOptions, memoryStore, memoryTarget } from '../src/testing/index.js';
import { all, type Planting, plant, scratch } from './workspace.js';

const MINUTE_MS = 60_000;

/**
 * A source folder, called `data` in its snapshots, a state folder, an in-memory target and a clock. Each backup begins a minute
 * after the one before, and later than everything was written: so the times of files are settled without waiting.
 */
export class Lab {
  readonly source: string = scratch();
  readonly state: string = scratch();
  readonly store: MemoryStore;
  readonly target: BackupTarget;
  #minutes = 0;

  constructor(files: Planting = {}, options: MemoryTargetOptions = {}) {
    this.store = options.store ?? memoryStore();
    this.target = memoryTarget({ ...options, store: this.store });
    plant(this.source, files);
  }

  /** A path in the source. */
  path(name: string): string {
    return join(this.source, name);
  }

  /** The time of the next backup is so many minutes later than it would be. */
  wait(minutes: number): void {
    this.#minutes += minutes;
  }

  backup(options: Partial<BackupOptions> = {}): Promise<BackupSummary> {
    this.#minutes += 1;
    const now = new Date(Date.now() + this.#minutes * MINUTE_MS);
    return backup({
      sources: [{ path: this.source, name: 'data' }],
      targets: [this.target],
      stateDirectory: this.state,
      clock: { now: () => now },
      ...options,
    });
  }

  /** Restores the latest snapshot to a new folder. */
  async restore(options: Partial<RestoreOptions> = {}): Promise<RestoreSummary & { readonly into: string }> {
    const into = options.into ?? scratch();
    return { ...(await restore({ target: this.target, ...options, into })), into };
  }

  /** Restores the latest snapshot in place. */
  restoreInPlace(options: Partial<RestoreOptions> = {}): Promise<RestoreSummary> {
    return restore({ target: this.target, stateDirectory: this.state, ...options });
  }

  /** The items of a snapshot's manifest, the latest by default. */
  async entries(which?: string, target: BackupTarget = this.target): Promise<ManifestItem[]> {
    const shown = await showSnapshot({ target, which });
    try {
      return await all(shown.entries());
    } finally {
      await shown.close();
    }
  }
}
