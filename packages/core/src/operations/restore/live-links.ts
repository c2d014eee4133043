import type { BigIntStats } from 'node:fs';
import type { FileEntry } from '../../snapshot/index.js';

/** A live file of several names. */
interface Claim {
  /** The entry, or the group of entries, that it stands for. */
  readonly by: string;
  /** The path of the first entry that was met for it. */
  readonly path: string;
  /** Names that no entry has been met for. */
  namesLeft: bigint;
  /** Another file got one of its names. */
  isReplaced: boolean;
}

/** Live files that have several names, and what they stand for in the snapshot. */
export class LiveLinks {
  readonly #claims = new Map<string, Claim>();
  readonly #ownNames: (stats: BigIntStats) => bigint;

  /** @param ownNames how many of a file's names it has only because it is kept. */
  constructor(ownNames: (stats: BigIntStats) => bigint = () => 0n) {
    this.#ownNames = ownNames;
  }

  /**
   * A live file of several names can stand for one entry, or for the entries of one group. Notes whom it stands for.
   *
   * @param stats what has the entry's name.
   * @returns false if it stands for another one already, so that this entry needs a file of its own.
   */
  claim(entry: FileEntry, stats: BigIntStats | undefined): boolean {
    if (stats === undefined || !stats.isFile()) return true;
    const inode = inodeOf(stats);
    const known = this.#claims.get(inode);
    const names = stats.nlink - this.#ownNames(stats);
    if (names <= 1n) {
      // Its other names have been given to other files meanwhile.
      if (known !== undefined) known.namesLeft -= 1n;
      return true;
    }
    const self = entry.hardLink === undefined ? entry.path : `#${entry.hardLink}`;
    const claim = known ?? { by: self, path: entry.path, namesLeft: names, isReplaced: false };
    claim.namesLeft -= 1n;
    this.#claims.set(inode, claim);
    return claim.by === self;
  }

  /** Another file gets a name that this one had. */
  replaced(stats: BigIntStats): void {
    const claim = this.#claims.get(inodeOf(stats));
    if (claim !== undefined) claim.isReplaced = true;
  }

  /** The live files that were replaced under some of their names, and not under others that no entry was met for. */
  get parted(): { readonly files: number; readonly first: string } {
    let files = 0;
    let first = '';
    for (const { path, namesLeft, isReplaced } of this.#claims.values()) {
      if (!isReplaced || namesLeft <= 0n) continue;
      if (files === 0) first = path;
      files += 1;
    }
    return { files, first };
  }
}

function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
