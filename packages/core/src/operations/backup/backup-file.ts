import type { Problem } from '../../events/index.js';
import { Spool } from '../../flow/spool.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { FileEntry } from '../../snapshot/index.js';
import {
  ChangedWhileRead,
  LongerThanSaid,
  type Reading,
  SourceFile,
  sameVersion,
  WHOLE_FILE_BYTES,
} from '../../source/index.js';
import { type FileVersion, isSameVersion } from '../../state/index.js';
import { bytesSource, type CallOptions } from '../../target/index.js';
import type { Report } from '../report.js';
import type { BackupContents, LookedContent } from './backup-contents.js';
import { type PlannedEntry, redraft } from './backup-entries.js';
import type { BackupLane } from './backup-lane.js';
import { lookedInto, type Tap, withTap } from './content-tap.js';
import { FileOnLanes } from './file-on-lanes.js';
import { fileProblem } from './file-problem.js';
import { HardLinks } from './hard-links.js';
import { looksEqual, sharable } from './parent-snapshot.js';
import { isDueForReading } from './rereading.js';
import { streamFile } from './stream-file.js';

/** A file that has been stored on every lane that lives. */
export interface StoredFile {
  readonly entry: FileEntry;
  /** The reading it came from; absent when the file was not read, because it is the version that was read before. */
  readonly reading: Reading | undefined;
  /** The version that a killed backup had read and staged, and that was taken over from it. */
  readonly adopted?: FileVersion | undefined;
  /** What was found in the bytes while they were at hand. */
  readonly looked?: LookedContent | undefined;
}

/** How files are stored. */
export interface FileStoreSettings {
  /** Read every file, also those that have not changed. */
  readonly rehash: boolean;
  /** The start of the backup, milliseconds since 1970. */
  readonly nowMs: number;
  /** Opens a file of a source, so that a test can change it right then. */
  readonly openFile?: ((location: Buffer) => SourceFile) | undefined;
  /** Looks into files that are to be looked into. */
  readonly contents?: BackupContents | undefined;
}

/** The first name of a file that has several. */
interface FirstName {
  readonly number: number;
  readonly stored: Promise<StoredFile | Problem>;
  readonly keys: PlannedEntry['keys'];
  /** As the walk saw it. */
  readonly stats: PlannedEntry['walked']['stats'];
}

/** A file that is to be read, and where it goes. */
interface Task {
  readonly planned: PlannedEntry;
  readonly hardLink: number | undefined;
  readonly place: FileOnLanes;
}

/** Stores files on the lanes of one backup: read once, shared where the target's parent has the same, put where not. */
export class FileStore {
  readonly #lanes: readonly BackupLane[];
  readonly #report: Report;
  readonly #options: CallOptions;
  readonly #settings: FileStoreSettings;
  readonly links: HardLinks<FirstName> = new HardLinks();
  /** Large files for several lanes go one after another: readers in lockstep must not wait for each other's places. */
  #lockstep: Promise<unknown> = Promise.resolve();

  constructor(lanes: readonly BackupLane[], report: Report, options: CallOptions, settings: FileStoreSettings) {
    this.#lanes = lanes;
    this.#report = report;
    this.#options = options;
    this.#settings = settings;
  }

  /** Stores one planned file; called in the order of the manifest, may run side by side. A problem means it is skipped. */
  store(planned: PlannedEntry): Promise<StoredFile | Problem> {
    const { stats } = planned.walked;
    const place = this.placeOf(planned);
    if (stats.nlink <= 1n) return this.storeAt(planned, place);
    const first = this.links.find(stats);
    if (first !== undefined) return this.#storeFurtherName(planned, place, first);
    const number = this.links.nextNumber();
    const stored = this.#storeNamed({ planned, hardLink: number, place });
    this.links.keep(stats, { number, stored, keys: planned.keys, stats });
    return stored;
  }

  /** A planned file that no lane holds yet. */
  placeOf(planned: PlannedEntry): FileOnLanes {
    return new FileOnLanes(this.#lanes, planned, this.#options, this.isToBeReread(planned));
  }

  /** Stores a file of one name on the lanes that do not hold it. */
  storeAt(planned: PlannedEntry, place: FileOnLanes): Promise<StoredFile | Problem> {
    return this.#storeNamed({ planned, hardLink: undefined, place });
  }

  /** A further name of a file that is stored already. Where a target cannot copy it is read again, and must be the same. */
  async #storeFurtherName(planned: PlannedEntry, place: FileOnLanes, first: FirstName): Promise<StoredFile | Problem> {
    const task = { planned, hardLink: first.number, place };
    const stored = await first.stored;
    if (!('entry' in stored)) return this.#storeNamed(task);
    // An inode number is given again when a file is gone, and a file can be written to between two of its names.
    if (!sameVersion(stored.reading?.stats ?? first.stats, planned.walked.stats))
      return this.#storeNamed({ ...task, hardLink: this.links.nextNumber() });
    const { sizeBytes, sha256, stable, mode, mtimeNs } = stored.entry;
    const entry = { ...draftOf(task, planned.walked.stats), mode, mtimeNs, sizeBytes, sha256, stable };
    if (await place.link(first.keys, entry)) return { entry, reading: undefined };
    return this.#storeNamed(task);
  }

  async #storeNamed(task: Task): Promise<StoredFile | Problem> {
    const { planned, place } = task;
    try {
      const entry = this.unchangedEntry(planned, task.hardLink);
      const inParents = entry !== undefined && place.areParents((parent) => sharable(parent, entry));
      if (inParents && (await place.share(entry))) return this.#settled(task, entry, undefined);
      return (await this.#adopt(task)) ?? (await this.#readAndStore(task));
    } catch (error) {
      return fileProblem(planned, error);
    }
  }

  /** Is the file read although nothing says that it has changed? Then what is stored is looked at as well. */
  isToBeReread({ version, walked }: PlannedEntry): boolean {
    const { rehash, nowMs } = this.#settings;
    return rehash || (version !== undefined && isDueForReading(walked.pathBytes, version.readAtMs, nowMs));
  }

  /** Is the file surely what it was when it was last read, its attributes among it? */
  isUnchanged(planned: PlannedEntry): boolean {
    const { version, walked } = planned;
    return version !== undefined && isSameVersion(version, walked.stats) && !this.isToBeReread(planned);
  }

  /** The entry of a file that is surely what it was when it was last read. */
  unchangedEntry(planned: PlannedEntry, hardLink?: number): FileEntry | undefined {
    const { version, walked } = planned;
    if (version === undefined || !this.isUnchanged(planned)) return undefined;
    return { ...draftOf({ planned, hardLink }, walked.stats), sha256: version.sha256 };
  }

  /** The entry of a file that a killed backup has staged, and that has not changed since. */
  stagedEntry(planned: PlannedEntry, hardLink?: number): FileEntry | undefined {
    if (planned.staged === undefined || this.isToBeReread(planned)) return undefined;
    return { ...draftOf({ planned, hardLink }, planned.walked.stats), sha256: planned.staged.version.sha256 };
  }

  /** Takes the file over from a killed backup, where every target has it. */
  async #adopt(task: Task): Promise<StoredFile | undefined> {
    const { planned, place } = task;
    const entry = this.stagedEntry(planned, task.hardLink);
    if (entry === undefined || planned.staged === undefined || !place.areAdopting) return undefined;
    const { snapshotId: fromId, version } = planned.staged;
    await place.store(async (lane, key) => {
      let isAdopted = false;
      await lane.adoptAll([{ fromId, key, entry }], this.#options, () => {
        isAdopted = true;
      });
      return isAdopted ? entry.sha256 : undefined;
    });
    if (place.missing > 0) return undefined;
    return { ...this.#settled(task, entry, undefined), adopted: version };
  }

  /** Reads the file, and once more if it changes meanwhile; what the second reading gives is stored, whatever it is. */
  async #readAndStore(task: Task): Promise<StoredFile> {
    return (await this.#tryStore(task, false)) ?? (await this.#tryStore(task, true)) ?? neverComes();
  }

  /** `undefined` if the file changed while it was read, and `last` is not set. */
  async #tryStore(task: Task, last: boolean): Promise<StoredFile | undefined> {
    const { openFile = (location) => new SourceFile(location), contents } = this.#settings;
    const file = openFile(task.planned.walked.location);
    try {
      if (file.sizeBytes <= WHOLE_FILE_BYTES) return await this.#storeSmall(file, task, last);
      return (
        (await withTap(task.planned, contents, (tap) => this.#shareEqual(file, task, tap))) ??
        (await withTap(task.planned, contents, (tap) =>
          last ? this.#storeSpooled(file, task, tap) : this.#storeStreamed(file, task, tap),
        ))
      );
    } catch (error) {
      if (error instanceof ChangedWhileRead && !last) return undefined;
      if (error instanceof LongerThanSaid)
        return await withTap(task.planned, contents, (tap) => this.#storeSpooled(file, task, tap, true));
      throw error;
    } finally {
      file.close();
    }
  }

  async #storeSmall(file: SourceFile, task: Task, last: boolean): Promise<StoredFile | undefined> {
    const { bytes, reading } = file.readWhole();
    if (!reading.stable && !last) return undefined;
    const entry = entryOf(task, reading);
    await task.place.shareOrPut(entry, bytesSource(bytes));
    this.#advance(task.planned, bytes.length);
    return lookedInto(task.planned, this.#settings.contents, this.#settled(task, entry, reading), { bytes });
  }

  /** The parents seem to hold this large file: read it first, and store nothing if they do. */
  async #shareEqual(file: SourceFile, task: Task, tap: Tap): Promise<StoredFile | undefined> {
    const draft = draftOf(task, file.stats);
    if (!task.place.areParents((parent) => looksEqual(parent, draft))) return undefined;
    const reading = await this.#readThrough(file, task, tap);
    if (!reading.stable) return undefined;
    const entry = entryOf(task, reading);
    return (await task.place.share(entry)) ? this.#settled(task, entry, reading) : undefined;
  }

  async #storeStreamed(file: SourceFile, task: Task, tap: Tap): Promise<StoredFile> {
    const { place, planned } = task;
    const stream = (): Promise<Reading> =>
      streamFile(
        file,
        place,
        draftOf(task, file.stats),
        (piece) => {
          this.#advance(planned, piece.byteLength);
          return tap(piece);
        },
        this.#options,
      );
    const turn = place.missing > 1 ? this.#lockstep.then(stream) : stream();
    if (place.missing > 1) this.#lockstep = turn.catch(() => undefined);
    const reading = await turn;
    return this.#settled(task, entryOf(task, reading), reading);
  }

  /**
   * It changes each time it is read, or is longer than it was said to be: take what one last reading gives, through a temporary file.
   *
   * @param toEnd read to where nothing comes any more, whatever size was said.
   */
  async #storeSpooled(file: SourceFile, task: Task, tap: Tap, toEnd = false): Promise<StoredFile> {
    const spool = new Spool();
    const take = async (piece: Uint8Array): Promise<void> => {
      await tap(piece);
      await spool.append(piece);
    };
    try {
      const reading = await this.#readThrough(file, task, take, toEnd);
      const entry = entryOf(task, reading);
      await task.place.shareOrPut(entry, spool.source);
      return this.#settled(task, entry, reading);
    } finally {
      await spool.close();
    }
  }

  async #readThrough(file: SourceFile, { planned }: Task, take: Tap, toEnd = false): Promise<Reading> {
    let reading: Reading | undefined;
    const done = (result: Reading): void => {
      reading = result;
    };
    const pieces = toEnd ? file.piecesToEnd(done) : file.pieces(false, done);
    for await (const piece of pieces) {
      throwIfAborted(this.#options.signal);
      this.#advance(planned, piece.byteLength);
      await take(piece);
    }
    return reading ?? neverComes();
  }

  #settled({ place }: Task, entry: FileEntry, reading: Reading | undefined): StoredFile {
    place.settle(entry);
    return { entry, reading };
  }

  #advance(planned: PlannedEntry, bytes: number): void {
    this.#report.advance(0, bytes, planned.walked.pathBytes.toString('utf8'));
  }
}

/** What is known of the entry before its content has been read. */
function draftOf(
  { planned, hardLink }: Pick<Task, 'planned' | 'hardLink'>,
  stats: PlannedEntry['walked']['stats'],
): FileEntry {
  const draft = redraft(planned, stats);
  return hardLink === undefined ? draft : { ...draft, hardLink };
}

function entryOf(task: Task, { sizeBytes, sha256, stable, stats }: Reading): FileEntry {
  return { ...draftOf(task, stats), sizeBytes, sha256, stable };
}

function neverComes(): never {
  throw new Error('a reading has ended without a result');
}
