/**
 * Looks up keys in a stream that is sorted by the bytes of its keys, for a caller who asks in the same order: both sides
 * are read once, and one batch of items is held. It answers at once where it can: a turn for each item would cost more than the item.
 */
export class SortedCursor<Item> {
  readonly #batches: AsyncIterator<readonly Item[]>;
  readonly #keyOf: (item: Item) => Uint8Array;
  #batch: readonly Item[] = [];
  #position = 0;
  #ended = false;

  constructor(batches: AsyncIterable<readonly Item[]>, keyOf: (item: Item) => Uint8Array) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#keyOf = keyOf;
  }

  /** The item of this key, if there is one. Keys must come in ascending order. */
  find(key: Uint8Array): Item | undefined | Promise<Item | undefined> {
    for (; this.#position < this.#batch.length; this.#position++) {
      const item = this.#batch[this.#position] as Item;
      const order = Buffer.compare(this.#keyOf(item), key);
      if (order >= 0) return order === 0 ? item : undefined;
    }
    return this.#ended ? undefined : this.#findInNext(key);
  }

  /** Ends the stream behind it. */
  async close(): Promise<void> {
    this.#batch = [];
    this.#ended = true;
    await this.#batches.return?.();
  }

  async #findInNext(key: Uint8Array): Promise<Item | undefined> {
    const next = await this.#batches.next();
    this.#ended = next.done === true;
    this.#batch = next.done === true ? [] : next.value;
    this.#position = 0;
    return this.find(key);
  }
}

/** Each item of a stream as a batch of its own. */
export async function* oneAtATime<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  for await (const item of items) yield [item];
}
