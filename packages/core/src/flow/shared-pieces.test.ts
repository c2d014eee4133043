import { describe, expect, it } from 'vitest';
import { SharedPieces } from './shared-pieces.js';

/** A source of numbered pieces that counts its openings and knows whether it was closed. */
function counted(pieces: number, failAt?: number) {
  const seen = { openings: 0, given: 0, closed: false };
  async function* open(): AsyncGenerator<Uint8Array> {
    seen.openings += 1;
    try {
      for (let piece = 0; piece < pieces; piece += 1) {
        if (piece === failAt) throw new Error('the source broke');
        seen.given += 1;
        yield Uint8Array.of(piece);
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, open };
}

async function read(pieces: AsyncIterable<Uint8Array>, leaveAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
  const got: number[] = [];
  for await (const piece of pieces) {
    got.push(...piece);
    if (got.length >= leaveAfter) break;
  }
  return got;
}

describe('one reading for several', () => {
  it('opens the source once, and gives every piece to each', async () => {
    const { seen, open } = counted(5);
    const shared = new SharedPieces(3, open);
    const all = await Promise.all([0, 1, 2].map((consumer) => read(shared.pieces(consumer))));
    expect(all).toEqual(Array(3).fill([0, 1, 2, 3, 4]));
    expect(seen).toMatchObject({ openings: 1, given: 5, closed: true });
  });

  it('holds one piece: the fast wait for the slow', async () => {
    const { seen, open } = counted(5);
    const shared = new SharedPieces(2, open);
    const slow = shared.pieces(1);
    const fast = read(shared.pieces(0));
    await slow.next();
    expect(seen.given).toBe(1);
    await slow.next();
    expect(seen.given).toBe(2);
    await slow.return(undefined);
    expect(await fast).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on for the others when one leaves, before it began or in the middle', async () => {
    const { open } = counted(5);
    const shared = new SharedPieces(3, open);
    shared.leave(2);
    expect(await Promise.all([read(shared.pieces(0), 2), read(shared.pieces(1))])).toEqual([
      [0, 1],
      [0, 1, 2, 3, 4],
    ]);
  });

  it('closes the source when all have left', async () => {
    const { seen, open } = counted(5);
    const shared = new SharedPieces(2, open);
    await Promise.all([read(shared.pieces(0), 2), read(shared.pieces(1), 2)]);
    expect(seen).toMatchObject({ given: 2, closed: true });
  });

  it('gives an error of the source to each', async () => {
    const { open } = counted(5, 2);
    const shared = new SharedPieces(2, open);
    const outcomes = await Promise.allSettled([read(shared.pieces(0)), read(shared.pieces(1))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
