import type { ContentChange } from '@holdfast/core/inspect';

/** Keeps the first changes, in the order of their keys, and counts the rest. */
export class FirstChanges {
  readonly #max: number;
  readonly #kept: { readonly key: number; readonly change: ContentChange }[] = [];
  #count = 0;

  /** @param max how many are kept */
  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a change, which is only made if it is kept. */
  offer(key: number, make: () => ContentChange): void {
    this.#count += 1;
    const last = this.#kept.at(-1);
    const isFull = this.#kept.length >= this.#max;
    if (isFull && (last === undefined || key >= last.key)) return;
    if (isFull) this.#kept.pop();
    const at = this.#kept.findLastIndex((kept) => kept.key <= key) + 1;
    this.#kept.splice(at, 0, { key, change: make() });
  }

  /** How many were offered. */
  get count(): number {
    return this.#count;
  }

  /** The first ones. */
  get changes(): readonly ContentChange[] {
    return this.#kept.map(({ change }) => change);
  }
}
