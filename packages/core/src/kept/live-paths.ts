import { type BigIntStats, lstatSync, mkdirSync } from 'node:fs';
import { FolderHandle, FolderTrail, NotAFolder } from '../destination/index.js';
import { errorCode } from '../files/index.js';
import type { KeptItem } from './kept-item.js';

/** Which path, of which root. */
export type ItemPlace = Pick<KeptItem, 'root' | 'path'>;

/** What an item's path leads to now. */
export interface LiveThing {
  /** `undefined` where nothing is. */
  readonly stats: BigIntStats | undefined;
  /** Means nothing once another item is looked for. */
  readonly address: Buffer | string;
}

/**
 * The paths of items as they are now, found through folders that are held open: no link is followed, and folders that something is changed
 * in keep their times.
 */
export class LivePaths {
  readonly #roots: readonly string[];
  readonly #changed: (handle: FolderHandle) => void;
  readonly #trails = new Map<number, FolderTrail>();

  /** @param changed called for each folder that something was changed in, when it is left. */
  constructor(roots: readonly string[], changed: (handle: FolderHandle) => void = () => undefined) {
    this.#roots = roots;
    this.#changed = changed;
  }

  /** The absolute path of an item, for people. */
  location({ root, path }: ItemPlace): Buffer {
    const top = Buffer.from(this.#path(root));
    if (path.length === 0) return top;
    return Buffer.concat(top.at(-1) === 0x2f ? [top, path] : [top, Buffer.from('/'), path]);
  }

  /** Looks at what is there. @throws the error of the system. */
  look(place: ItemPlace): LiveThing {
    const location = this.location(place);
    try {
      const names = namesOf(place.path);
      const name = names.pop();
      // Left, a root has its times again: what was changed in it is not what somebody has put there.
      if (name === undefined) this.#leave(place.root);
      const address = name === undefined ? location : this.#trail(place.root)?.find(names, name);
      const stats = address && lstatSync(address, { bigint: true, throwIfNoEntry: false });
      return { stats, address: address ?? location };
    } catch (error) {
      // Something else has the name of a folder on the way: nothing is below it.
      if (error instanceof NotAFolder || errorCode(error) === 'ENOTDIR') return { stats: undefined, address: location };
      throw error;
    }
  }

  /**
   * Changes something there. Folders that lead to it and are missing are made, the root among them: for its owner alone, as nobody knows
   * who may look into it.
   *
   * @throws NotAFolder; the error of the system.
   */
  change(place: ItemPlace, work: (address: Buffer | string) => void): void {
    const names = namesOf(place.path);
    const name = names.pop();
    if (name === undefined) {
      work(this.location(place));
      return;
    }
    if (this.#trail(place.root) === undefined) mkdirSync(this.#path(place.root), { recursive: true, mode: 0o700 });
    this.#trail(place.root)?.changeIn(names, name, work, true);
  }

  /** Leaves every folder: they get their times. */
  close(): void {
    for (const trail of this.#trails.values()) trail.close();
    this.#trails.clear();
  }

  #leave(root: number): void {
    this.#trails.get(root)?.close();
    this.#trails.delete(root);
  }

  #path(root: number): string {
    return this.#roots[root] ?? '';
  }

  /** `undefined` where the root itself is gone. */
  #trail(root: number): FolderTrail | undefined {
    const known = this.#trails.get(root);
    if (known !== undefined) return known;
    const path = this.#path(root);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const trail = new FolderTrail(FolderHandle.open(path), this.#changed);
    this.#trails.set(root, trail);
    return trail;
  }
}

function namesOf(path: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf(0x2f, start);
    const end = slash === -1 ? path.length : slash;
    names.push(path.subarray(start, end));
    start = end + 1;
  }
  return names;
}
