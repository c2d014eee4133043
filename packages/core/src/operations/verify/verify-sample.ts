import { randomInt } from 'node:crypto';

/** Finer than any sample needs. */
const STEPS = 2 ** 40;

/**
 * Chooses a random part of the files of one snapshot, spread over all of it: they are cut in stretches that hold one file to read each, and of each
 * stretch that is any one. So at least one file is read where there is one.
 */
export class FileSample {
  readonly #stretch: number;
  readonly #files: number;
  readonly #random: () => number;
  #next: number;
  #stretches = 0;
  #seen = 0;

  /**
   * @param part of the files to read, above 0 and at most 1.
   * @param files how many the snapshot has.
   * @param random from 0 to below 1.
   */
  constructor(part: number, files: number, random: () => number = () => randomInt(STEPS) / STEPS) {
    this.#stretch = 1 / part;
    this.#files = files;
    this.#random = random;
    this.#next = this.#choose();
  }

  /** Is the next file one of those to read? */
  takesNext(): boolean {
    const position = this.#seen;
    this.#seen += 1;
    if (position < this.#next) return false;
    while (this.#next <= position) this.#next = this.#choose();
    return true;
  }

  #choose(): number {
    const start = this.#stretches * this.#stretch;
    this.#stretches += 1;
    const length = start < this.#files ? Math.min(this.#stretch, this.#files - start) : this.#stretch;
    return Math.floor(start + this.#random() * length);
  }
}
