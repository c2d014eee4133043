import type { BigIntStats } from 'node:fs';
import { attributeRules, type FlushMeans, type FolderHandle, OpenFolder, Volume } from '../../destination/index.js';
import type { Problem } from '../../events/index.js';
import type { FileFlusher, FileSystem, FlushWay } from '../../files/index.js';
import { inOrder } from '../../flow/in-order.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { type DirectoryEntry, isRefused, type LocatedEntry } from '../../snapshot/index.js';
import type { Selection } from '../selection.js';
import { clearTheWay } from './clear-the-way.js';
import type { Deletion, DeletionList } from './deletion-list.js';
import { carryOutDeletions } from './deletion-run.js';
import { type Deletions, recordedPaths } from './deletions.js';
import type { KnownVersions } from './known-versions.js';
import type { MayGo } from './restore-fetch.js';
import { FilePlacer, type FileTask } from './restore-file.js';
import { FolderFinisher } from './restore-folder.js';
import { notDurable, type ProtectedPlaces } from './restore-grounds.js';
import { LinkPlacer } from './restore-link.js';
import type { RestorePlace } from './restore-places.js';
import type { RestorePlanner } from './restore-planner.js';
import { notKeptProblem, placeFault, placeProblem, protectedProblem, sourcelessProblem } from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';
import { RestoreTops } from './restore-tops.js';
import { RestoreXattrs } from './restore-xattrs.js';

/** How many files are fetched at once at most; their bytes pass through, they are not held. */
const MAX_AT_ONCE = 16;

/** What a restore works with. */
export interface RestoreContext {
  readonly snapshot: PlainSnapshot;
  readonly selection: Selection;
  readonly places: readonly RestorePlace[];
  /** What is known of the files at their old places. */
  readonly versions: KnownVersions;
  readonly tally: RestoreTally;
  /** What is to be deleted, if anything may be. */
  readonly deletions: Deletions | undefined;
  readonly signal: AbortSignal | undefined;
  readonly overwrite: boolean;
  readonly privileged: boolean;
  readonly dryRun: boolean;
  /** Folders that nothing may be written to: the store, the local state. */
  readonly protectedPlaces: ProtectedPlaces;
  /** What the file system at a path can do. */
  readonly fileSystemOf: (path: string) => Promise<FileSystem>;
  readonly flushMeans: FlushMeans | undefined;
  /** In a dry run: is told what would be changed. Made when the places are known. */
  readonly planner?: ((tops: RestoreTops) => RestorePlanner) | undefined;
  /** May what stands somewhere be replaced or deleted? */
  readonly mayGo: MayGo;
  /** How many of a file's names are there only because it is kept. */
  readonly ownNames: (stats: BigIntStats) => bigint;
}

/** One running restore. */
export class RestoreRun {
  readonly #context: RestoreContext;
  readonly #tops: RestoreTops;
  readonly #files: FilePlacer;
  readonly #folders: FolderFinisher;
  readonly #xattrs: RestoreXattrs;
  readonly #planner: RestorePlanner | undefined;
  #sparedList: DeletionList | undefined;

  private constructor(context: RestoreContext, tops: RestoreTops) {
    const { privileged } = context;
    this.#context = context;
    this.#tops = tops;
    const { dryRun, deletions } = context;
    const isCleared = (pathBytes: Buffer): boolean => dryRun && deletions?.list.clears(pathBytes) === true;
    this.#xattrs = new RestoreXattrs(privileged, context.tally);
    this.#planner = context.planner?.(tops);
    const planner = this.#planner;
    const common = { ...context, rules: attributeRules(privileged), isCleared, xattrs: this.#xattrs, planner };
    this.#files = new FilePlacer(common);
    const links = new LinkPlacer({ ...common, stagedName: () => this.#files.nextStagedName() });
    this.#folders = new FolderFinisher({ ...common, links });
  }

  /** @throws NotAFolder; the error of the system: nothing can be written there. */
  static async open(context: RestoreContext): Promise<RestoreRun> {
    return new RestoreRun(context, await RestoreTops.open(context.places, context));
  }

  /** Restores every entry, then makes all of it durable. */
  async restoreEverything(): Promise<FlushWay> {
    const { snapshot, dryRun } = this.#context;
    const concurrency = Math.min(MAX_AT_ONCE, snapshot.target.capabilities.concurrency);
    const deletions = await this.#sparing(this.#context.deletions);
    if (deletions !== undefined) await this.#delete(deletions, deletions.list.inTheWay());
    for await (const _ of inOrder(this.#openFolders(), concurrency, (task) => this.#restoreFile(task)));
    const { parted } = this.#files.liveLinks;
    if (parted.files > 0) this.#context.tally.parted(parted);
    await this.#folders.settled();
    this.#xattrs.tellUncovered();
    if (deletions !== undefined) await this.#deleteLast(deletions);
    if (dryRun) return 'fsync';
    await this.#folders.leaveHomes(this.#tops.volumes);
    const ways = new Set<FlushWay>();
    for (const volume of this.#tops.volumes) ways.add(await volume.flush().catch(notDurable(volume.path)));
    return ways.has('fsync') ? 'fsync' : 'syncfs';
  }

  /** Where names fold, one on the list may be that of something restored: that was not seen where nothing could be tried. */
  async #sparing(deletions: Deletions | undefined): Promise<Deletions | undefined> {
    const { snapshot, dryRun } = this.#context;
    if (deletions === undefined || dryRun || this.#tops.volumes.every(({ nameKey }) => nameKey === undefined))
      return deletions;
    this.#sparedList = await deletions.list.without(recordedPaths(snapshot));
    return { ...deletions, list: this.#sparedList };
  }

  /** What was there before goes only when what comes in its place is there: a full disk must not cost both. */
  async #deleteLast(deletions: Deletions): Promise<void> {
    const { tally } = this.#context;
    if (!tally.misses) return this.#delete(deletions, deletions.list.others());
    tally.tell({
      code: 'NOT_DELETED',
      path: '',
      message: 'nothing more is deleted, because not everything could be given back; run it again when that is mended',
    });
  }

  async #delete({ sources, list: whole }: Deletions, list: AsyncIterable<Deletion>): Promise<void> {
    const flusherAt = (folder: string): FileFlusher | undefined =>
      this.#tops.volumes.find(({ path }) => path === folder)?.flusher;
    await carryOutDeletions(list, {
      ...this.#context,
      planner: this.#planner,
      sources,
      isCleared: (path) => whole.clears(path),
      flusherAt,
    });
  }

  async close(): Promise<void> {
    await this.#sparedList?.close();
    for (const volume of this.#tops.volumes) await volume.close();
  }

  /** Goes through the manifest: makes folders as they come, gathers symlinks, and gives the files to be fetched. */
  async *#openFolders(): AsyncGenerator<FileTask> {
    const root = this.#tops.openRoot(this.#folders.finish);
    const stack = [root];
    try {
      for await (const item of this.#context.selection.items()) {
        throwIfAborted(this.#context.signal);
        await this.#folders.room;
        if (isRefused(item)) {
          this.#context.tally.fail({ code: item.code, path: item.path, message: `not restored: ${item.reason}` });
          continue;
        }
        while (stack.length > 1 && !isDirectlyBelow(item.pathBytes, stack.at(-1)?.pathBytes)) stack.pop()?.leave();
        const task =
          stack.length === 1
            ? await this.#meetAtTop(item, root, stack)
            : await this.#meet(item, stack.at(-1) ?? root, stack);
        if (task !== undefined) yield task;
      }
    } finally {
      for (const folder of stack.reverse()) folder.leave();
    }
  }

  /** An entry at the snapshot's top has its own place. */
  async #meetAtTop(located: LocatedEntry, root: OpenFolder, stack: OpenFolder[]): Promise<FileTask | undefined> {
    const top = this.#tops.folderFor(located, root, this.#folders.finish);
    if (top === undefined) {
      this.#context.tally.fail(sourcelessProblem(located.entry.path));
      if (located.entry.type === 'directory') stack.push(this.#closedFolder(located.pathBytes, root));
      return undefined;
    }
    if (top.isEntry) {
      stack.push(top.folder);
      return undefined;
    }
    const task = await this.#meet(located, top.folder, stack);
    if (top.folder !== root) top.folder.leave();
    return task;
  }

  async #meet(located: LocatedEntry, folder: OpenFolder, stack: OpenFolder[]): Promise<FileTask | undefined> {
    const { entry } = located;
    const name = folder.nameFor(located);
    const problem = name === undefined ? sourcelessProblem(entry.path) : placeFault(entry.path, name, folder);
    if (entry.type === 'directory') {
      stack.push(await this.#openFolder({ ...located, entry }, name, folder, problem));
      return undefined;
    }
    if (problem !== undefined || name === undefined) {
      if (problem !== undefined) this.#context.tally.fail(problem);
      return undefined;
    }
    if (entry.type === 'symlink') {
      folder.links.push({ name, entry });
      return undefined;
    }
    folder.begin();
    const version = await this.#context.versions.find(located.pathBytes);
    return { located: { ...located, entry }, folder, name, version };
  }

  async #openFolder(
    located: LocatedEntry & { entry: DirectoryEntry },
    name: Buffer | undefined,
    parent: OpenFolder,
    problem: Problem | undefined,
  ): Promise<OpenFolder> {
    const { pathBytes, entry } = located;
    const { tally } = this.#context;
    let fault = problem;
    try {
      if (fault === undefined && name !== undefined) {
        const opened = await this.#enter(located, name, parent);
        if (opened instanceof OpenFolder) return opened;
        fault = opened;
      }
    } catch (error) {
      fault = placeProblem(entry.path, error);
      if (fault === undefined) throw error;
    }
    if (fault !== undefined) tally.fail(fault);
    return this.#closedFolder(pathBytes, parent);
  }

  async #enter(
    { pathBytes, entry }: LocatedEntry & { entry: DirectoryEntry },
    name: Buffer,
    parent: OpenFolder,
  ): Promise<OpenFolder | Problem> {
    const { dryRun } = this.#context;
    const { handle: above, volume } = parent.place;
    const inTheWay = await clearTheWay({ ...this.#context, planner: this.#planner }, parent, name);
    if (inTheWay === 'protected') return protectedProblem(entry.path);
    if (inTheWay === 'changed') return notKeptProblem(entry.path);
    const replaces = inTheWay !== undefined;
    const common = { pathBytes, entry, parent, replaces, stood: inTheWay };
    const handle = dryRun && replaces ? undefined : dryRun ? above?.enterIfThere(name) : above?.enter(name);
    if (handle === undefined)
      return new OpenFolder({ ...common, handle, isAbsent: true, volume }, this.#folders.finish);
    const now = handle.stats();
    if (this.#context.protectedPlaces.includes(now)) {
      handle.close();
      return protectedProblem(entry.path);
    }
    const before = handle.stood ? handle.statsBefore() : undefined;
    const own = await this.#volumeOf(handle, now, parent);
    const lacksXattrs = before === undefined || (await this.#xattrs.isFolderLacking(handle, entry));
    const xattrsBefore = before !== undefined && lacksXattrs ? await this.#planner?.xattrsOf(handle) : undefined;
    return new OpenFolder({ ...common, handle, before, lacksXattrs, xattrsBefore, volume: own }, this.#folders.finish);
  }

  /** The file system of a folder: that of the one it lies in, unless it is a mount of its own. */
  async #volumeOf(handle: FolderHandle, now: BigIntStats, parent: OpenFolder): Promise<Volume | undefined> {
    const { handle: above, volume } = parent.place;
    if (above === undefined || now.dev === above.stats().dev) return volume;
    const path = handle.path.toString('utf8');
    const fileSystem = await this.#context.fileSystemOf(path);
    if (this.#context.dryRun) return Volume.forLooking(path, fileSystem);
    const mounted = await Volume.open(path, fileSystem, this.#context.flushMeans);
    mounted.touch(handle.path);
    this.#tops.volumes.push(mounted);
    return mounted;
  }

  /** A folder that nothing can be put in. */
  #closedFolder(pathBytes: Buffer, parent: OpenFolder): OpenFolder {
    return new OpenFolder(
      { pathBytes, entry: undefined, parent, handle: undefined, volume: undefined },
      this.#folders.finish,
    );
  }

  async #restoreFile(task: FileTask): Promise<void> {
    try {
      await this.#files.restore(task);
    } finally {
      task.folder.end();
    }
  }
}

function isDirectlyBelow(path: Buffer, folder: Buffer | undefined): boolean {
  if (folder === undefined) return false;
  const slash = path.lastIndexOf(0x2f);
  return slash === folder.length && path.subarray(0, slash).equals(folder);
}
