import { closeSync, constants, openSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AttributeRules,
  applyToDescriptor,
  applyToFolder,
  attributeRules,
  ContentMismatch,
  FolderHandle,
  isSystemError,
  NotAFolder,
  nameOf,
  OpenFolder,
  placeLink,
  publishFile,
  stageFile,
  standingFile,
} from '../destination/index.js';
import type { Problem } from '../events/index.js';
import {
  claimStaging,
  type FileFlusher,
  fileFlusher,
  fileSystemOf,
  type StagingClaim,
  sweepStaging,
  syncFolders,
} from '../files/index.js';
import { inOrder } from '../flow/in-order.js';
import { throwIfAborted } from '../holdfast-error.js';
import type { PlainSnapshot } from '../plain/index.js';
import { type DirectoryEntry, type FileEntry, isRefused, type LocatedEntry } from '../snapshot/index.js';
import { reasonOf, walkSource } from '../source/index.js';
import { isTargetError } from '../target/index.js';
import type { Report } from './report.js';

/** In the destination, while a restore runs: files that have no name yet. */
const STAGING_FOLDER = '.holdfast-restore';
/** How many files are fetched at once at most; their bytes pass through, they are not held. */
const MAX_AT_ONCE = 16;

export interface RestoreSettings {
  readonly signal: AbortSignal | undefined;
  readonly overwrite: boolean;
  readonly privileged: boolean;
}

interface FileTask {
  readonly located: LocatedEntry & { readonly entry: FileEntry };
  readonly folder: OpenFolder;
}

/** One running restore. */
export class RestoreRun {
  readonly counts = { restoredFiles: 0, restoredBytes: 0, keptFiles: 0, directories: 0, symlinks: 0, failed: 0 };
  readonly #snapshot: PlainSnapshot;
  readonly #into: string;
  readonly #report: Report;
  readonly #settings: RestoreSettings;
  readonly #rules: AttributeRules;
  readonly #claim: StagingClaim;
  readonly #staging: FolderHandle;
  readonly #flusher: FileFlusher;
  readonly #foldsNames: boolean;
  /** The staged name of the first file of each hard-link group, kept until the end so that others can be linked to it. */
  readonly #links = new Map<number, Promise<Buffer | undefined>>();
  #staged = 0;

  private constructor(
    snapshot: PlainSnapshot,
    into: string,
    report: Report,
    settings: RestoreSettings,
    medium: { claim: StagingClaim; flusher: FileFlusher; foldsNames: boolean },
  ) {
    this.#snapshot = snapshot;
    this.#into = into;
    this.#report = report;
    this.#settings = settings;
    this.#rules = attributeRules(settings.privileged);
    this.#claim = medium.claim;
    this.#staging = FolderHandle.open(medium.claim.path);
    this.#flusher = medium.flusher;
    this.#foldsNames = medium.foldsNames;
  }

  /** Claims a staging folder in the destination, and sweeps what a killed restore left there. */
  static async open(
    snapshot: PlainSnapshot,
    into: string,
    report: Report,
    settings: RestoreSettings,
  ): Promise<RestoreRun> {
    const fileSystem = await fileSystemOf(into);
    const stagingFolder = join(into, STAGING_FOLDER);
    const claim = await claimStaging(stagingFolder);
    await sweepStaging(stagingFolder, claim);
    const flusher = fileFlusher({ kind: fileSystem.kind });
    return new RestoreRun(snapshot, into, report, settings, { claim, flusher, foldsNames: !fileSystem.caseSensitive });
  }

  /** Restores every entry, then makes all of it durable. */
  async restoreEverything(): Promise<'fsync' | 'syncfs'> {
    const concurrency = Math.min(MAX_AT_ONCE, this.#snapshot.target.capabilities.concurrency);
    for await (const _ of inOrder(this.#openFolders(), concurrency, (task) => this.#restoreFile(task)));
    const way = await this.#flusher.finish({ folder: this.#into, paths: () => this.#filesBelow() });
    if (way === 'fsync') await syncFolders(this.#foldersBelow());
    return way;
  }

  async close(): Promise<void> {
    await this.#flusher.drop();
    this.#staging.close();
    await this.#claim.release();
    await rmdir(join(this.#into, STAGING_FOLDER)).catch(() => undefined);
  }

  /** Goes through the manifest: makes folders as they come, gathers symlinks, and gives the files to be fetched. */
  async *#openFolders(): AsyncGenerator<FileTask> {
    const root = new OpenFolder(
      { pathBytes: Buffer.alloc(0), entry: undefined, parent: undefined },
      FolderHandle.open(this.#into),
      this.#foldsNames,
      (folder) => this.#finishFolder(folder),
    );
    const stack = [root];
    try {
      for await (const item of this.#snapshot.entries()) {
        throwIfAborted(this.#settings.signal);
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
    const free = folder.takeName(name);
    if (entry.type === 'directory') {
      stack.push(this.#openFolder({ ...located, entry }, name, folder, free));
      return undefined;
    }
    if (folder.handle === undefined) {
      this.#fail({ code: 'UNWRITABLE', path: entry.path, message: 'its folder could not be made' });
    } else if (!free) {
      this.#fail({
        code: 'COLLISION',
        path: entry.path,
        message: 'this place does not tell it from another name of the snapshot',
      });
    } else if (entry.type === 'symlink') {
      folder.links.push({ name, entry });
    } else {
      folder.begin();
      return { located: { ...located, entry }, folder };
    }
    return undefined;
  }

  #openFolder(
    located: LocatedEntry & { entry: DirectoryEntry },
    name: Buffer,
    parent: OpenFolder,
    free: boolean,
  ): OpenFolder {
    const { pathBytes, entry } = located;
    let handle: FolderHandle | undefined;
    if (!free)
      this.#fail({
        code: 'COLLISION',
        path: entry.path,
        message: 'this place does not tell it from another name of the snapshot',
      });
    else if (parent.handle === undefined)
      this.#fail({ code: 'UNWRITABLE', path: entry.path, message: 'its folder could not be made' });
    else {
      try {
        handle = parent.handle.enter(name);
        this.counts.directories += 1;
      } catch (error) {
        this.#fail(placeProblem(entry.path, error));
      }
    }
    return new OpenFolder({ pathBytes, entry, parent }, handle, this.#foldsNames, (folder) =>
      this.#finishFolder(folder),
    );
  }

  /** Everything in the folder is there: its symlinks, then its own mode and times. */
  #finishFolder(folder: OpenFolder): void {
    const { handle, entry } = folder;
    if (handle === undefined || this.#settings.signal?.aborted === true) return;
    for (const link of folder.links) {
      try {
        const stagingName = this.#nextName();
        const replace = this.#settings.overwrite ? { staging: this.#staging, stagingName } : undefined;
        const outcome = placeLink(handle, link.name, link.entry, this.#rules, replace);
        if (outcome === 'taken')
          this.#fail({ code: 'EXISTS', path: link.entry.path, message: 'something else stands there, and stays' });
        else this.counts.symlinks += 1;
      } catch (error) {
        this.#fail(placeProblem(link.entry.path, error));
      }
    }
    if (entry === undefined) return;
    try {
      applyToFolder(handle.address, entry, this.#rules);
    } catch (error) {
      this.#fail({
        code: 'ATTRIBUTES',
        path: entry.path,
        message: `mode or time could not be set: ${reasonOf(error)}`,
        cause: error,
      });
    }
  }

  async #restoreFile({ located, folder }: FileTask): Promise<void> {
    const { entry } = located;
    try {
      throwIfAborted(this.#settings.signal);
      await this.#placeFile(entry, nameOf(located), folder);
    } catch (error) {
      this.#fail(contentProblem(entry, error) ?? placeProblem(entry.path, error));
    } finally {
      folder.end();
    }
  }

  async #placeFile(entry: FileEntry, name: Buffer, folder: OpenFolder): Promise<void> {
    const { handle } = folder;
    if (handle === undefined) return;
    const standing = standingFile(handle, name, entry);
    if (standing === 'equal') {
      this.#keep(entry, name, handle);
      return;
    }
    if (standing === 'folder' || (standing === 'other' && !this.#settings.overwrite)) {
      this.#fail({ code: 'EXISTS', path: entry.path, message: 'something else stands there, and stays' });
      return;
    }
    const replace = standing === 'other';
    if (entry.hardLink !== undefined && this.#links.has(entry.hardLink)) {
      const first = await this.#links.get(entry.hardLink);
      if (first !== undefined && publishFile(this.#staging.child(first), handle, name, replace, true)) {
        this.#restored(entry);
        return;
      }
    }
    const staged = this.#nextName();
    const placed = this.#fetchAndPlace(entry, staged, { handle, name, replace });
    if (entry.hardLink !== undefined && !this.#links.has(entry.hardLink)) {
      this.#links.set(
        entry.hardLink,
        placed.then((done) => (done ? staged : undefined)).catch(() => undefined),
      );
    }
    if (await placed) this.#restored(entry);
    else this.#fail({ code: 'EXISTS', path: entry.path, message: 'something else was put there meanwhile, and stays' });
  }

  async #fetchAndPlace(
    entry: FileEntry,
    staged: Buffer,
    place: { readonly handle: FolderHandle; readonly name: Buffer; readonly replace: boolean },
  ): Promise<boolean> {
    const { signal } = this.#settings;
    const content = this.#snapshot.target.get(this.#snapshot.keyOf(entry), { signal });
    const file = await stageFile(this.#staging, staged, entry, content, (bytes) =>
      this.#report.advance(0, bytes, entry.path),
    );
    let taken = false;
    try {
      applyToDescriptor(file.descriptor, entry, this.#rules);
      const keepStaged = entry.hardLink !== undefined;
      const done = publishFile(file.address, place.handle, place.name, place.replace, keepStaged);
      if (done) {
        taken = true;
        await this.#flusher.add(file.descriptor, entry.sizeBytes, join(this.#into, entry.path));
      }
      return done;
    } finally {
      if (!taken) closeSync(file.descriptor);
    }
  }

  /** It is there already, byte for byte: only its mode and time are set. */
  #keep(entry: FileEntry, name: Buffer, handle: FolderHandle): void {
    const descriptor = openSync(handle.child(name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      applyToDescriptor(descriptor, entry, this.#rules);
    } finally {
      closeSync(descriptor);
    }
    this.counts.keptFiles += 1;
    this.#report.file('kept', entry.path, entry.sizeBytes);
    this.#report.advance(1, entry.sizeBytes, entry.path);
  }

  #restored(entry: FileEntry): void {
    this.counts.restoredFiles += 1;
    this.counts.restoredBytes += entry.sizeBytes;
    this.#report.file('restored', entry.path, entry.sizeBytes);
    this.#report.advance(1, 0, entry.path);
  }

  #fail(problem: Problem): void {
    this.counts.failed += 1;
    this.#report.problem(problem);
  }

  #nextName(): Buffer {
    this.#staged += 1;
    return Buffer.from(String(this.#staged));
  }

  *#filesBelow(): Generator<string> {
    for (const [path, type] of this.#walkInto()) if (type === 'file') yield path;
  }

  *#foldersBelow(): Generator<string> {
    for (const [path, type] of this.#walkInto()) if (type === 'directory') yield path;
  }

  *#walkInto(): Generator<[string, string]> {
    const source = {
      name: 'into',
      path: this.#into,
      realPath: this.#into,
      type: 'directory',
      entryPath: 'into',
      madeFolder: undefined,
    } as const;
    for (const walked of walkSource(source, new Set([join(this.#into, STAGING_FOLDER)]))) {
      if ('pathBytes' in walked) yield [walked.location.toString('utf8'), walked.type];
    }
  }
}

/** What an error of the store makes of a file, or `undefined` if it is none. Errors that concern more than this file are thrown. */
function contentProblem(entry: FileEntry, error: unknown): Problem | undefined {
  if (error instanceof ContentMismatch) {
    return {
      code: 'DAMAGED',
      path: entry.path,
      message: `not restored: the stored file is damaged: ${error.message}`,
      cause: error,
    };
  }
  if (isTargetError(error, 'CORRUPT')) {
    return {
      code: 'DAMAGED',
      path: entry.path,
      message: `not restored: the stored file is damaged: ${error.reason}`,
      cause: error,
    };
  }
  if (isTargetError(error, 'NOT_FOUND'))
    return { code: 'MISSING', path: entry.path, message: 'not restored: it is missing in the store', cause: error };
  return undefined;
}

/** What an error of the destination makes of a file. Anything else is thrown. */
function placeProblem(path: string, error: unknown): Problem {
  if (error instanceof NotAFolder)
    return { code: 'EXISTS', path, message: `not restored: ${error.message}`, cause: error };
  if (isSystemError(error))
    return { code: 'UNWRITABLE', path, message: `not restored: ${systemReason(error)}`, cause: error };
  throw error;
}

function systemReason(error: unknown): string {
  const reason = reasonOf(error);
  return reason === 'ENOSPC' || reason === 'EDQUOT' ? 'the disk is full' : reason;
}

function isDirectlyBelow(path: Buffer, folder: Buffer | undefined): boolean {
  if (folder === undefined) return false;
  const slash = path.lastIndexOf(0x2f);
  return slash === folder.length && path.subarray(0, slash).equals(folder);
}
