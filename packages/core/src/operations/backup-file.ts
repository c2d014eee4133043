import type { Problem } from '../events/index.js';
import { errorCode } from '../files/index.js';
import { SharedPieces } from '../flow/shared-pieces.js';
import { Spool } from '../flow/spool.js';
import type { FileEntry } from '../snapshot/index.js';
import {
  ChangedWhileRead,
  NoLongerAFile,
  type Reading,
  readProblem,
  SourceFile,
  WHOLE_FILE_BYTES,
} from '../source/index.js';
import { isSameVersion } from '../state/index.js';
import { bytesSource, type CallOptions, isTargetError, type ObjectSource, TargetError } from '../target/index.js';
import { draftEntry, type PlannedEntry } from './backup-entries.js';
import type { BackupLane } from './backup-lane.js';
import { looksEqual, sharable } from './parent-files.js';
import type { Report } from './report.js';

/** A file that has been stored on every lane that lives. */
export interface StoredFile {
  readonly entry: FileEntry;
  /** The reading it came from; absent when the file was not read, because it is the version that was read before. */
  readonly reading: Reading | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A thirtieth of the unchanged files is read again each day, so that each is within a month (design of change detection). */
const REREAD_DAYS = 30;

/** Stores files on the lanes of one backup: read once, shared where the target's parent has the same, put where not. */
export class FileStore {
  readonly #lanes: readonly BackupLane[];
  readonly #report: Report;
  readonly #options: CallOptions;
  readonly #rehash: boolean;
  readonly #nowMs: number;
  /** Hard-linked files met so far, by device and inode. */
  readonly #links = new Map<
    string,
    { number: number; first: Promise<StoredFile | Problem>; keys: PlannedEntry['keys'] }
  >();
  /** Large files for several lanes go one after another: readers in lockstep must not wait for each other's places. */
  #lockstep: Promise<unknown> = Promise.resolve();

  constructor(
    lanes: readonly BackupLane[],
    report: Report,
    options: CallOptions,
    settings: { rehash: boolean; nowMs: number },
  ) {
    this.#lanes = lanes;
    this.#report = report;
    this.#options = options;
    this.#rehash = settings.rehash;
    this.#nowMs = settings.nowMs;
  }

  /** Stores one planned file; called in the order of the manifest, may run side by side. A problem means it is skipped. */
  store(planned: PlannedEntry): Promise<StoredFile | Problem> {
    const { stats } = planned.walked;
    if (stats.nlink <= 1n) return this.#storeAlone(planned, undefined);
    const inode = `${stats.dev}:${stats.ino}`;
    const group = this.#links.get(inode);
    if (group !== undefined) return this.#storeLinked(planned, group);
    const number = this.#links.size + 1;
    const first = this.#storeAlone(planned, number);
    this.#links.set(inode, { number, first, keys: planned.keys });
    return first;
  }

  /** A further name of a file that is stored already. */
  async #storeLinked(
    planned: PlannedEntry,
    group: { number: number; first: Promise<StoredFile | Problem>; keys: PlannedEntry['keys'] },
  ): Promise<StoredFile | Problem> {
    const first = await group.first;
    if (!('entry' in first) || !first.entry.stable) return this.#storeAlone(planned, group.number);
    const entry = renamed(first.entry, planned);
    const copied = await this.#onLanes(async (lane, index) => {
      const [from, key] = [group.keys[index], planned.keys[index]];
      if (from === undefined || key === undefined) return false;
      if (!(await lane.writer.copy(lane.writer.fullKey(from), key, entry, this.#options))) return false;
      lane.sharedFiles += 1;
      lane.sharedBytes += entry.sizeBytes;
      return true;
    });
    if (copied.every((done) => done !== false)) return { entry, reading: undefined };
    return this.#storeAlone(planned, group.number, copied);
  }

  async #storeAlone(
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[] = [],
  ): Promise<StoredFile | Problem> {
    const { walked, version } = planned;
    const known =
      version !== undefined && isSameVersion(version, walked.stats) && !this.#dueForReading(version.readAtMs, planned);
    try {
      if (known && done.length === 0) {
        const entry = withLink({ ...fileDraft(planned, walked.stats), sha256: version.sha256 }, hardLink);
        if (this.#lanes.every((lane, index) => !lane.alive || sharableBy(planned.parents[index], entry))) {
          const shared = await this.#onLanes((lane, index) => this.#share(lane, index, planned, entry));
          if (shared.every((result) => result !== false)) return { entry, reading: undefined };
          return await this.#readAndStore(planned, hardLink, shared);
        }
      }
      return await this.#readAndStore(planned, hardLink, done);
    } catch (error) {
      return this.#problemOf(planned, error);
    }
  }

  /** Reads the file, at most twice if it changes meanwhile, and stores it on the lanes that are not `done`. */
  async #readAndStore(
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
  ): Promise<StoredFile> {
    for (let attempt = 1; ; attempt += 1) {
      const file = new SourceFile(planned.walked.location);
      try {
        const small = file.sizeBytes <= WHOLE_FILE_BYTES;
        const stored = small
          ? await this.#storeSmall(file, planned, hardLink, done, attempt)
          : await this.#storeLarge(file, planned, hardLink, done, attempt);
        if (stored !== undefined) return stored;
      } catch (error) {
        if (!(error instanceof ChangedWhileRead) || attempt > 1) throw error;
      } finally {
        file.close();
      }
    }
  }

  async #storeSmall(
    file: SourceFile,
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
    attempt: number,
  ): Promise<StoredFile | undefined> {
    const { bytes, reading } = file.readWhole();
    if (!reading.stable && attempt === 1) return undefined;
    const entry = entryOf(planned, reading, hardLink);
    await this.#onLanes(async (lane, index) => {
      if (done[index] === true) return this.#mustEqual(lane, planned, entry);
      if (await this.#share(lane, index, planned, entry)) return true;
      return this.#put(lane, index, planned, entry, bytesSource(bytes));
    });
    this.#report.advance(0, bytes.length, entry.path);
    return { entry, reading };
  }

  async #storeLarge(
    file: SourceFile,
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
    attempt: number,
  ): Promise<StoredFile | undefined> {
    const strict = attempt === 1;
    const shared = await this.#shareUnread(file, planned, hardLink, done);
    if (shared !== undefined) return shared;
    if (attempt > 1) return this.#storeSpooled(file, planned, hardLink, done);
    const waiting = this.#lanes.filter((lane, index) => lane.alive && done[index] !== true).length;
    if (waiting <= 1) return this.#storeStreamed(file, planned, hardLink, done, strict);
    const turn = this.#lockstep.then(() => this.#storeStreamed(file, planned, hardLink, done, strict));
    this.#lockstep = turn.catch(() => undefined);
    return turn;
  }

  /** The parents seem to hold this file: read it first, and store nothing if they do. */
  async #shareUnread(
    file: SourceFile,
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
  ): Promise<StoredFile | undefined> {
    const likely = this.#lanes.every((lane, index) => {
      const parent = planned.parents[index];
      return (
        !lane.alive ||
        (done[index] !== true && parent !== undefined && looksEqual(parent, fileDraft(planned, file.stats)))
      );
    });
    if (!likely) return undefined;
    let reading: Reading | undefined;
    for await (const piece of file.pieces(false, (result) => (reading = result))) this.#advance(piece, planned);
    if (reading?.stable !== true) return undefined;
    const entry = entryOf(planned, reading, hardLink);
    const shared = await this.#onLanes((lane, index) => this.#share(lane, index, planned, entry));
    return shared.every((result) => result !== false) ? { entry, reading } : undefined;
  }

  /** One reading, passed to every lane as it goes. */
  async #storeStreamed(
    file: SourceFile,
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
    strict: boolean,
  ): Promise<StoredFile> {
    const readings = new Map<number, Reading>();
    let last: Reading | undefined;
    const read = (lane: number | undefined) =>
      file.pieces(strict, (reading) => {
        last = reading;
        if (lane !== undefined) readings.set(lane, reading);
      });
    const shared = new SharedPieces(this.#lanes.length, () => this.#counted(read(undefined), planned));
    const draft = { ...fileDraft(planned, file.stats), ...(hardLink === undefined ? {} : { hardLink }) };
    await this.#onLanes(
      async (lane, index) => {
        if (done[index] === true) return true;
        // The first opening takes part in the one reading; a retry reads by itself, and must read the same.
        let opened = false;
        const open = (): AsyncIterable<Uint8Array> => {
          const first = !opened;
          opened = true;
          return first ? shared.pieces(index) : read(index);
        };
        return this.#put(lane, index, planned, draft, { sizeBytes: file.sizeBytes, open });
      },
      (index) => shared.leave(index),
      (index) => done[index] === true,
    );
    if (last === undefined) throw new Error('no target took the file');
    const reading = readings.size === 0 ? last : ([...readings.values()].at(-1) ?? last);
    const entry = entryOf(planned, reading, hardLink);
    await this.#onLanes(async (lane, index) => {
      const own = readings.get(index);
      if (done[index] === true || (own !== undefined && own.sha256 !== entry.sha256))
        this.#mustEqual(lane, planned, entry, own);
      return true;
    });
    return { entry, reading };
  }

  /** It changes each time it is read: take what one last reading gives, through a temporary file. */
  async #storeSpooled(
    file: SourceFile,
    planned: PlannedEntry,
    hardLink: number | undefined,
    done: readonly unknown[],
  ): Promise<StoredFile> {
    const spool = new Spool();
    try {
      let reading: Reading | undefined;
      for await (const piece of file.pieces(false, (result) => (reading = result))) {
        this.#advance(piece, planned);
        await spool.append(piece);
      }
      if (reading === undefined) throw new Error('the reading did not end');
      const entry = entryOf(planned, reading, hardLink);
      await this.#onLanes(async (lane, index) => {
        if (done[index] === true) return this.#mustEqual(lane, planned, entry);
        return this.#put(lane, index, planned, entry, spool.source);
      });
      return { entry, reading };
    } finally {
      await spool.close();
    }
  }

  async #put(
    lane: BackupLane,
    index: number,
    planned: PlannedEntry,
    entry: FileEntry,
    source: ObjectSource,
  ): Promise<boolean> {
    const key = planned.keys[index];
    if (key === undefined) throw new Error('a file always has a key');
    await lane.writer.put(key, entry, source, this.#options);
    lane.storedFiles += 1;
    lane.storedBytes += source.sizeBytes;
    return true;
  }

  async #share(lane: BackupLane, index: number, planned: PlannedEntry, entry: FileEntry): Promise<boolean> {
    const [parent, key] = [planned.parents[index], planned.keys[index]];
    if (key === undefined || parent === undefined || !sharable(parent, entry) || lane.parent === undefined)
      return false;
    if (!(await lane.writer.copy(lane.parent.keyOf(parent), key, entry, this.#options))) return false;
    lane.sharedFiles += 1;
    lane.sharedBytes += entry.sizeBytes;
    return true;
  }

  /** A lane that took an earlier version of a file that has changed since cannot be whole. */
  #mustEqual(lane: BackupLane, planned: PlannedEntry, entry: FileEntry, own?: Reading): boolean {
    const parent = own?.sha256 ?? planned.version?.sha256;
    if (parent !== entry.sha256) {
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
    return true;
  }

  /**
   * Does something on every lane that lives, side by side. An error of a target ends that lane only; any other error (the
   * source's) is thrown after all have settled. Gives what each lane gave; `undefined` for a dead one.
   */
  async #onLanes<Result>(
    work: (lane: BackupLane, index: number) => Promise<Result>,
    settled?: (index: number) => void,
    skip?: (index: number) => boolean,
  ): Promise<(Result | undefined)[]> {
    const results = await Promise.allSettled(
      this.#lanes.map(async (lane, index) => {
        try {
          return lane.alive && skip?.(index) !== true ? await work(lane, index) : undefined;
        } catch (error) {
          if (!isTargetError(error) || this.#options.signal?.aborted === true) throw error;
          lane.fail(error);
          return undefined;
        } finally {
          settled?.(index);
        }
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    const dead = this.#lanes.every((lane) => !lane.alive);
    if (dead) throw this.#lanes[0]?.error;
    return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  }

  /** Is this unchanged file to be read all the same? */
  #dueForReading(readAtMs: number, planned: PlannedEntry): boolean {
    if (this.#rehash) return true;
    if (this.#nowMs - readAtMs < DAY_MS) return false;
    const bucket = planned.walked.pathBytes.reduce((sum, byte) => (sum * 31 + byte) % 65_521, 0) % REREAD_DAYS;
    return bucket === Math.floor(this.#nowMs / DAY_MS) % REREAD_DAYS;
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>, planned: PlannedEntry): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.#advance(piece, planned);
      yield piece;
    }
  }

  #advance(piece: Uint8Array, planned: PlannedEntry): void {
    this.#report.advance(0, piece.byteLength, planned.walked.pathBytes.toString('utf8'));
  }

  /** What an error while reading makes of the file. Errors that are not the source's go on. */
  #problemOf(planned: PlannedEntry, error: unknown): Problem {
    const path = planned.walked.pathBytes.toString('utf8');
    if (error instanceof NoLongerAFile || errorCode(error) === 'ELOOP') {
      return { code: 'VANISHED', path, message: 'something else took its place while it was to be read', cause: error };
    }
    if (isTargetError(error) || errorCode(error) === undefined) throw error;
    return readProblem(planned.walked.pathBytes, error, 'it could not be read').problem;
  }
}

function fileDraft(planned: PlannedEntry, stats: PlannedEntry['walked']['stats']): FileEntry {
  return draftEntry(planned.walked, stats) as FileEntry;
}

/** The same file under another of its names. */
function renamed(entry: FileEntry, planned: PlannedEntry): FileEntry {
  const { sizeBytes, sha256, stable, hardLink, mode, mtimeNs } = entry;
  return withLink({ ...fileDraft(planned, planned.walked.stats), mode, mtimeNs, sizeBytes, sha256, stable }, hardLink);
}

function withLink(entry: FileEntry, hardLink: number | undefined): FileEntry {
  return hardLink === undefined ? entry : { ...entry, hardLink };
}

function entryOf(planned: PlannedEntry, reading: Reading, hardLink: number | undefined): FileEntry {
  const { sizeBytes, sha256, stable, stats } = reading;
  return withLink({ ...fileDraft(planned, stats), sizeBytes, sha256, stable }, hardLink);
}

function sharableBy(parent: FileEntry | undefined, entry: FileEntry): boolean {
  return parent !== undefined && sharable(parent, entry);
}
