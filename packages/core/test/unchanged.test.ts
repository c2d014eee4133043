import {
  chmodSync,
  linkSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { plant, treeOf } from './workspace.js';

/** Contents of a file in the latest snapshot. */
async function latestText(lab: Lab, name: string): Promise<string> {
  const { into } = await lab.restore();
  const entry = treeOf(join(into, 'data'))[name] ?? '';
  return Buffer.from(entry.split(' ')[2] ?? '', 'base64').toString();
}

function statesOf(lab: Lab): string[] {
  return readdirSync(join(lab.state, 'sources'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('files.jsonl'),
  );
}

describe('a file that has not changed', () => {
  it('is not read again, and is shared with the previous snapshot', async () => {
    const lab = new Lab({ a: 'a', 'b/c': 'c', large: Buffer.alloc(2_000_000, 1) });
    expect(await lab.backup()).toMatchObject({ readFiles: 3 });
    expect(await lab.backup()).toMatchObject({
      readFiles: 0,
      readBytes: 0,
      targets: [{ sharedFiles: 3, storedFiles: 0 }],
    });
    expect((await verify({ target: lab.target, data: true })).whole).toBe(true);
  });

  it('is not read again when its folder was renamed around it and back', async () => {
    const lab = new Lab({ 'b/c': 'c' });
    await lab.backup();
    renameSync(lab.path('b'), lab.path('z'));
    renameSync(lab.path('z'), lab.path('b'));
    expect(await lab.backup()).toMatchObject({ readFiles: 0 });
  });

  it('is read each time while its own time lies in the future: that tells nothing of a change', async () => {
    const lab = new Lab({ a: 'a', b: 'b' });
    utimesSync(lab.path('a'), 4_000_000_000, 4_000_000_000);
    await lab.backup();
    expect(await lab.backup()).toMatchObject({ readFiles: 1, targets: [{ sharedFiles: 2 }] });
  });

  it('is read when everything is to be read, and still shared', async () => {
    const lab = new Lab({ a: 'a', large: Buffer.alloc(2_000_000, 1) });
    await lab.backup();
    expect(await lab.backup({ rehash: true })).toMatchObject({
      readFiles: 2,
      targets: [{ sharedFiles: 2, storedFiles: 0 }],
    });
  });
});

describe('a change is seen', () => {
  it('that keeps the size and puts the time of the last write back', async () => {
    const lab = new Lab({ a: 'before', b: 'b' });
    await lab.backup();
    const { atime, mtime } = statSync(lab.path('a'));
    writeFileSync(lab.path('a'), 'after!');
    utimesSync(lab.path('a'), atime, mtime);
    expect(await lab.backup()).toMatchObject({ readFiles: 1 });
    expect(await latestText(lab, 'a')).toBe('after!');
  });

  it('that replaces the file by another one of the same size and time', async () => {
    const lab = new Lab({ a: 'before' });
    plant(lab.source, { 'a.new': 'after!' });
    await lab.backup();
    renameSync(lab.path('a.new'), lab.path('a'));
    expect(await lab.backup()).toMatchObject({ readFiles: 1 });
    expect(await latestText(lab, 'a')).toBe('after!');
  });

  it('that falls into the same step of the clock as the look at the file: what is that new is not remembered', async () => {
    const lab = new Lab({ a: 'before' });
    // This backup begins at the very time of the last write, as far as the clock of the file system can tell.
    const written = Number(statSync(lab.path('a'), { bigint: true }).ctimeNs / 1_000_000n);
    await lab.backup({ clock: { now: () => new Date(written + 5) } });
    expect(await lab.backup()).toMatchObject({ readFiles: 1 });
    expect(await lab.backup()).toMatchObject({ readFiles: 0 });
  });

  it('of the mode alone: the file is stored anew with it, for one stored file has one mode', async () => {
    const lab = new Lab({ a: 'a' });
    await lab.backup();
    chmodSync(lab.path('a'), 0o600);
    expect((await lab.backup()).targets[0]).toMatchObject({ storedFiles: 1, sharedFiles: 0 });
    const { into } = await lab.restore();
    expect(statSync(join(into, 'data/a')).mode & 0o777).toBe(0o600);
  });

  it('that shortens a file, or removes it', async () => {
    const lab = new Lab({ a: 'long enough', b: 'b' });
    await lab.backup();
    truncateSync(lab.path('a'), 4);
    rmSync(lab.path('b'));
    await lab.backup();
    expect(await latestText(lab, 'a')).toBe('long');
    expect(await latestText(lab, 'b')).toBe('');
  });

  it('of one name of a hard-linked file in all of its names', async () => {
    const lab = new Lab({ a: 'before' });
    linkSync(lab.path('a'), lab.path('z'));
    await lab.backup();
    writeFileSync(lab.path('z'), 'after!');
    await lab.backup();
    expect([await latestText(lab, 'a'), await latestText(lab, 'z')]).toEqual(['after!', 'after!']);
  });
});

describe('what is known of a source between backups', () => {
  it('makes every file be read within thirty days, though none changes', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `file ${index}`);
    const lab = new Lab(Object.fromEntries(names.map((name) => [name, name])));
    await lab.backup();
    const perDay: number[] = [];
    for (let day = 0; day < 30; day += 1) {
      lab.wait(24 * 60);
      perDay.push((await lab.backup()).readFiles);
    }
    expect(perDay.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(names.length);
    // Spread out, not all on one day.
    expect(Math.max(...perDay)).toBeLessThan(names.length / 2);
  });

  it('makes every file be read when the last reading was a month ago, whatever day it is', async () => {
    const lab = new Lab({ a: 'a', b: 'b', c: 'c' });
    await lab.backup();
    lab.wait(31 * 24 * 60);
    expect(await lab.backup()).toMatchObject({ readFiles: 3 });
  });

  it('is only an accelerator: when it is lost, everything is read and still shared', async () => {
    const lab = new Lab({ a: 'a', b: 'b', large: Buffer.alloc(2_000_000, 1) });
    const first = await lab.backup();
    for (const name of statesOf(lab)) rmSync(join(lab.state, 'sources', name));
    expect(await lab.backup()).toMatchObject({
      readFiles: 3,
      parent: first.snapshotId,
      targets: [{ sharedFiles: 3, storedFiles: 0 }],
    });
  });

  it.each(['', 'garbage\n', '["holdfast file versions",1]\n{}\n', '["holdfast file versions",2]\n', '\0\0\0\0'])(
    'is only an accelerator: when it holds %j, everything is read and nothing goes wrong',
    async (content) => {
      const lab = new Lab({ a: 'a', b: 'b' });
      await lab.backup();
      expect(statesOf(lab)).toHaveLength(1);
      for (const name of statesOf(lab)) writeFileSync(join(lab.state, 'sources', name), content);
      expect(await lab.backup()).toMatchObject({ readFiles: 2, problemCount: 0, targets: [{ sharedFiles: 2 }] });
      expect(await lab.backup()).toMatchObject({ readFiles: 0 });
    },
  );

  it('with the identities lost too, begins a new line of snapshots: nothing of a stranger is shared', async () => {
    const lab = new Lab({ a: 'a' });
    await lab.backup();
    rmSync(join(lab.state, 'sources'), { recursive: true });
    const second = await lab.backup();
    expect(second).toMatchObject({ readFiles: 1, targets: [{ storedFiles: 1 }] });
    expect(second.parent).toBeUndefined();
  });

  it('counts for every target, but shares only what that target holds', async () => {
    const lab = new Lab({ a: 'a', b: 'b' });
    const other = memoryTarget({ url: 'memory:other' });
    await lab.backup();
    expect(await lab.backup({ targets: [other] })).toMatchObject({
      readFiles: 2,
      targets: [{ storedFiles: 2, sharedFiles: 0 }],
    });
    expect(await lab.backup()).toMatchObject({ readFiles: 0, targets: [{ storedFiles: 0, sharedFiles: 2 }] });
    writeFileSync(lab.path('a'), 'changed');
    await lab.backup({ targets: [other] });
    // The state knows the new version of `a`; the first target has only the old one, and must not share it.
    expect(await lab.backup()).toMatchObject({ targets: [{ storedFiles: 1, sharedFiles: 1 }] });
    expect(await latestText(lab, 'a')).toBe('changed');
  });
});
