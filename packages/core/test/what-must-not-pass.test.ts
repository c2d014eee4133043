import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mirror, restore, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { scratch } from './workspace.js';

/** Turns one bit of a stored file over; size and time stay, as when a disk goes bad. */
function rot(lab: Lab, key: string): void {
  const stored = lab.store.objects.get(key);
  if (stored === undefined) throw new Error(`nothing is stored under ${key}`);
  lab.store.objects.set(key, { ...stored, bytes: stored.bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) });
}

describe('a backup', () => {
  it('whose record nobody could read again is refused, and leaves nothing', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    await expect(lab.backup({ name: '' })).rejects.toMatchObject({ code: 'SNAPSHOT_DAMAGED' });
    expect([...lab.store.objects.keys()].filter((key) => !key.startsWith('.holdfast/'))).toEqual([]);
  });

  it('that reads everything again stores anew what has rotted in the target', async () => {
    for (const size of [10, 2_000_000]) {
      const lab = new Lab({ 'a.bin': Buffer.alloc(size, 'a'), 'b.txt': 'b' });
      const { snapshotId } = await lab.backup();
      rot(lab, `${snapshotId}/data/a.bin`);
      const again = await lab.backup({ rehash: true });
      expect(again.targets[0]).toMatchObject({ storedFiles: 1, sharedFiles: 1 });
      expect((await verify({ target: lab.target, which: again.snapshotId, data: true })).problems).toEqual([]);
    }
  });

  it('takes a new file for a new one, though it has the inode of a linked file that is gone', async () => {
    const lab = new Lab({ 'a/1': 'the first file', 'm.txt': 'between', 'z/1': 'old' });
    linkSync(lab.path('a/1'), lab.path('a/2'));
    linkSync(lab.path('a/1'), lab.path('z/0'));
    let changed = false;
    const summary = await lab.backup({
      targets: [memoryTarget({ store: lab.store, capabilities: { concurrency: 1 } })],
      onEvent: (event) => {
        if (changed || event.type !== 'file' || !event.path.endsWith('a/2')) return;
        changed = true;
        // Written in place between two of its names: the same inode, other bytes.
        writeFileSync(lab.path('z/0'), 'TOTALLY NEW CONTENT, much longer than it was');
        unlinkSync(lab.path('a/2'));
        renameSync(lab.path('z/0'), lab.path('z/1'));
        linkSync(lab.path('z/1'), lab.path('z/0'));
      },
    });
    expect(changed).toBe(true);
    const out = scratch();
    await restore({ target: lab.target, which: summary.snapshotId, into: out });
    for (const name of ['z/0', 'z/1']) {
      expect(readFileSync(join(out, 'data', name), 'utf8')).toBe(readFileSync(lab.path(name), 'utf8'));
    }
  });

  it('keeps what is known of a source that is missing once', async () => {
    const lab = new Lab({ 'a.txt': 'a' });
    const other = scratch();
    writeFileSync(join(other, 'b.txt'), 'b');
    const sources = [
      { path: lab.source, name: 'data' },
      { path: other, name: 'other' },
    ];
    await lab.backup({ sources });
    renameSync(other, `${other}-away`);
    expect(await lab.backup({ sources })).toMatchObject({ problemCount: 1, flags: ['incomplete'] });
    renameSync(`${other}-away`, other);
    const back = await lab.backup({ sources });
    expect(back.targets[0]).toMatchObject({ storedFiles: 1, sharedFiles: 1 });
    rmSync(other, { recursive: true });
  });
});

describe('a restore', () => {
  it('that is refused because it leads into the target has made no folder there', async () => {
    const place = scratch();
    const lab = new Lab({ 'a.txt': 'a' }, { localPaths: [place] });
    await lab.backup();
    await expect(lab.restore({ into: join(place, 'new/deep') })).rejects.toMatchObject({ code: 'DESTINATION' });
    expect(() => readFileSync(join(place, 'new'))).toThrow(/ENOENT/);
  });

  it('into a folder where a source has the name of the target itself is refused', async () => {
    const above = scratch();
    mkdirSync(join(above, 'data'));
    const lab = new Lab({ 'a.txt': 'a' }, { localPaths: [join(above, 'data')] });
    await lab.backup();
    await expect(lab.restore({ into: above })).rejects.toMatchObject({ code: 'DESTINATION' });
  });
});

describe('a mirror', () => {
  it('into a place inside the target it copies from is refused', async () => {
    const place = scratch();
    const lab = new Lab({ 'a.txt': 'a' }, { localPaths: [place] });
    await lab.backup();
    const to = memoryTarget({ url: 'memory:to', localPaths: [join(place, 'inside')] });
    await expect(mirror({ from: lab.target, to })).rejects.toMatchObject({ code: 'DESTINATION' });
  });
});
