/** By how much values differ: the most, and the mean of those that differ by a number. */
export class Differences {
  #count = 0;
  #sum = 0;
  #most: number | bigint | undefined;

  /** NaN and infinite ones have no size and are not counted here. Whole numbers of 64 bits keep all digits. */
  add(difference: number | bigint): void {
    const size = difference < 0 ? -difference : difference;
    if (typeof size === 'number' && !Number.isFinite(size)) return;
    this.#count += 1;
    this.#sum += Number(size);
    if (this.#most === undefined || size > this.#most) this.#most = size;
  }

  /** Nothing if no two values differ by a number. As texts, shortest for a double. */
  facts(): { readonly maxDifference?: string; readonly meanDifference?: string } {
    if (this.#most === undefined) return {};
    const most = String(this.#most);
    return { maxDifference: most, meanDifference: this.#count === 1 ? most : String(this.#sum / this.#count) };
  }
}
