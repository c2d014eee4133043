import { linkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type HoldfastEvent, mirror, type Progress, restore, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { scratch } from './workspace.js';

/** Collects events. */
class Told {
  readonly events: HoldfastEvent[] = [];
  readonly listen = (event: HoldfastEvent): void => void this.events.push(event);
}

async function world(): Promise<Lab> {
  const lab = new Lab({
    'a.txt': 'a',
    'b/c.txt': 'cc',
    large: Buffer.alloc(2_500_000, 1),
    empty: '',
    link: '-> a.txt',
    none: null,
  });
  linkSync(lab.path('b/c.txt'), lab.path('d.txt'));
  return lab;
}

const progressOf = (events: readonly HoldfastEvent[]): Progress[] =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));

/** Progress only grows, never beyond its totals, and ends at them. */
function expectWholeWay(events: readonly HoldfastEvent[]): void {
  const steps = progressOf(events);
  let last: Progress = { files: 0, bytes: 0 };
  for (const step of steps) {
    expect(step.files).toBeGreaterThanOrEqual(last.files);
    expect(step.bytes).toBeGreaterThanOrEqual(last.bytes);
    if (step.totalBytes !== undefined) expect(step.bytes).toBeLessThanOrEqual(step.totalBytes);
    last = step;
  }
  expect(last).toEqual({
    files: last.totalFiles,
    bytes: last.totalBytes,
    totalFiles: last.totalFiles,
    totalBytes: last.totalBytes,
  });
  expect(last.totalFiles).toBeGreaterThan(0);
}

describe('progress', () => {
  it('of a backup goes all the way, to several targets too, whether files are read or shared', async () => {
    const lab = await world();
    const targets = [lab.target, memoryTarget({ url: 'memory:other' })];
    for (const run of ['first', 'second', 'third']) {
      const told = new Told();
      if (run === 'third') writeFileSync(lab.path('large'), Buffer.alloc(2_600_000, 2));
      await lab.backup({ targets, estimate: true, onEvent: told.listen });
      expectWholeWay(told.events);
    }
  });

  it('of a restore, of a verify and of a mirror goes all the way, also when there is little to do', async () => {
    const lab = await world();
    await lab.backup();
    await lab.backup();
    const [into, to] = [scratch(), memoryTarget({ url: 'memory:to' })];
    for (let run = 0; run < 2; run += 1) {
      const restored = new Told();
      await restore({ target: lab.target, into, onEvent: restored.listen });
      expectWholeWay(restored.events);
    }
    for (const data of [false, true]) {
      const verified = new Told();
      await verify({ target: memoryTarget({ store: lab.store }), data, onEvent: verified.listen });
      expectWholeWay(verified.events);
    }
    const mirrored = new Told();
    await mirror({ from: lab.target, to, onEvent: mirrored.listen });
    expectWholeWay(mirrored.events);
  });

  it('tells each file once, and first of all what is begun', async () => {
    const lab = await world();
    const told = new Told();
    const { snapshotId } = await lab.backup({ onEvent: told.listen });
    const started = told.events.findIndex(({ type }) => type === 'started');
    expect(told.events.slice(0, started).every(({ type }) => type === 'note')).toBe(true);
    expect(told.events[started]).toMatchObject({ operation: 'backup', snapshotId, target: 'memory:' });
    const paths = told.events.flatMap((event) => (event.type === 'file' ? [`${event.action} ${event.path}`] : []));
    expect(paths).toEqual([
      'stored data/a.txt',
      'stored data/b/c.txt',
      'shared data/d.txt',
      'stored data/empty',
      'stored data/large',
    ]);
    expect(told.events.at(-1)).toMatchObject({ type: 'committed', snapshotId });
  });
});
