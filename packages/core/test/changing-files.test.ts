import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BackupTarget, isRefused, type ObjectSource, verify } from '../src/index.js';
import { type Fault, faultPlan, faultyTarget, memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';

const LARGE_BYTES = 3_000_000;

/** Does something each time the target has taken the first piece of what it puts. */
function inMidPut(change: (reading: number) => void): Fault {
  let readings = 0;
  return {
    source: (_call, source): ObjectSource => ({
      sizeBytes: source.sizeBytes,
      async *open() {
        let pieces = 0;
        for await (const piece of source.open()) {
          yield piece;
          pieces += 1;
          if (pieces > 1) continue;
          readings += 1;
          change(readings);
        }
      },
    }),
  };
}

/** The lab's target, in which a put of the file `data/log` meets this fault every time. */
function meeting(fault: Fault, target: BackupTarget): BackupTarget {
  return faultyTarget(target, faultPlan().on('put', fault, { key: /\/data\/log$/, times: 100 }));
}

async function entryOf(lab: Lab, path: string): Promise<object | undefined> {
  return (await lab.entries()).flatMap((item) => (!isRefused(item) && item.entry.path === path ? [item.entry] : []))[0];
}

describe('a large file that changes while it is sent', () => {
  it('once: is read again, sent whole, and stable', async () => {
    const lab = new Lab({ log: Buffer.alloc(LARGE_BYTES, 'old'), z: 'z' });
    const fault = inMidPut((reading) => {
      if (reading === 1) writeFileSync(lab.path('log'), Buffer.alloc(LARGE_BYTES, 'new'));
    });
    const summary = await lab.backup({ targets: [meeting(fault, lab.target)] });
    expect(summary).toMatchObject({ problemCount: 0, counts: { files: 2, unstable: 0 } });
    const { into } = await lab.restore();
    expect(readFileSync(join(into, 'data/log')).equals(Buffer.alloc(LARGE_BYTES, 'new'))).toBe(true);
    expect((await verify({ target: lab.target, data: true })).whole).toBe(true);
  });

  it.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'more and more')],
    ['shrinks', (path) => truncateSync(path, readFileSync(path).length - 100_000)],
    [
      'is written in place, in its size',
      (path) => writeFileSync(path, Buffer.alloc(LARGE_BYTES, String(Math.random()))),
    ],
    [
      'is replaced',
      (path) => {
        writeFileSync(`${path}.new`, Buffer.alloc(LARGE_BYTES, String(Math.random())));
        renameSync(`${path}.new`, path);
      },
    ],
  ])('each time it is read, because it %s: is stored as it was read, named and counted', async (_, change) => {
    const lab = new Lab({ log: Buffer.alloc(LARGE_BYTES, 'log') });
    // The second reading is not sent as it goes, but it follows the first one's failing put: change it before and within.
    const events = (event: { type: string; path?: string }): void => {
      if (event.type === 'progress' && event.path === 'data/log') change(lab.path('log'));
    };
    const summary = await lab.backup({ onEvent: events });
    expect(summary.problems).toMatchObject([{ code: 'CHANGED', path: 'data/log' }]);
    expect(summary.counts).toMatchObject({ files: 1, unstable: 1, skipped: 0 });
    expect(await entryOf(lab, 'data/log')).toMatchObject({ stable: false });
    // What was stored is proven all the same: the hash is that of the bytes that were read.
    expect((await verify({ target: lab.target, data: true })).problems).toEqual([]);
  });

  it('and is not trusted by the next backup, which reads it again', async () => {
    const lab = new Lab({ log: Buffer.alloc(LARGE_BYTES, 'log'), quiet: 'q' });
    let changes = 0;
    await lab.backup({
      onEvent: (event) => {
        if (event.type === 'progress' && event.path === 'data/log') appendFileSync(lab.path('log'), `${++changes}`);
      },
    });
    expect(await lab.backup()).toMatchObject({
      readFiles: 1,
      problemCount: 0,
      targets: [{ storedFiles: 1, sharedFiles: 1 }],
    });
  });

  it('on two targets at once: both hold the same bytes', async () => {
    const lab = new Lab({ log: Buffer.alloc(LARGE_BYTES, 'log') });
    const other = memoryTarget({ url: 'memory:other' });
    const fault = inMidPut((reading) => {
      if (reading === 1) appendFileSync(lab.path('log'), 'more');
    });
    const summary = await lab.backup({ targets: [meeting(fault, lab.target), other] });
    expect(summary).toMatchObject({ problemCount: 0, targets: [{ committed: true }, { committed: true }] });
    for (const target of [lab.target, other]) expect((await verify({ target, data: true })).problems).toEqual([]);
  });
});

describe('a file that vanishes', () => {
  it('after it was listed, before it is looked at: named, counted, and the rest goes on', async () => {
    // One file after another: the second is removed while the first is stored.
    const lab = new Lab({ a: 'a', b: 'b', c: 'c' }, { capabilities: { concurrency: 1 } });
    const plan = faultPlan().on(
      'put',
      inMidPut(() => rmSync(lab.path('b'), { force: true })),
      { key: /\/data\/a$/ },
    );
    const summary = await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    expect(summary.problems).toMatchObject([{ code: 'VANISHED', path: 'data/b' }]);
    expect(summary).toMatchObject({ counts: { files: 2, skipped: 1 }, flags: ['incomplete'] });
  });

  it('with its whole folder, which was listed before: it is named, and the rest goes on', async () => {
    const lab = new Lab({ a: 'a', 'b/x': 'x', c: 'c' }, { capabilities: { concurrency: 1 } });
    const plan = faultPlan().on(
      'put',
      inMidPut(() => rmSync(lab.path('b'), { recursive: true, force: true })),
      { key: /\/data\/a$/ },
    );
    const summary = await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    expect(summary.problems).toMatchObject([{ code: 'VANISHED', path: 'data/b/x' }]);
    expect(summary.counts).toMatchObject({ files: 2, directories: 2, skipped: 1 });
  });

  it('while it is sent: it was there when the backup began, so it is named', async () => {
    const lab = new Lab({ log: Buffer.alloc(LARGE_BYTES, 'log'), z: 'z' });
    const fault = inMidPut(() => rmSync(lab.path('log'), { force: true }));
    const summary = await lab.backup({ targets: [meeting(fault, lab.target)] });
    expect(summary.problems).toMatchObject([{ code: 'VANISHED', path: 'data/log' }]);
    expect(summary.counts).toMatchObject({ files: 1, skipped: 1 });
    expect([...lab.store.objects.keys()].some((key) => key.endsWith('data/log'))).toBe(false);
  });

  it('and whose name something else has taken: a link is not followed, a folder is not stored in its place', async () => {
    const lab = new Lab({ a: 'a', b: 'b', c: 'c' }, { capabilities: { concurrency: 1 } });
    const swap = (): void => {
      rmSync(lab.path('b'), { force: true });
      rmSync(lab.path('c'), { force: true });
      writeFileSync(lab.path('moved'), 'm');
      renameSync(lab.path('moved'), lab.path('b'));
    };
    const plan = faultPlan().on('put', inMidPut(swap), { key: /\/data\/a$/ });
    const summary = await lab.backup({ targets: [faultyTarget(lab.target, plan)] });
    expect(summary.problems).toMatchObject([{ code: 'VANISHED', path: 'data/c' }]);
    const { into } = await lab.restore();
    expect(readFileSync(join(into, 'data/b'), 'utf8')).toBe('m');
  });
});
