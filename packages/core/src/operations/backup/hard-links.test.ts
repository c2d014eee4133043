import type { BigIntStats } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HardLinks } from './hard-links.js';

const stats = (ino: bigint, nlink: bigint, dev = 1n): BigIntStats => ({ ino, nlink, dev }) as BigIntStats;

describe('a file of several names', () => {
  it('is found again under each further name, and forgotten when all have come', () => {
    const links = new HardLinks<string>();
    expect(links.find(stats(7n, 3n))).toBeUndefined();
    links.keep(stats(7n, 3n), 'first');
    expect([1, 2, 3].map(() => links.find(stats(7n, 3n)))).toEqual(['first', 'first', undefined]);
  });

  it('is told from another one of the same number on another device, and beyond 2^53', () => {
    const links = new HardLinks<string>();
    links.keep(stats(2n ** 60n, 9n), 'here');
    expect(links.find(stats(2n ** 60n, 9n, 2n))).toBeUndefined();
    expect(links.find(stats(2n ** 60n + 1n, 9n))).toBeUndefined();
    expect(links.find(stats(2n ** 60n, 9n))).toBe('here');
  });

  it('has a number that no other gets, also after it was forgotten', () => {
    const links = new HardLinks<number>();
    const numbers = [1n, 2n, 3n].map((ino) => {
      const number = links.nextNumber();
      links.keep(stats(ino, 2n), number);
      links.find(stats(ino, 2n));
      return number;
    });
    expect(new Set(numbers).size).toBe(3);
  });
});
