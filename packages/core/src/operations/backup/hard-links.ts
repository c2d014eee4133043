import type { BigIntStats } from 'node:fs';

/** A file that has several names. */
interface Group<Found> {
  readonly found: Found;
  /** Names that have not been met yet, as far as the file system counts them. */
  namesLeft: bigint;
}

/**
 * Files of several names, met on a walk: by device and inode. What is kept for a file is dropped when all its names have
 * come; what has names outside of the sources stays until the end.
 */
export class HardLinks<Found> {
  readonly #groups = new Map<string, Group<Found>>();
  #lastNumber = 0;

  /** What was kept for this file when its first name was met. */
  find(stats: BigIntStats): Found | undefined {
    const inode = inodeOf(stats);
    const group = this.#groups.get(inode);
    if (group === undefined) return undefined;
    group.namesLeft -= 1n;
    if (group.namesLeft === 0n) this.#groups.delete(inode);
    return group.found;
  }

  /** Keeps something for the further names of a file whose first name has just been met. */
  keep(stats: BigIntStats, found: Found): void {
    this.#groups.set(inodeOf(stats), { found, namesLeft: stats.nlink - 1n });
  }

  /** A number that no other group of this snapshot has. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}

function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
