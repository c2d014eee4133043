import type { Problem } from '../../events/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { FileEntry } from '../../snapshot/index.js';
import { readingBytes, readSmallFiles, type SmallReadings } from '../../source/index.js';
import type { CallOptions } from '../../target/index.js';
import type { BackupContents } from './backup-contents.js';
import { fileDraft, type PlannedEntry } from './backup-entries.js';
import type { FileStore, StoredFile } from './backup-file.js';
import { type BackupLane, eachLane, type FileForLane } from './backup-lane.js';
import { GROUP_BYTES } from './entry-groups.js';
import type { FileOnLanes } from './file-on-lanes.js';
import { sharable } from './parent-snapshot.js';

/** A small file on its way. */
interface Task {
  readonly planned: PlannedEntry;
  readonly place: FileOnLanes;
  result: StoredFile | Problem | undefined;
}

interface KnownTask {
  readonly task: Task;
  readonly entry: FileEntry;
}

/**
 * Stores small files many at a time, because for them a call costs more than the bytes: read in one go in a thread, shared or put in
 * one call to each target. Whatever is not as simple as that goes through {@link FileStore}, one by one: what has changed, cannot
 * be read, cannot be shared.
 */
export class SmallFiles {
  readonly #lanes: readonly BackupLane[];
  readonly #options: CallOptions;
  readonly #files: FileStore;
  readonly #contents: BackupContents | undefined;
  readonly #free: SharedArrayBuffer[] = [];

  constructor(lanes: readonly BackupLane[], options: CallOptions, files: FileStore, contents?: BackupContents) {
    this.#contents = contents;
    this.#lanes = lanes;
    this.#options = options;
    this.#files = files;
  }

  /** Stores the files; the answers come in their order. A problem means that the file is skipped. */
  async store(planned: readonly PlannedEntry[]): Promise<readonly (StoredFile | Problem)[]> {
    const tasks = planned.map((item): Task => ({ planned: item, place: this.#files.placeOf(item), result: undefined }));
    await this.#shareUnchanged(tasks);
    await this.#adoptStaged(tasks);
    await this.#readAndStore(
      tasks.filter(({ planned: item, result }) => result === undefined && !this.#needsCare(item)),
    );
    const results: (StoredFile | Problem)[] = [];
    for (const { planned: item, place, result } of tasks) {
      results.push(result ?? (await this.#files.storeAt(item, place)));
    }
    return results;
  }

  /** Before its parent's bytes are shared they are compared: that is done for one file at a time. */
  #needsCare(planned: PlannedEntry): boolean {
    return planned.parents.some((parent) => parent !== undefined) && this.#files.isToBeReread(planned);
  }

  async #shareUnchanged(tasks: readonly Task[]): Promise<void> {
    const known: KnownTask[] = [];
    for (const task of tasks) {
      const entry = this.#files.unchangedEntry(task.planned);
      if (entry === undefined || !task.place.areParents((parent) => sharable(parent, entry))) continue;
      known.push({ task, entry });
    }
    await this.#share(known);
    for (const { task, entry } of known) {
      if (task.place.missing > 0) continue;
      task.place.settle(entry);
      task.result = { entry, reading: undefined };
    }
  }

  /** Takes over what a killed backup has staged, where every target has it. */
  async #adoptStaged(tasks: readonly Task[]): Promise<void> {
    const staged = tasks.flatMap((task) => {
      if (task.result !== undefined || task.planned.staged === undefined || !task.place.areAdopting) return [];
      const entry = this.#files.stagedEntry(task.planned);
      return entry === undefined ? [] : [{ task, entry, staged: task.planned.staged }];
    });
    if (staged.length === 0) return;
    await this.#onEachLane(
      staged,
      ({ task, entry, staged: { snapshotId } }, index) => ({
        fromId: snapshotId,
        key: task.place.keyOn(index),
        entry,
      }),
      (lane, files, stored) => lane.adoptAll(files, this.#options, stored),
    );
    for (const {
      task,
      entry,
      staged: { version },
    } of staged) {
      if (task.place.missing > 0) continue;
      task.place.settle(entry);
      task.result = { entry, reading: undefined, adopted: version };
    }
  }

  async #readAndStore(tasks: readonly Task[]): Promise<void> {
    if (tasks.length === 0) return;
    const files = tasks.map(({ planned }) => planned.walked);
    const memory = this.#takeMemory(readingBytes(files));
    try {
      // Where no thread can be had, each file is read by itself.
      const read = await readSmallFiles(files, memory).catch(() => undefined);
      if (read !== undefined) await this.#storeRead(tasks, read);
    } finally {
      // Every call that got bytes of it has settled.
      if (memory.byteLength === GROUP_BYTES) this.#free.push(memory);
    }
  }

  /** Memory is used again and again: what is thrown away would stay until the garbage collector comes, which does not see how large it is. */
  #takeMemory(sizeBytes: number): SharedArrayBuffer {
    if (sizeBytes > GROUP_BYTES) return new SharedArrayBuffer(sizeBytes);
    return this.#free.pop() ?? new SharedArrayBuffer(GROUP_BYTES);
  }

  async #storeRead(tasks: readonly Task[], { readings, bytesOf }: SmallReadings): Promise<void> {
    throwIfAborted(this.#options.signal);
    const read = tasks.flatMap((task, index) => {
      const reading = readings[index];
      if (reading === undefined) return [];
      const { sizeBytes, sha256, stable } = reading;
      const entry = { ...fileDraft(task.planned), sizeBytes, sha256, stable };
      return [{ task, entry, reading, bytes: bytesOf(index) }];
    });
    await this.#share(read.filter(({ task, entry }) => task.place.isInParents(entry)));
    await this.#onEachLane(
      read,
      ({ task, entry, bytes }, index) => ({ key: task.place.keyOn(index), entry, bytes }),
      (lane, files, stored) => lane.putAll(files, this.#options, stored),
    );
    for (const { task, entry, reading } of read) {
      task.place.settle(entry);
      task.result = { entry, reading };
    }
    if (this.#contents !== undefined) await this.#lookInto(read, this.#contents);
  }

  /** While the bytes are in memory, which is used again: what looks into them gets a copy. */
  async #lookInto(
    read: readonly { readonly task: Task; readonly entry: FileEntry; readonly bytes: Uint8Array }[],
    contents: BackupContents,
  ): Promise<void> {
    const wanted = read.filter(({ task }) => task.planned.look !== undefined);
    await Promise.all(
      wanted.map(async ({ task, entry, bytes }) => {
        const looked = await contents.look(task.planned, entry, { bytes: new Uint8Array(bytes) });
        if (looked !== undefined && task.result !== undefined && 'entry' in task.result)
          task.result = { ...task.result, looked };
      }),
    );
  }

  /** Takes from the parents what they have; what a target refuses stays missing there. */
  async #share(tasks: readonly KnownTask[]): Promise<void> {
    if (tasks.length === 0) return;
    await this.#onEachLane(
      tasks,
      ({ task, entry }, index) => {
        const fromKey = task.place.parentKeyOn(index, entry);
        return fromKey === undefined ? undefined : { fromKey, key: task.place.keyOn(index), entry };
      },
      (lane, files, stored) => lane.copyAll(files, this.#options, stored),
    );
  }

  /** One call with many files on each lane, of those that it does not hold yet; what it says it has stored it holds then. */
  #onEachLane<Known extends KnownTask, File extends FileForLane>(
    tasks: readonly Known[],
    fileOf: (known: Known, index: number) => File | undefined,
    call: (lane: BackupLane, files: readonly File[], stored: (position: number) => void) => Promise<void>,
  ): Promise<void> {
    return eachLane(this.#lanes, this.#options.signal, async (lane, index) => {
      const files: File[] = [];
      const asked: Known[] = [];
      for (const known of tasks) {
        const file = known.task.place.isHeldOn(index) ? undefined : fileOf(known, index);
        if (file === undefined) continue;
        files.push(file);
        asked.push(known);
      }
      await call(lane, files, (position) => {
        const { task, entry } = asked[position] as Known;
        task.place.hold(index, entry.sha256);
      });
    });
  }
}
