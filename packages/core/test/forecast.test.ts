import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HoldfastEvent, mirror, type TargetCapabilities } from '../src/index.js';
import { copiesTakeSpace, SpaceTally, spaceAtMost } from '../src/operations/space-forecast.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';

const COSTLY = { copyShares: false } as const;
const SIZES = {
  singlePutBytes: 100,
  putPartBytes: 40,
  singleCopyBytes: 1000,
  copyPartBytes: 500,
  aroundParts: 4,
  maxParts: 50,
  listedAtOnce: 10,
};
const place = (requests?: TargetCapabilities['requests']): { capabilities: TargetCapabilities } =>
  memoryTarget({ capabilities: requests === undefined ? COSTLY : { ...COSTLY, requests } });

describe('what a snapshot will take', () => {
  it('is said before any file is stored, and only where copies take space', async () => {
    const lab = new Lab({ 'a.txt': 'hello', 'b.txt': 'world!' }, { capabilities: { ...COSTLY, requests: SIZES } });
    const sharing = memoryTarget({ url: 'memory:sharing' });
    const archive = memoryTarget({ url: 'memory:archive', capabilities: { copy: false, copyShares: false } });
    const events: HoldfastEvent[] = [];
    const onEvent = (event: HoldfastEvent): unknown => events.push(event);
    await lab.backup({ targets: [sharing, lab.target, archive], onEvent });
    const forecasts = events.filter(({ type }) => type === 'forecast');
    expect(forecasts).toEqual([
      expect.objectContaining({ target: lab.target.url, files: 2, bytes: 11, requests: 2 + 3 + 1 + 1, storedFiles: 2 }),
    ]);
    expect(events.findIndex(({ type }) => type === 'forecast')).toBeLessThan(
      events.findIndex(({ type }) => type === 'file'),
    );
    const totals = events.find(({ type }) => type === 'progress');
    expect(totals).toMatchObject({ progress: { totalFiles: 2, totalBytes: 11 } });
  });

  it('tells what is sent from what is copied, and the backup still shares all that it shared', async () => {
    const lab = new Lab({ 'a.txt': 'hello', 'b.txt': 'world!', 'c.txt': 'more' }, { capabilities: COSTLY });
    await lab.backup();
    writeFileSync(lab.path('b.txt'), 'changed');
    let forecast: unknown;
    const { targets } = await lab.backup({
      onEvent: (event) => {
        if (event.type === 'forecast') forecast = event;
      },
    });
    const { storedFiles, storedBytes, sharedFiles, sharedBytes } = targets[0] ?? {};
    expect([storedFiles, sharedFiles]).toEqual([1, 2]);
    expect(forecast).toMatchObject({ files: 3, bytes: 16, storedFiles, storedBytes, sharedFiles, sharedBytes });
    expect(forecast).not.toHaveProperty('requests');
  });

  it('is said by a mirror of all that it is to copy, once, and not where there is nothing to copy', async () => {
    const lab = new Lab({ 'a.txt': 'hello', 'b.txt': 'world!' });
    await lab.backup();
    await lab.backup();
    const to = memoryTarget({ url: 'memory:to', capabilities: { ...COSTLY, requests: SIZES } });
    const events: HoldfastEvent[] = [];
    const onEvent = (event: HoldfastEvent): unknown => events.push(event);
    await mirror({ from: lab.target, to, onEvent });
    await mirror({ from: lab.target, to, onEvent });
    const forecasts = events.filter(({ type }) => type === 'forecast');
    expect(forecasts).toEqual([
      { type: 'forecast', operation: 'mirror', target: 'memory:to', snapshots: 2, files: 4, bytes: 22, requests: 14 },
    ]);
    expect(events.findIndex(({ type }) => type === 'forecast')).toBeLessThan(
      events.findIndex(({ type }) => type === 'file'),
    );
    await mirror({ from: lab.target, to: memoryTarget({ url: 'memory:sharing' }), onEvent });
    expect(events.filter(({ type }) => type === 'forecast')).toHaveLength(1);
  });

  it('says nothing of the sources twice: what cannot be read is one problem', async () => {
    const lab = new Lab({ 'a.txt': 'hello' }, { capabilities: COSTLY });
    const gone = { path: lab.path('gone'), name: 'gone' };
    const summary = await lab.backup({ sources: [{ path: lab.source, name: 'data' }, gone] });
    expect(summary.problems.map(({ code }) => code)).toEqual(['SOURCE_MISSING']);
  });

  it('stops soon when it is told to', async () => {
    const files = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`${index}.txt`, 'x']));
    const lab = new Lab(files, { capabilities: COSTLY });
    const controller = new AbortController();
    const events: HoldfastEvent[] = [];
    const onEvent = (event: HoldfastEvent): void => {
      events.push(event);
      if (event.type === 'started') setImmediate(() => controller.abort());
    };
    await expect(lab.backup({ signal: controller.signal, onEvent })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(events.filter(({ type }) => type === 'forecast')).toEqual([]);
  });
});

describe('requests', () => {
  it('are counted for objects in parts, for copies, for what describes the snapshot, and for its listing', () => {
    const tally = new SpaceTally(place(SIZES));
    tally.take(100, false);
    tally.take(101, false);
    tally.take(1000, true);
    tally.take(1001, true);
    tally.take(1_000_000, false);
    // One; three parts; one; three parts; fifty larger ones; manifest, checksums, text; one page; the record.
    expect(tally.forecast).toEqual({ files: 5, bytes: 1_002_202, requests: 1 + 7 + 1 + 7 + 54 + 3 + 1 + 1 });
    for (let index = 0; index < 3; index++) tally.take(1, false);
    expect(tally.forecast.requests).toBe(78 + 1);
  });

  it('of a mirror are never said to be fewer than they are, and no more than files and parts explain', () => {
    const sizes = fc.array(fc.nat(2000), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 4 }), (snapshots) => {
        const exact = snapshots.map((files) => {
          const tally = new SpaceTally(place(SIZES));
          for (const size of files) tally.take(size, false);
          return tally.forecast;
        });
        const sum = exact.reduce((total, { requests = 0 }) => total + requests, 0);
        const most = spaceAtMost(place(SIZES), exact);
        expect(most.requests).toBeGreaterThanOrEqual(sum);
        if (snapshots.flat().every((size) => size === 0)) expect(most.requests).toBe(sum);
      }),
    );
  });

  it('are not guessed where nobody counts them', () => {
    expect(new SpaceTally(place()).forecast).toEqual({ files: 0, bytes: 0 });
    expect(spaceAtMost(place(), [{ files: 2, bytes: 10 }])).toEqual({ files: 2, bytes: 10 });
    expect(copiesTakeSpace(place().capabilities)).toBe(true);
  });
});
