import { holdsContent } from '../../plain/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { type CallOptions, type ObjectSource, TargetError } from '../../target/index.js';
import type { PlannedEntry } from './backup-entries.js';
import { type BackupLane, eachLane } from './backup-lane.js';
import { sharable } from './parent-snapshot.js';

/** Stores the file on one lane, and gives the SHA-256 of what the lane then holds; `undefined` if it holds nothing. */
type StoreOnLane = (lane: BackupLane, key: string, index: number) => Promise<string | undefined>;

/**
 * One file on its way to every target of a backup. A key can be stored once, so it knows what each lane holds already; at
 * the end all must hold the same bytes, or the manifest would lie of one of them.
 */
export class FileOnLanes {
  readonly #lanes: readonly BackupLane[];
  readonly #planned: Pick<PlannedEntry, 'keys' | 'parents'>;
  readonly #options: CallOptions;
  /** Compare the parent's stored bytes before they are shared: what has rotted is stored anew. */
  readonly #checksParents: boolean;
  /** By lane: the SHA-256 of what is stored under the file's key. */
  readonly #held: (string | undefined)[] = [];

  constructor(
    lanes: readonly BackupLane[],
    planned: Pick<PlannedEntry, 'keys' | 'parents'>,
    options: CallOptions,
    checksParents: boolean,
  ) {
    this.#lanes = lanes;
    this.#planned = planned;
    this.#options = options;
    this.#checksParents = checksParents;
  }

  get laneCount(): number {
    return this.#lanes.length;
  }

  /** How many lanes live and do not hold the file yet. */
  get missing(): number {
    return this.#lanes.filter((lane, index) => lane.alive && this.#held[index] === undefined).length;
  }

  /** Would each lane that does not hold the file find it in its parent, as far as `fits` can tell? */
  areParents(fits: (parent: FileEntry) => boolean): boolean {
    return this.#lanes.every((lane, index) => {
      const parent = lane.parent?.canShare === true ? this.#planned.parents[index] : undefined;
      return !lane.alive || this.#held[index] !== undefined || (parent !== undefined && fits(parent));
    });
  }

  /** The file's key on a lane. */
  keyOn(index: number): string {
    const key = this.#planned.keys[index];
    if (key === undefined) throw new Error('a file always has a key');
    return key;
  }

  isHeldOn(index: number): boolean {
    return this.#held[index] !== undefined;
  }

  /** A lane holds the file, stored by a call with many files. */
  hold(index: number, sha256: string): void {
    this.#held[index] = sha256;
  }

  /** Where a lane that does not hold the file would take it from: its parent's file, if it is equal. */
  parentKeyOn(index: number, entry: FileEntry): string | undefined {
    const parent = this.#planned.parents[index];
    const snapshot = this.#lanes[index]?.parent;
    if (parent === undefined || snapshot?.canShare !== true || this.isHeldOn(index) || !sharable(parent, entry))
      return undefined;
    return snapshot.keyOf(parent);
  }

  /** Could each lane that does not hold the file take it over from a killed backup? */
  get areAdopting(): boolean {
    return this.#lanes.every(
      (lane, index) => !lane.alive || this.isHeldOn(index) || lane.target.capabilities.adopts === true,
    );
  }

  /** Does the parent of any lane that does not hold the file have it? */
  isInParents(entry: FileEntry): boolean {
    return this.#lanes.some((_, index) => this.parentKeyOn(index, entry) !== undefined);
  }

  /** Shares the parents' files where they are equal. True if every lane holds the file now. */
  async share(entry: FileEntry): Promise<boolean> {
    await this.store((lane, key, index) => this.#shareOn(lane, key, index, entry));
    return this.missing === 0;
  }

  /** Shares the file that this snapshot holds under other keys (by lane). True if every lane holds the file now. */
  async link(fromKeys: PlannedEntry['keys'], entry: FileEntry): Promise<boolean> {
    await this.store(async (lane, key, index) => {
      const from = fromKeys[index];
      const linked = from !== undefined && (await lane.copy(lane.writer.fullKey(from), key, entry, this.#options));
      return linked ? entry.sha256 : undefined;
    });
    return this.missing === 0;
  }

  /** Shares where that is possible, and puts the bytes elsewhere. */
  async shareOrPut(entry: FileEntry, source: ObjectSource): Promise<void> {
    await this.store(async (lane, key, index) => {
      const shared = await this.#shareOn(lane, key, index, entry);
      if (shared !== undefined) return shared;
      await lane.put(key, entry, source, this.#options);
      return entry.sha256;
    });
  }

  /** Does `work` on each lane that does not hold the file. */
  async store(work: StoreOnLane, settled?: (index: number) => void): Promise<void> {
    const onLane = async (lane: BackupLane, index: number): Promise<void> => {
      const key = this.keyOn(index);
      if (this.#held[index] === undefined) this.#held[index] = await work(lane, key, index);
    };
    await eachLane(this.#lanes, this.#options.signal, onLane, settled);
  }

  /** The file is this entry now. A lane that took other bytes of it, before it changed, cannot become whole. */
  settle(entry: FileEntry): void {
    for (const [index, lane] of this.#lanes.entries()) {
      if (!lane.alive || this.#held[index] === entry.sha256) continue;
      lane.fail(
        new TargetError({
          code: 'SIZE_MISMATCH',
          reason: `${entry.path} changed between two readings that had to be equal`,
          url: lane.target.url,
          operation: 'put',
          hint: 'Run the backup again.',
        }),
      );
    }
  }

  async #shareOn(lane: BackupLane, key: string, index: number, entry: FileEntry): Promise<string | undefined> {
    const parentKey = this.parentKeyOn(index, entry);
    if (parentKey === undefined) return undefined;
    if (this.#checksParents && !(await holdsContent(lane.target, parentKey, entry, this.#options))) return undefined;
    return (await lane.copy(parentKey, key, entry, this.#options)) ? entry.sha256 : undefined;
  }
}
