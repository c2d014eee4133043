/** What of a source is taken. Without any member: all but what `.holdfastignore` files and `CACHEDIR.TAG` leave out. */
export interface FilterSpec {
  /**
   * Patterns as in gitignore(5), counted from the source's top folder. Where there are any, only what fits one of them is
   * taken, with all that is in a folder that fits, and the folders that lead there.
   */
  readonly include?: readonly string[] | undefined;
  /** Patterns of what is left out; with `!` of what is taken although a rule that counts less leaves it out. The last that fits counts. */
  readonly exclude?: readonly string[] | undefined;
  /** Files with such patterns, as in gitignore(5). They count less than `.holdfastignore`, and this less than `exclude`. */
  readonly excludeFiles?: readonly string[] | undefined;
  /** Such patterns as they stand in such a file, line by line; they count as much. */
  readonly excludeLines?: readonly string[] | undefined;
  /** Take also what is in folders that are marked as caches by a `CACHEDIR.TAG`. */
  readonly takeCaches?: boolean | undefined;
  /** Do not enter folders on which another file system is mounted. */
  readonly oneFileSystem?: boolean | undefined;
  /** Leave out files that are larger. */
  readonly excludeLargerThanBytes?: number | undefined;
  /** Leave out files that are smaller. */
  readonly excludeSmallerThanBytes?: number | undefined;
}
