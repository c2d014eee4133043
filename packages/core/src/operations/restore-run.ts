import { join } from 'node:path';
import {
  type AttributeRules,
  applyToFolder,
  attributeRules,
  claimRestoreStaging,
  FolderHandle,
  findRestored,
  nameOf,
  OpenFolder,
  placeLink,
  type RestoreStaging,
} from '../destination/index.js';
import type { Problem } from '../events/index.js';
import { type FileFlusher, type FileSystem, fileFlusher } from '../files/index.js';
import { inOrder } from '../flow/in-order.js';
import { throwIfAborted } from '../holdfast-error.js';
import type { PlainSnapshot } from '../plain/index.js';
import { type DirectoryEntry, isRefused, type LocatedEntry, type SymlinkEntry } from '../snapshot/index.js';
import type { Report } from './report.js';
import { FilePlacer, type FileTask } from './restore-file.js';
import { attributesProblem, collisionProblem, existsProblem, placeProblem } from './restore-problems.js';
import type { Selection } from './selection.js';

/** How many files are fetched at once at most; their bytes pass through, they are not held. */
const MAX_AT_ONCE = 16;

export interface RestoreSettings {
  readonly signal: AbortSignal | undefined;
  readonly overwrite: boolean;
  readonly privileged: boolean;
  /** What the file system at the destination can do. */
  readonly fileSystem: FileSystem;
}

/** One running restore. */
export class RestoreRun {
  readonly #counts = { directories: 0, symlinks: 0, failed: 0 };
  readonly #snapshot: PlainSnapshot;
  readonly #selection: Selection;
  readonly #into: string;
  readonly #report: Report;
  readonly #settings: RestoreSettings;
  readonly #rules: AttributeRules;
  readonly #staging: RestoreStaging;
  readonly #flusher: FileFlusher;
  readonly #files: FilePlacer;
  /** Names at the top of the destination that the snapshot has something under. */
  readonly #topNames = new Map<string, Buffer>();
  /** Folders wait to be flushed: nothing more is begun before there is room. */
  #room: Promise<void> | undefined;

  private constructor(
    snapshot: PlainSnapshot,
    selection: Selection,
    into: string,
    report: Report,
    settings: RestoreSettings,
    staging: RestoreStaging,
  ) {
    this.#snapshot = snapshot;
    this.#selection = selection;
    this.#into = into;
    this.#report = report;
    this.#settings = settings;
    this.#rules = attributeRules(settings.privileged);
    this.#staging = staging;
    this.#flusher = fileFlusher({ kind: settings.fileSystem.kind });
    this.#files = new FilePlacer({
      snapshot,
      into,
      staging,
      flusher: this.#flusher,
      rules: this.#rules,
      overwrite: settings.overwrite,
      signal: settings.signal,
      report,
      fail: (problem) => this.#fail(problem),
    });
  }

  /** @throws NotAFolder; the error of the system: nothing can be written there. */
  static async open(
    snapshot: PlainSnapshot,
    selection: Selection,
    into: string,
    report: Report,
    settings: RestoreSettings,
  ): Promise<RestoreRun> {
    return new RestoreRun(snapshot, selection, into, report, settings, await claimRestoreStaging(into));
  }

  get counts(): FilePlacer['counts'] & { directories: number; symlinks: number; failed: number } {
    return { ...this.#files.counts, ...this.#counts };
  }

  /** Restores every entry, then makes all of it durable. */
  async restoreEverything(): Promise<'fsync' | 'syncfs'> {
    const concurrency = Math.min(MAX_AT_ONCE, this.#snapshot.target.capabilities.concurrency);
    for await (const _ of inOrder(this.#openFolders(), concurrency, (task) => this.#restoreFile(task)));
    const paths = (): Iterable<Buffer> => findRestored(this.#into, this.#topNames.values());
    return this.#flusher.finish({ folder: this.#into, paths });
  }

  async close(): Promise<void> {
    await this.#flusher.drop();
    await this.#staging.release();
  }

  /** Goes through the manifest: makes folders as they come, gathers symlinks, and gives the files to be fetched. */
  async *#openFolders(): AsyncGenerator<FileTask> {
    const root = new OpenFolder(
      { pathBytes: Buffer.alloc(0), entry: undefined, parent: undefined },
      FolderHandle.open(this.#into),
      !this.#settings.fileSystem.caseSensitive,
      (folder) => this.#finishFolder(folder),
    );
    const stack = [root];
    try {
      for await (const item of this.#selection.items()) {
        throwIfAborted(this.#settings.signal);
        await this.#room;
        if (isRefused(item)) {
          this.#fail({ code: item.code, path: item.path, message: `not restored: ${item.reason}` });
          continue;
        }
        while (stack.length > 1 && !isDirectlyBelow(item.pathBytes, stack.at(-1)?.pathBytes)) stack.pop()?.leave();
        const folder = stack.at(-1) ?? root;
        const task = this.#meet(item, folder, stack);
        if (task !== undefined) yield task;
      }
    } finally {
      for (const folder of stack.reverse()) folder.leave();
    }
  }

  #meet(located: LocatedEntry, folder: OpenFolder, stack: OpenFolder[]): FileTask | undefined {
    const { entry } = located;
    const name = nameOf(located);
    if (folder.entry === undefined) this.#topNames.set(name.toString('latin1'), name);
    const problem = this.#placeFault(entry.path, name, folder);
    if (entry.type === 'directory') {
      stack.push(this.#openFolder({ ...located, entry }, name, folder, problem));
      return undefined;
    }
    if (problem !== undefined) this.#fail(problem);
    else if (entry.type === 'symlink') folder.links.push({ name, entry });
    else {
      folder.begin();
      return { located: { ...located, entry }, folder };
    }
    return undefined;
  }

  #placeFault(path: string, name: Buffer, folder: OpenFolder): Problem | undefined {
    if (!folder.takeName(name)) return collisionProblem(path);
    if (folder.handle === undefined) return { code: 'UNWRITABLE', path, message: 'its folder could not be made' };
    return undefined;
  }

  #openFolder(
    located: LocatedEntry & { entry: DirectoryEntry },
    name: Buffer,
    parent: OpenFolder,
    problem: Problem | undefined,
  ): OpenFolder {
    const { pathBytes, entry } = located;
    let handle: FolderHandle | undefined;
    let fault = problem;
    try {
      if (fault === undefined) handle = parent.handle?.enter(name);
    } catch (error) {
      fault = placeProblem(entry.path, error);
      if (fault === undefined) throw error;
    }
    if (fault !== undefined) this.#fail(fault);
    else this.#counts.directories += 1;
    return new OpenFolder({ pathBytes, entry, parent }, handle, !this.#settings.fileSystem.caseSensitive, (folder) =>
      this.#finishFolder(folder),
    );
  }

  /** Everything in the folder is there: its symlinks, then its own mode and times; then it can be flushed. */
  #finishFolder(folder: OpenFolder): void {
    const { handle, entry } = folder;
    if (handle === undefined || this.#settings.signal?.aborted === true) return;
    for (const link of folder.links) this.#placeLink(handle, link.name, link.entry);
    // Opened before its mode is set, which may forbid it.
    const descriptor = handle.openToFlush();
    const unset = entry === undefined ? undefined : applyToFolder(handle.address, entry, this.#rules);
    if (entry !== undefined && unset !== undefined) this.#fail(attributesProblem(entry.path, unset));
    const path = join(this.#into, folder.pathBytes.toString('utf8'));
    if (descriptor !== undefined) this.#room = this.#flusher.addFolder(descriptor, path);
  }

  #placeLink(handle: FolderHandle, name: Buffer, entry: SymlinkEntry): void {
    try {
      const staged = { staging: this.#staging.folder, stagingName: this.#files.nextStagedName() };
      const outcome = placeLink(handle, name, entry, this.#rules, this.#settings.overwrite ? staged : undefined);
      if (outcome.kind === 'taken') {
        this.#fail(existsProblem(entry.path));
        return;
      }
      this.#counts.symlinks += 1;
      if (outcome.unset !== undefined) this.#fail(attributesProblem(entry.path, outcome.unset));
    } catch (error) {
      const problem = placeProblem(entry.path, error);
      if (problem === undefined) throw error;
      this.#fail(problem);
    }
  }

  async #restoreFile(task: FileTask): Promise<void> {
    try {
      await this.#files.restore(task);
    } finally {
      task.folder.end();
    }
  }

  #fail(problem: Problem): void {
    this.#counts.failed += 1;
    this.#report.problem(problem);
  }
}

function isDirectlyBelow(path: Buffer, folder: Buffer | undefined): boolean {
  if (folder === undefined) return false;
  const slash = path.lastIndexOf(0x2f);
  return slash === folder.length && path.subarray(0, slash).equals(folder);
}
