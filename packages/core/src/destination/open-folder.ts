import { errorCode } from '../files/index.js';
import { type DirectoryEntry, foldName, type LocatedEntry, type SymlinkEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';

/** What is done with a folder when everything in it is there. */
export type FinishFolder = (folder: OpenFolder) => void;

/**
 * A folder of the destination while entries below it are still to come. It is finished once it is left and the last file
 * and folder in it are done: then its symlinks are made, and its own mode and times set, which nothing disturbs any more.
 */
export class OpenFolder {
  /** `undefined` for the destination itself, whose attributes are not the snapshot's. */
  readonly entry: DirectoryEntry | undefined;
  readonly pathBytes: Buffer;
  /** `undefined` if the folder could not be made: nothing below it can be. */
  readonly handle: FolderHandle | undefined;
  readonly links: { readonly name: Buffer; readonly entry: SymlinkEntry }[] = [];
  readonly #parent: OpenFolder | undefined;
  readonly #finish: FinishFolder;
  readonly #names: Set<string> | undefined;
  #pending = 0;
  #left = false;

  constructor(
    where: {
      readonly pathBytes: Buffer;
      readonly entry: DirectoryEntry | undefined;
      readonly parent: OpenFolder | undefined;
    },
    handle: FolderHandle | undefined,
    foldsNames: boolean,
    finish: FinishFolder,
  ) {
    this.entry = where.entry;
    this.pathBytes = where.pathBytes;
    this.#parent = where.parent;
    this.handle = handle;
    this.#finish = finish;
    this.#names = foldsNames ? new Set() : undefined;
    this.#parent?.begin();
  }

  /** Is this name free, also where the destination does not tell case and normalisation apart? It is taken by asking. */
  takeName(name: Buffer): boolean {
    if (this.#names === undefined) return true;
    const folded = foldName(name.toString('utf8'));
    if (this.#names.has(folded)) return false;
    this.#names.add(folded);
    return true;
  }

  /** Work in it begins; each beginning has its `end`. */
  begin(): void {
    this.#pending += 1;
  }

  end(): void {
    this.#pending -= 1;
    this.#finishIfDone();
  }

  /** No further entry lies below it. */
  leave(): void {
    this.#left = true;
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (!this.#left || this.#pending > 0) return;
    try {
      this.#finish(this);
    } finally {
      this.handle?.close();
      this.#parent?.end();
    }
  }
}

/** The last segment of an entry's path. */
export function nameOf(located: Pick<LocatedEntry, 'pathBytes'>): Buffer {
  return located.pathBytes.subarray(located.pathBytes.lastIndexOf(0x2f) + 1);
}

/** Is this an error of the system (and not of the store or the program)? */
export function isSystemError(error: unknown): boolean {
  return errorCode(error) !== undefined && error instanceof Error && 'syscall' in error;
}
