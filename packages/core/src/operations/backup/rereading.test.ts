import { describe, expect, it } from 'vitest';
import { isDueForReading } from './rereading.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = 20_000 * DAY_MS;
const due = (name: string, ageDays: number, nowMs = NOW_MS): boolean =>
  isDueForReading(Buffer.from(name), nowMs - ageDays * DAY_MS, nowMs);
const names = Array.from({ length: 3000 }, (_, index) => `folder/file ${index}`);

describe('an unchanged file', () => {
  it('is not read again within a day', () => {
    for (const name of names) expect(due(name, 0.99)).toBe(false);
  });

  it('is read on one day of thirty, and about a thirtieth of all files each day', () => {
    for (let day = 0; day < 30; day += 1) {
      const count = names.filter((name) => due(name, 5, NOW_MS + day * DAY_MS)).length;
      expect(count).toBeGreaterThan(50);
      expect(count).toBeLessThan(200);
    }
    for (const name of names.slice(0, 100)) {
      const days = Array.from({ length: 30 }, (_, day) => due(name, 5, NOW_MS + day * DAY_MS)).filter(Boolean);
      expect(days).toHaveLength(1);
    }
  });

  it('is read when it missed its day for a month', () => {
    for (const name of names) expect(due(name, 30)).toBe(true);
  });

  it('is read when it is said to have been read in a time to come: a clock was wrong', () => {
    for (const name of names) expect(due(name, -400)).toBe(true);
  });

  it('is not read only because a clock was put back a little', () => {
    for (const name of names) expect(due(name, -0.01)).toBe(false);
  });
});
