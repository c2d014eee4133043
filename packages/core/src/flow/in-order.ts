/**
 * Runs `work` on the items, at most `concurrency` of them at a time, and gives the results in the order of the items.
 * At most `concurrency` results wait to be taken. The first failure ends the iteration with that error, after everything
 * that was started has settled: nothing goes on behind the caller's back.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // A failure is seen when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      running.push(result);
      const first = running.length >= concurrency ? running.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}
