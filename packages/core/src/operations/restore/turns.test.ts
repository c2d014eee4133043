import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Turns } from './turns.js';

it('work goes side by side, and what goes alone has nothing beside it', async () => {
  const works = fc.array(
    fc.record({ alone: fc.boolean(), startMs: fc.nat(6), lastsMs: fc.nat(6), fails: fc.boolean() }),
    {
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(works, async (all) => {
      const turns = new Turns();
      const running = new Set<object>();
      const beginnings: string[] = [];
      const done = all.map(async (work) => {
        await delay(work.startMs);
        const run = async (): Promise<void> => {
          running.add(work);
          beginnings.push(
            [...running].some(({ alone }: { alone?: boolean }) => alone) && running.size > 1 ? 'beside' : '',
          );
          await delay(work.lastsMs);
          running.delete(work);
          if (work.fails) throw new Error('failed');
        };
        await (work.alone ? turns.alone(run) : turns.beside(run));
      });
      const ends = await Promise.allSettled(done);
      expect(beginnings).toEqual(all.map(() => ''));
      expect(ends.map(({ status }) => status === 'rejected')).toEqual(all.map(({ fails }) => fails));
    }),
    { numRuns: 40 },
  );
});

it('work that goes side by side does not wait for each other', async () => {
  const turns = new Turns();
  let free = (): void => undefined;
  const first = turns.beside(() => new Promise<void>((resolve) => (free = resolve)));
  await turns.beside(async () => free());
  await first;
});
