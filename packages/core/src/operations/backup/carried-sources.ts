import { HoldfastError, throwIfAborted } from '../../holdfast-error.js';
import { type PlainSnapshot, readProven } from '../../plain/index.js';
import {
  type Entry,
  type FileEntry,
  foldName,
  isRefused,
  type ManifestItem,
  type SnapshotPayload,
  type SnapshotSource,
} from '../../snapshot/index.js';
import type { CallOptions } from '../../target/index.js';
import { isNewer, type WholeSnapshot } from '../catalog-view.js';
import { countEntry, type GrowingCounts, noCounts } from '../entry-counts.js';
import type { Report } from '../report.js';
import type { BackupLane } from './backup-lane.js';
import { eachLane } from './backup-lane.js';
import { FileOnLanes } from './file-on-lanes.js';
import type { LateEntries } from './late-entries.js';
import { openOrNote } from './parent-snapshot.js';
import type { TargetSurvey } from './survey-target.js';

/** So many files go to a target in one call. */
const FILES_AT_ONCE = 256;

/** A file on its way. */
interface CarriedFile {
  readonly entry: FileEntry;
  /** Where it lies in the snapshot that it comes from. */
  readonly fromKey: string;
  readonly keys: readonly (string | undefined)[];
  readonly parents: readonly (FileEntry | undefined)[];
  readonly place: FileOnLanes;
}

/** What carrying works with. */
export interface CarryContext extends CallOptions {
  readonly lanes: readonly BackupLane[];
  readonly late: LateEntries;
  /** Gives files of several names numbers that no other file of the new snapshot has. */
  readonly links: { nextNumber(): number };
}

/**
 * Sources that a backup does not read but takes over from the snapshot before it, as they stand there: shared or copied within a target that has
 * them, read from one that does for another. Their records, hashes, facts and exports come along.
 */
export class CarriedSources {
  /** As they stand in the record of the snapshot that they come from. */
  readonly sources: readonly SnapshotSource[];
  /** Names at the snapshot's top that their exports have. */
  readonly tops: readonly string[];
  readonly counts: GrowingCounts = noCounts();
  readonly #from: PlainSnapshot;
  readonly #report: Report;
  #hasBroken = false;

  private constructor(
    from: PlainSnapshot,
    sources: readonly SnapshotSource[],
    tops: readonly string[],
    report: Report,
  ) {
    this.#from = from;
    this.sources = sources;
    this.tops = tops;
    this.#report = report;
  }

  /**
   * Opens the newest of the snapshots before this one, wherever it is. Nothing is carried where there is none, or it has none of the sources.
   *
   * @param names of the sources to carry
   * @param live the names of those that are read
   * @throws HoldfastError `SOURCE_NAME` if a source is to be both.
   */
  static async open(
    names: readonly string[],
    live: readonly string[],
    surveys: readonly TargetSurvey[],
    report: Report,
    options: CallOptions,
  ): Promise<CarriedSources | undefined> {
    if (names.length === 0) return undefined;
    const taken = new Set(live.map(foldName));
    const twice = names.find((name) => taken.has(foldName(name)));
    if (twice !== undefined) {
      throw new HoldfastError({
        code: 'SOURCE_NAME',
        message: `the source "${twice}" is to be read, and to be taken over from the snapshot before`,
        hint: 'Name it once.',
      });
    }
    const wanted = new Set(names);
    for (const { target, whole } of newestFirst(surveys)) {
      const sources = whole.record.payload.sources.filter(({ name }) => wanted.has(name));
      if (sources.length === 0) return undefined;
      const from = await openOrNote(target, whole, report, options);
      if (from !== undefined) return new CarriedSources(from, sources, await topsIn(from, sources), report);
    }
    return undefined;
  }

  /** Must the new snapshot be called incomplete because of what is carried? Unless what was missing there is read now. */
  isIncomplete(live: readonly string[]): boolean {
    const { flags, counts, sources } = this.#payload;
    const isRead = new Set(live);
    const explained = sources.filter(({ name, type }) => type === 'missing' && isRead.has(name)).length;
    return flags.includes('incomplete') && counts.skipped !== explained;
  }

  /** Is something broken among what is carried that had been sound? Known when all is stored. */
  get isSuspect(): boolean {
    return this.#hasBroken && this.#payload.flags.includes('suspect');
  }

  get #payload(): SnapshotPayload {
    return this.#from.record.payload;
  }

  /** Stores all of it in every target, and hands the entries to those that are put in their places at the end. */
  async store(context: CarryContext): Promise<void> {
    const { lanes, signal } = context;
    const parents = lanes.map((lane) => lane.parent?.again(this.#report));
    const plans = lanes.map(({ writer }) => writer.planApart());
    const links = new Map<number, number>();
    this.counts.skipped += this.sources.filter(({ type }) => type === 'missing').length;
    let group: CarriedFile[] = [];
    try {
      for await (const item of this.#from.entries()) {
        throwIfAborted(signal);
        if (!this.#isCarried(item)) continue;
        if (isRefused(item)) {
          this.#skip({ code: 'UNSAFE', path: item.path, message: item.reason });
          continue;
        }
        const entry = this.#renumbered(item.entry, links, context);
        const keys = lanes.map(({ writer }, index) =>
          entry.exportOf === undefined ? plans[index]?.(entry) : writer.planExport(entry),
        );
        if (entry.type === 'file') {
          const before = await Promise.all(parents.map((parent) => parent?.file(item.pathBytes)));
          const fromKey = this.#from.keyOf(item.entry as FileEntry);
          const place = new FileOnLanes(lanes, { keys, parents: before }, { signal }, false);
          group.push({ entry, fromKey, keys, parents: before, place });
          if (group.length < FILES_AT_ONCE) continue;
          await this.#storeGroup(group, context);
          group = [];
        } else {
          await eachLane(lanes, signal, async ({ writer }, index) => {
            const key = keys[index];
            if (key !== undefined) await writer.decorate(key, entry, { signal });
          });
          await this.#take(entry, keys, [], context);
        }
      }
      await this.#storeGroup(group, context);
    } finally {
      for (const parent of parents) await parent?.close();
    }
  }

  async close(): Promise<void> {
    await this.#from.close();
  }

  #isCarried(item: ManifestItem): boolean {
    const path = isRefused(item) ? item.path : (item.entry.exportOf ?? item.entry.path);
    return isOf(this.sources, path);
  }

  /** The entry as every copy has it, with a number of this snapshot if it has several names. */
  #renumbered(given: Entry, links: Map<number, number>, { links: numbers }: CarryContext): Entry {
    if (given.type !== 'file') return given;
    const { key: _, storeDigest: __, hardLink, ...entry } = given;
    if (hardLink === undefined) return entry;
    const number = links.get(hardLink) ?? numbers.nextNumber();
    links.set(hardLink, number);
    return { ...entry, hardLink: number };
  }

  async #storeGroup(group: readonly CarriedFile[], context: CarryContext): Promise<void> {
    const { lanes, signal } = context;
    await eachLane(lanes, signal, async (lane, index) => {
      const shared = group.flatMap(({ entry, place }) => {
        const fromKey = place.parentKeyOn(index, entry);
        return fromKey === undefined ? [] : [{ entry, place, fromKey, key: place.keyOn(index) }];
      });
      await lane.copyAll(shared, { signal }, (position) => {
        const file = shared[position];
        file?.place.hold(index, file.entry.sha256);
      });
    });
    for (const file of group) {
      const isStored = file.place.missing === 0 || (await this.#put(file, context));
      if (isStored) await this.#take(file.entry, file.keys, file.parents, context);
    }
  }

  /** Reads a file where it lies, for the targets that could not share it. */
  async #put({ entry, fromKey, place }: CarriedFile, { signal }: CarryContext): Promise<boolean> {
    const { sizeBytes, sha256, path } = entry;
    const spool = await readProven(this.#from.target, fromKey, { sizeBytes, sha256 }, { signal });
    if (typeof spool === 'string') {
      this.#skip({ code: 'DAMAGED', path, message: `it cannot be taken over from ${this.#from.target.url}: ${spool}` });
      return false;
    }
    try {
      await place.shareOrPut(entry, spool.source);
      return true;
    } finally {
      await spool.close();
    }
  }

  async #take(
    entry: Entry,
    keys: readonly (string | undefined)[],
    parents: readonly (FileEntry | undefined)[],
    { late }: CarryContext,
  ): Promise<void> {
    await late.keep(entry, keys, parents);
    countEntry(this.counts, entry);
    if (entry.type !== 'file') return;
    this.#hasBroken ||= entry.content?.status === 'broken';
    this.#report.file('carried', entry.path, entry.sizeBytes);
    this.#report.advance(1, entry.sizeBytes, entry.path);
  }

  #skip(problem: { readonly code: 'DAMAGED' | 'UNSAFE'; readonly path: string; readonly message: string }): void {
    this.counts.skipped += 1;
    this.#report.problem({ ...problem, snapshotId: this.#from.id });
  }
}

/** Snapshots that may be the one before, of all targets. */
function newestFirst(surveys: readonly TargetSurvey[]): { target: TargetSurvey['target']; whole: WholeSnapshot }[] {
  return surveys
    .flatMap(({ target, relatives }) => relatives.map((whole) => ({ target, whole })))
    .sort((left, right) => (left.whole.id === right.whole.id ? 0 : isNewer(left.whole, right.whole) ? -1 : 1));
}

/** Does the path lie in one of the sources? */
function isOf(sources: readonly SnapshotSource[], path: string): boolean {
  const top = path.split('/', 1)[0];
  return sources.some(({ name }) => name === top);
}

/** Names at the top of a snapshot that exports of these sources have. */
async function topsIn(snapshot: PlainSnapshot, sources: readonly SnapshotSource[]): Promise<string[]> {
  const tops = new Set<string>();
  if ((snapshot.record.payload.counts.exports ?? 0) === 0) return [];
  for await (const item of snapshot.entries()) {
    if (isRefused(item) || item.entry.exportOf === undefined || !isOf(sources, item.entry.exportOf)) continue;
    tops.add(item.entry.path.split('/', 1)[0] ?? '');
  }
  return [...tops];
}
