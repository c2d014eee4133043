import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withinReach } from '../src/files/index.js';
import { named } from './crafted-restore.js';
import { Lab } from './lab.js';
import { scratch } from './workspace.js';

const SEGMENT = 'd'.repeat(200);
const DEPTH = 25;

/** Path of the folder that lies so many long names deep: beyond 4,096 bytes in all. */
function deep(root: string, depth = DEPTH): string {
  return join(root, ...Array.from({ length: depth }, () => SEGMENT));
}

/** A call on a path that no call takes as it is. */
function at<Result>(path: string, use: (address: Buffer) => Result): Result {
  return withinReach(Buffer.from(path), use);
}

function plantDeep(lab: Lab): void {
  for (let depth = 1; depth <= DEPTH; depth += 1) at(deep(lab.source, depth), (address) => mkdirSync(address));
  at(`${deep(lab.source)}/file.txt`, (address) => writeFileSync(address, 'deep'));
  at(`${deep(lab.source)}/link`, (address) => symlinkSync('file.txt', address));
}

const contentOf = (path: string): string => at(path, (address) => readFileSync(address, 'utf8'));

describe.skipIf(process.platform !== 'linux' || !existsSync('/proc/self/fd'))('paths beyond 4,096 bytes', () => {
  it('are longer than the system takes', () => {
    const lab = new Lab();
    plantDeep(lab);
    expect(() => lstatSync(deep(lab.source))).toThrow(/ENAMETOOLONG/);
  });

  it('are saved and come back, into another folder and in place, and what is new there is deleted', async () => {
    const lab = new Lab();
    plantDeep(lab);
    const saved = await lab.backup();
    expect(named(saved)).toEqual([]);
    expect(saved.counts).toMatchObject({ files: 1, directories: DEPTH + 1, symlinks: 1 });

    const { into, ...restored } = await lab.restore({ into: scratch() });
    expect(named(restored)).toEqual([]);
    expect(contentOf(`${deep(join(into, 'data'))}/link`)).toBe('deep');

    at(`${deep(lab.source)}/file.txt`, (address) => writeFileSync(address, 'spoilt'));
    at(`${deep(lab.source)}/new`, (address) => mkdirSync(address));
    at(`${deep(lab.source)}/new/file`, (address) => writeFileSync(address, 'new'));
    const again = await lab.restoreInPlace({ delete: true });
    expect(again).toMatchObject({ problems: [], restoredFiles: 1, deleted: 2 });
    expect(contentOf(`${deep(lab.source)}/file.txt`)).toBe('deep');

    expect(await lab.backup()).toMatchObject({ problems: [] });
  });
});
