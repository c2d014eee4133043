import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RestoreOptions } from '../src/index.js';
import { Lab } from './lab.js';
import { canMount, mountedTmpfs } from './mounts.js';
import { expectSameTree } from './workspace.js';

const MIB = 1024 * 1024;

/** A file of so many bytes that differ from each other's. */
function filled(sizeBytes: number, seed: number): Buffer {
  return Buffer.alloc(sizeBytes, String(seed));
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Many files of one size, of which only a few have room, and small ones behind them. */
function sevenAndSmall(): Record<string, Buffer> {
  const large = Array.from({ length: 7 }, (_, index) => [`large${index}`, filled(MIB, index)] as const);
  return Object.fromEntries([...large, ['small1', filled(4096, 8)], ['small2', filled(4096, 9)]]);
}

describe.skipIf(!canMount('a restore to a disk that is full'))('a restore to a disk that is full', () => {
  it('places what fits, one by one where they do not fit side by side; the rest is named, and comes when there is room', async () => {
    const lab = new Lab(sevenAndSmall());
    await lab.backup();
    const into = mountedTmpfs(5 * MIB);
    writeFileSync(join(into, 'ballast'), filled(MIB + MIB / 2, 1));

    const first = await lab.restore({ into });
    const missing = first.problems.map(({ path }) => path);
    expect(
      first.problems.every(({ code, message }) => code === 'UNWRITABLE' && message.includes('the disk is full')),
    ).toBe(true);
    expect([first.restoredFiles, first.failed, missing.filter((path) => path.includes('large')).length]).toEqual([
      5, 4, 4,
    ]);
    // Not one of the others would fit, and nothing half-written lies about.
    expect(freeBytes(into)).toBeLessThan(MIB);
    const come = readdirSync(join(into, 'data'));
    for (const name of come)
      expect(readFileSync(join(into, 'data', name)).equals(readFileSync(lab.path(name)))).toBe(true);
    expect([come.length, readdirSync(into)]).toEqual([5, ['ballast', 'data']]);

    execFileSync('mount', ['-o', `remount,size=${16 * MIB}`, into]);
    expect(await lab.restore({ into })).toMatchObject({ restoredFiles: 4, keptFiles: 5, problems: [] });
    expectSameTree(join(into, 'data'), lab.source);
  });

  it('in place replaces files that differ, each with no more room than its own', async () => {
    const files = sevenAndSmall();
    const source = mountedTmpfs(9 * MIB);
    const lab = new Lab();
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(source, name), bytes);
    await lab.backup({ sources: [{ path: source, name: 'data' }] });
    for (const [name, { length }] of Object.entries(files)) writeFileSync(join(source, name), filled(length, 7));
    writeFileSync(join(source, 'ballast'), filled(MIB / 2, 1));
    expect(freeBytes(source)).toBeLessThan(2 * MIB);

    let told: unknown;
    const onEvent: RestoreOptions['onEvent'] = (event) => {
      if (event.type === 'progress') told = { ...event.progress };
    };
    expect(await lab.restoreInPlace({ onEvent, undo: false })).toMatchObject({ replacedFiles: 9, problems: [] });
    // Files that were begun twice are told once.
    const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    expect(told).toMatchObject({ bytes, totalBytes: bytes });
    for (const [name, bytes] of Object.entries(files))
      expect(readFileSync(join(source, name)).equals(bytes)).toBe(true);
  });
});
