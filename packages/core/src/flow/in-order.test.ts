import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.js';

/** Waits so many turns of the loop, no matter how long they take. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('work done side by side', () => {
  it('gives its results in the order of the items, whatever ends first, and never more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await turns((item * 7) % 5);
      running -= 1;
      return item * 10;
    };
    for await (const result of inOrder([1, 2, 3, 4, 5, 6, 7, 8], 3, work)) results.push(result);
    expect(results).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
    expect(most).toBe(3);
  });

  it('begins each item in order, one at a time where only one is allowed', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      expect(ended.length).toBe(begun.length);
      begun.push(item);
      await turns(1);
      ended.push(item);
    };
    for await (const _ of inOrder([1, 2, 3], 1, work));
    expect(begun).toEqual([1, 2, 3]);
  });

  it('ends with the first failure, after all that was begun has settled, and closes what gives the items', async () => {
    let running = 0;
    let closed = false;
    function* items(): Generator<number> {
      try {
        for (let item = 0; ; item += 1) yield item;
      } finally {
        closed = true;
      }
    }
    const work = async (item: number): Promise<number> => {
      running += 1;
      await turns(item === 1 ? 1 : 4);
      running -= 1;
      if (item === 1) throw new Error('the second fails');
      return item;
    };
    const given: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const result of inOrder(items(), 4, work)) given.push(result);
    };
    await expect(reading()).rejects.toThrow('the second fails');
    expect({ given, running, closed }).toEqual({ given: [0], running: 0, closed: true });
  });

  it('waits for what was begun when its reader leaves early', async () => {
    let running = 0;
    const work = async (): Promise<void> => {
      running += 1;
      await turns(3);
      running -= 1;
    };
    for await (const _ of inOrder([1, 2, 3, 4], 4, work)) break;
    expect(running).toBe(0);
  });

  it('passes an error of the items on, after what was begun has settled', async () => {
    let running = 0;
    function* items(): Generator<number> {
      yield 1;
      throw new Error('no more items');
    }
    const work = async (): Promise<void> => {
      running += 1;
      await turns(3);
      running -= 1;
    };
    const reading = async (): Promise<void> => {
      for await (const _ of inOrder(items(), 4, work));
    };
    await expect(reading()).rejects.toThrow('no more items');
    expect(running).toBe(0);
  });
});
