/**
 * Looks up keys in a stream that is sorted by the bytes of its keys, for a caller who asks in the same order: both sides
 * are read once, and one item is held.
 */
export class SortedCursor<Item> {
  readonly #items: AsyncIterator<Item>;
  readonly #keyOf: (item: Item) => Uint8Array;
  #current: { readonly key: Uint8Array; readonly item: Item } | undefined;
  #started = false;

  constructor(items: AsyncIterable<Item>, keyOf: (item: Item) => Uint8Array) {
    this.#items = items[Symbol.asyncIterator]();
    this.#keyOf = keyOf;
  }

  /** The item of this key, if there is one. Keys must come in ascending order. */
  async find(key: Uint8Array): Promise<Item | undefined> {
    if (!this.#started) {
      this.#started = true;
      await this.#advance();
    }
    while (this.#current !== undefined && Buffer.compare(this.#current.key, key) < 0) await this.#advance();
    return this.#current !== undefined && Buffer.compare(this.#current.key, key) === 0 ? this.#current.item : undefined;
  }

  /** Ends the stream behind it. */
  async close(): Promise<void> {
    this.#current = undefined;
    await this.#items.return?.();
  }

  async #advance(): Promise<void> {
    const next = await this.#items.next();
    this.#current = next.done === true ? undefined : { key: this.#keyOf(next.value), item: next.value };
  }
}
