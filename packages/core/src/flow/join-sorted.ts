/** An item of a stream that is sorted by the bytes of its keys. */
export interface Keyed {
  readonly key: Uint8Array;
}

/** What two streams have under one key: at least one of the two. */
export type Joined<Left, Right> =
  | { readonly left: Left; readonly right?: Right }
  | { readonly left?: never; readonly right: Right };

/**
 * Joins two streams that are sorted by their keys, each key once: both are read once, and one item of each is held. When an item
 * of the left stands alone, the right stream has been read up to the first key behind it.
 */
export async function* joinSorted<Left extends Keyed, Right extends Keyed>(
  left: AsyncIterable<Left>,
  right: AsyncIterable<Right>,
): AsyncGenerator<Joined<Left, Right>> {
  const lefts = left[Symbol.asyncIterator]();
  const rights = right[Symbol.asyncIterator]();
  try {
    let leftItem = await nextOf(lefts);
    let rightItem = await nextOf(rights);
    while (leftItem !== undefined || rightItem !== undefined) {
      const order = compare(leftItem, rightItem);
      if (leftItem !== undefined && order <= 0) {
        yield order === 0 && rightItem !== undefined ? { left: leftItem, right: rightItem } : { left: leftItem };
        if (order === 0) rightItem = await nextOf(rights);
        leftItem = await nextOf(lefts);
      } else if (rightItem !== undefined) {
        yield { right: rightItem };
        rightItem = await nextOf(rights);
      }
    }
  } finally {
    await lefts.return?.();
    await rights.return?.();
  }
}

async function nextOf<Item>(items: AsyncIterator<Item>): Promise<Item | undefined> {
  const next = await items.next();
  return next.done === true ? undefined : next.value;
}

/** The end of a stream comes behind every key. */
function compare(left: Keyed | undefined, right: Keyed | undefined): number {
  if (left === undefined) return 1;
  return right === undefined ? -1 : Buffer.compare(left.key, right.key);
}
