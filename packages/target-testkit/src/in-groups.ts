/** Does `work` for every item, at most `concurrency` of them at a time, and rejects with the first failure once all have settled. */
export async function inGroups<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  const answers = await Promise.allSettled(Array.from({ length: Math.max(1, concurrency) }, worker));
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
}
