import { type BigIntStats, closeSync } from 'node:fs';
import {
  type AttributeRules,
  hasAttributes,
  lookAt,
  type OpenFolder,
  openToWriting,
  publishFile,
  rulesFor,
  type Standing,
  standingFile,
} from '../../destination/index.js';
import { errorCode } from '../../files/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { type FileEntry, type LocatedEntry, xattrsDigest } from '../../snapshot/index.js';
import { type FileVersion, isSameVersion } from '../../state/index.js';
import { LiveLinks } from './live-links.js';
import {
  FileFetcher,
  type FirstOutcome,
  isSameFile,
  type MayGo,
  mayReplace,
  type Place,
  pathOf,
} from './restore-fetch.js';
import type { ProtectedPlaces } from './restore-grounds.js';
import { type PlannedPlace, plannedPlace, type RestorePlanner, standsAt } from './restore-planner.js';
import {
  attributesProblem,
  contentProblem,
  existsProblem,
  notKeptProblem,
  placeProblem,
  protectedProblem,
  takenProblem,
  unreadableProblem,
} from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';
import type { RestoreXattrs } from './restore-xattrs.js';

/** A file of the snapshot, and the folder it goes to. */
export interface FileTask {
  readonly located: LocatedEntry & { readonly entry: FileEntry };
  readonly folder: OpenFolder;
  /** What it is called there. */
  readonly name: Buffer;
  /** Which version of the file at its old place was read last, and what was in it. */
  readonly version: FileVersion | undefined;
}

/** What files are restored with. */
export interface FilePlacerContext {
  readonly snapshot: PlainSnapshot;
  readonly rules: AttributeRules;
  readonly overwrite: boolean;
  /** Nothing is written; what would be done is told. */
  readonly dryRun: boolean;
  /** In a dry run: a folder that stands there would be deleted before. */
  readonly isCleared: (pathBytes: Buffer) => boolean;
  readonly protectedPlaces: ProtectedPlaces;
  readonly signal: AbortSignal | undefined;
  readonly tally: RestoreTally;
  readonly xattrs: RestoreXattrs;
  /** In a dry run: is told what would be changed. */
  readonly planner?: RestorePlanner | undefined;
  /** Is what stands there kept, so that it can be replaced? */
  readonly mayGo: MayGo;
  /** How many of a file's names are there only because it is kept. */
  readonly ownNames: (stats: BigIntStats) => bigint;
}

interface FirstName {
  readonly sha256: string;
  /** `undefined` if it did not come. */
  readonly outcome: Promise<FirstOutcome | undefined>;
}

const NOTHING_STANDS = { kind: 'nothing' } as const;

/** Brings files back, each as a whole or not at all. */
export class FilePlacer {
  readonly #context: FilePlacerContext;
  readonly #fetcher: FileFetcher;
  /** The first name of each hard-link group, so that further names can be linked to it. */
  readonly #links = new Map<number, FirstName>();
  readonly liveLinks: LiveLinks;

  constructor(context: FilePlacerContext) {
    this.#context = context;
    this.liveLinks = new LiveLinks(context.ownNames);
    this.#fetcher = new FileFetcher(context);
  }

  /** A name that nothing has in the staging folder. */
  nextStagedName(): Buffer {
    return this.#fetcher.nextStagedName();
  }

  /** Restores one file; what concerns it alone is a problem. Called in the order of the manifest, may run side by side. */
  async restore(task: FileTask): Promise<void> {
    const { entry } = task.located;
    const first = entry.hardLink === undefined ? undefined : this.#links.get(entry.hardLink);
    // The file may have changed between its names: then they are two files.
    const link = first?.sha256 === entry.sha256 ? first.outcome : undefined;
    const outcome = this.#placeFile(task, link);
    if (entry.hardLink !== undefined && first === undefined)
      this.#links.set(entry.hardLink, { sha256: entry.sha256, outcome });
    await outcome;
  }

  /** Rejects only with what ends the restore. */
  async #placeFile(
    task: FileTask,
    link: Promise<FirstOutcome | undefined> | undefined,
  ): Promise<FirstOutcome | undefined> {
    const { entry } = task.located;
    const { tally } = this.#context;
    try {
      throwIfAborted(this.#context.signal);
      return await this.#placeOrKeep(task, link);
    } catch (error) {
      if (await this.#planUnread(task, error)) return undefined;
      const problem = contentProblem(entry.path, error) ?? placeProblem(entry.path, error);
      if (problem !== undefined) tally.fail(problem);
      else tally.fail(unreadableProblem(entry.path, error, this.#fetcher.patience.reasonToGoOn(error)));
      return undefined;
    }
  }

  /** A file whose own mode keeps it from being compared may be replaced when it is opened to be. */
  async #planUnread({ located, folder, name }: FileTask, error: unknown): Promise<boolean> {
    const { planner } = this.#context;
    if (planner === undefined || errorCode(error) !== 'EACCES') return false;
    const place = plannedPlace(folder, name);
    await planner.comes(place, standsAt(place), located.entry);
    return true;
  }

  async #placeOrKeep(
    { located, folder, name, version }: FileTask,
    link: Promise<FirstOutcome | undefined> | undefined,
  ): Promise<FirstOutcome | undefined> {
    const { entry } = located;
    const { overwrite, dryRun, tally, planner } = this.#context;
    const { handle, volume } = folder.place;
    if (handle === undefined || volume === undefined) {
      if (folder.place.isAbsent !== true) return undefined;
      await planner?.comes(plannedPlace(folder, name), undefined, entry);
      tally.restored(entry, false, entry.sizeBytes);
      return { volume };
    }
    const stats = lookAt(handle, name);
    const isOnlyItself = this.liveLinks.claim(entry, stats);
    const met = link === undefined ? undefined : await link;
    const justNow = link === undefined ? { stats } : undefined;
    // On a file system without hard links, and across two, each name is a file.
    const first = volume.fileSystem.hardLinks && met?.volume === volume ? met : undefined;
    const seen = await this.#compare(entry, { handle, volume, name }, version, justNow);
    const standing = seen.kind === 'folder' && this.#context.isCleared(located.pathBytes) ? NOTHING_STANDS : seen;
    if ('stats' in standing && this.#context.protectedPlaces.includes(standing.stats)) {
      if ('descriptor' in standing && standing.descriptor !== undefined) closeSync(standing.descriptor);
      tally.fail(protectedProblem(entry.path));
      return undefined;
    }
    let replace = standing.kind === 'other';
    if (standing.kind === 'equal') {
      const isRightFile = isOnlyItself && (first === undefined || isSameFile(first.standing, standing.stats));
      const place = { handle, volume, name, replace };
      const planned = plannedPlace(folder, name);
      // A further name of a file has the mode and time that its first name has got.
      const isSet = dryRun && isSameFile(first?.standing, standing.stats);
      if (isRightFile || !overwrite) return await this.#keep(entry, place, standing, isSet, planned);
      if (standing.descriptor !== undefined) closeSync(standing.descriptor);
      replace = true;
    }
    if (standing.kind === 'folder' || (replace && !overwrite)) {
      tally.fail(existsProblem(entry.path));
      return undefined;
    }
    if ('stats' in standing) this.liveLinks.replaced(standing.stats);
    if (dryRun) {
      await planner?.comes(
        plannedPlace(folder, name),
        'stats' in standing ? standing.stats : undefined,
        entry,
        seen.kind === 'folder',
      );
      tally.restored(entry, replace, entry.sizeBytes);
      return { volume };
    }
    const place = { handle, volume, name, replace };
    if (first?.staged !== undefined && this.#publishLink(first.staged, place, entry)) return undefined;
    return await this.#fetcher.fetch(entry, place);
  }

  /** Compares what stands there; what is known not to have changed since it had these bytes is not read. */
  async #compare(
    entry: FileEntry,
    { handle, volume, name }: Omit<Place, 'replace'>,
    version: FileVersion | undefined,
    seen: { readonly stats: BigIntStats | undefined } | undefined,
  ): Promise<Standing | StandingUnread> {
    const { rules, signal, dryRun } = this.#context;
    const wanted = this.#context.xattrs.wantedBy(entry);
    const hasXattrs = wanted === undefined || version?.xattrs === xattrsDigest(entry.xattrs);
    if (version?.sha256 === entry.sha256 && hasXattrs) {
      const stats = lookAt(handle, name);
      if (stats?.isFile() === true && isSameVersion(version, stats)) {
        // To set its mode and time it has to be opened, and then it is as well read.
        if (dryRun || hasAttributes(stats, entry, rules, volume.fileSystem)) return { kind: 'equal', stats };
      }
    }
    return standingFile(handle, name, entry, { between: () => throwIfAborted(signal), onlyLook: dryRun, seen });
  }

  /** Gives a further name to a file that is there; false where it has to be fetched again. */
  #publishLink(first: Buffer, place: Place, entry: FileEntry): boolean {
    const { staging } = place.volume;
    const aside = this.#fetcher.linkAside(staging.child(first), place.volume);
    if (aside === undefined) return false;
    if (!mayReplace(place, this.#context.mayGo)) this.#context.tally.fail(notKeptProblem(entry.path));
    else if (publishFile(staging.child(aside), place.handle, place.name, place.replace))
      this.#context.tally.restored(entry, place.replace, entry.sizeBytes);
    else this.#context.tally.fail(takenProblem(entry.path));
    return true;
  }

  /** It is there already, byte for byte: only its mode and time are set, where they differ. */
  async #keep(
    entry: FileEntry,
    place: Place,
    standing: StandingUnread,
    isSet: boolean,
    planned: PlannedPlace,
  ): Promise<FirstOutcome> {
    const { rules, tally, dryRun, xattrs, planner } = this.#context;
    const { volume, handle, name } = place;
    const { descriptor, stats } = standing;
    const lacksXattrs = !isSet && (await xattrs.isLacking(descriptor, xattrs.wantedBy(entry)));
    const isAdjusted = lacksXattrs || (!isSet && !hasAttributes(stats, entry, rules, volume.fileSystem));
    let handedOver = false;
    try {
      if (isAdjusted) await planner?.isSet(planned, stats, entry, lacksXattrs ? descriptor : undefined);
      tally.kept(entry, isAdjusted);
      if (dryRun) return { volume, standing: stats };
      if (isAdjusted && descriptor !== undefined) {
        // Only who may write to a file may set attributes; its mode comes back right behind them.
        if (lacksXattrs) openToWriting(descriptor, stats);
        const unset = await xattrs.giveAll(descriptor, entry, rulesFor(stats, entry, rules));
        if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
      }
      const outcome =
        entry.hardLink === undefined ? { volume } : this.#fetcher.outcomeOf(handle.child(name), volume, stats);
      // A restore that was killed may have given it its name and never flushed it. Windows flushes only what is open for writing.
      if (descriptor !== undefined && process.platform !== 'win32') {
        handedOver = true;
        await volume.flusher.add(descriptor, entry.sizeBytes, pathOf(place));
      }
      return outcome;
    } finally {
      if (!handedOver && descriptor !== undefined) closeSync(descriptor);
    }
  }
}

/** Equal content; read just now where there is a descriptor. */
interface StandingUnread {
  readonly kind: 'equal';
  readonly stats: BigIntStats;
  readonly descriptor?: number;
}
