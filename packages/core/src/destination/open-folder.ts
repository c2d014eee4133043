import type { BigIntStats } from 'node:fs';
import { errorCode } from '../files/index.js';
import type { DirectoryEntry, LocatedEntry, SymlinkEntry } from '../snapshot/index.js';
import type { FolderHandle } from './folder-handle.js';
import type { Volume } from './volume.js';

const NOTHING = Buffer.alloc(0);
const SLASH = Buffer.from('/');

/** What is done with a folder when everything in it is there. */
export type FinishFolder = (folder: OpenFolder) => void;

/** What a folder of the destination is. */
export interface FolderPlace {
  /** Its path in the snapshot. */
  readonly pathBytes: Buffer;
  /** `undefined` for a folder whose attributes are not the snapshot's: the destination itself, the folder of a lone file. */
  readonly entry: DirectoryEntry | undefined;
  readonly parent: OpenFolder | undefined;
  /** `undefined` if it could not be made, or is not there and nothing is to be made: see `isAbsent`. */
  readonly handle: FolderHandle | undefined;
  /** It would be made, if this restore wrote anything. */
  readonly isAbsent?: boolean;
  /** A file or a link stood in its place. */
  readonly replaces?: boolean;
  /** What that was, where nothing is written yet. */
  readonly stood?: BigIntStats | undefined;
  /** Its extended attributes before they are changed, where nothing is written yet. */
  readonly xattrsBefore?: Readonly<Record<string, string>> | undefined;
  /** Where it would be, if it is not there. */
  readonly location?: Buffer | undefined;
  /** `undefined` only where nothing can be put in it. */
  readonly volume: Volume | undefined;
  /** What it was before anything was put in it; `undefined` if it did not stand. */
  readonly before?: BigIntStats | undefined;
  /** False if it stood before, with all extended attributes that it should have. */
  readonly lacksXattrs?: boolean | undefined;
  /** Where this is the folder of a lone file: its name in the snapshot, and here. Nothing else may be put there. */
  readonly onlyFile?: { readonly recordedName: Buffer; readonly name: Buffer };
}

/**
 * A folder of the destination while entries below it are still to come. It is finished once it is left and the last file
 * and folder in it are done: then its symlinks are made, and its own mode and times set, which nothing disturbs any more.
 */
export class OpenFolder {
  readonly place: FolderPlace;
  readonly links: { readonly name: Buffer; readonly entry: SymlinkEntry }[] = [];
  readonly #finish: FinishFolder;
  readonly #names: Set<string> | undefined;
  #pending = 0;
  #left = false;

  constructor(place: FolderPlace, finish: FinishFolder) {
    this.place = place;
    this.#finish = finish;
    this.#names = place.volume?.nameKey === undefined ? undefined : new Set();
    place.parent?.begin();
  }

  get pathBytes(): Buffer {
    return this.place.pathBytes;
  }

  get handle(): FolderHandle | undefined {
    return this.place.handle;
  }

  /** Its absolute path, or the one that it would have. */
  get location(): Buffer {
    const { handle, location, parent } = this.place;
    if (handle !== undefined) return handle.path;
    return location ?? Buffer.concat([parent?.location ?? NOTHING, SLASH, nameOf(this)]);
  }

  /** What an entry is called here; `undefined` if it has no business here. */
  nameFor(located: Pick<LocatedEntry, 'pathBytes'>): Buffer | undefined {
    const recorded = nameOf(located);
    const { onlyFile } = this.place;
    if (onlyFile === undefined) return recorded;
    return onlyFile.recordedName.equals(recorded) ? onlyFile.name : undefined;
  }

  /** Is this name free, also where the destination does not tell case and normalisation apart? It is taken by asking. */
  takeName(name: Buffer): boolean {
    const { nameKey } = this.place.volume ?? {};
    if (this.#names === undefined || nameKey === undefined) return true;
    const folded = nameKey(name.toString('utf8'));
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
      this.place.parent?.end();
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
