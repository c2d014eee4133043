import { closeSync, ftruncateSync, openSync, readFileSync, statSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRefused } from '../src/index.js';
import { Lab } from './lab.js';

const MIB = 1024 * 1024;
const ALLOCATED = 512;
const OLD = new Date('2026-01-02T03:04:05.678Z');

/** A file with data at some places, and holes elsewhere. */
function plantSparse(path: string, sizeBytes: number, positions: readonly number[]): void {
  const descriptor = openSync(path, 'w');
  for (const position of positions) writeSync(descriptor, Buffer.from('data'), 0, 4, position);
  ftruncateSync(descriptor, sizeBytes);
  closeSync(descriptor);
  utimesSync(path, OLD, OLD);
}

const spaceOf = (path: string): number => statSync(path).blocks * ALLOCATED;

/** Which files of the latest snapshot are flagged. */
async function flagged(lab: Lab): Promise<Record<string, unknown>> {
  const items = await lab.entries();
  const files = items.flatMap((item) => (isRefused(item) || item.entry.type !== 'file' ? [] : [item.entry]));
  return Object.fromEntries(files.map(({ path, sparse }) => [path.slice('data/'.length), sparse]));
}

describe.runIf(process.platform === 'linux')('a sparse file', () => {
  it('is sparse again when it is restored, whatever the target, with the same bytes', async () => {
    const lab = new Lab();
    plantSparse(lab.path('disk.img'), 24 * MIB + 5, [0, 9 * MIB + 4093, 24 * MIB]);
    plantSparse(lab.path('nothing.img'), 12 * MIB, []);
    expect((await lab.backup()).problems).toEqual([]);
    expect(await flagged(lab)).toEqual({ 'disk.img': true, 'nothing.img': true });
    const { into, problems } = await lab.restore();
    expect(problems).toEqual([]);
    for (const name of ['disk.img', 'nothing.img']) {
      const back = join(into, 'data', name);
      expect(readFileSync(back).equals(readFileSync(lab.path(name)))).toBe(true);
      expect(spaceOf(back)).toBeLessThan(MIB / 2);
    }
  });

  it('that has been filled stays as it is: what was stored dense keeps its room', async () => {
    const lab = new Lab({ 'dense.bin': Buffer.alloc(4 * MIB), 'small.bin': Buffer.alloc(5000) });
    await lab.backup();
    expect(await flagged(lab)).toEqual({ 'dense.bin': undefined, 'small.bin': undefined });
    const { into } = await lab.restore();
    expect(spaceOf(join(into, 'data/dense.bin'))).toBeGreaterThanOrEqual(4 * MIB);
  });

  it('that gets its holes filled is no longer flagged, and one that is unchanged still is', async () => {
    const lab = new Lab();
    plantSparse(lab.path('filled.img'), 4 * MIB, [0]);
    plantSparse(lab.path('same.img'), 4 * MIB, [0]);
    await lab.backup();
    const descriptor = openSync(lab.path('filled.img'), 'r+');
    writeSync(descriptor, Buffer.alloc(4 * MIB));
    closeSync(descriptor);
    await lab.backup();
    expect(await flagged(lab)).toEqual({ 'filled.img': undefined, 'same.img': true });
  });
});
