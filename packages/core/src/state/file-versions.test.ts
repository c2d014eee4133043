import { appendFileSync, type BigIntStats, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileVersion, FileVersions, isSameVersion, isSettled, versionOf } from './file-versions.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stats(): BigIntStats {
  writeFileSync(join(folder, 'file'), 'content');
  return statSync(join(folder, 'file'), { bigint: true });
}

const changed = (base: BigIntStats, change: object): BigIntStats =>
  Object.assign(Object.create(base) as BigIntStats, change);

describe('a version of a file', () => {
  it('is the same only if size, both times, inode and device are', () => {
    const seen = stats();
    const version = versionOf(Buffer.from('file'), seen, 'hash', 0);
    expect(isSameVersion(version, seen, 'linux')).toBe(true);
    for (const name of ['size', 'mtimeNs', 'ctimeNs', 'ino', 'dev'] as const) {
      expect(isSameVersion(version, changed(seen, { [name]: seen[name] + 1n }), 'linux')).toBe(false);
    }
  });

  it('does not go by ctime on Windows, where that is something else', () => {
    const seen = stats();
    const version = versionOf(Buffer.from('file'), seen, 'hash', 0);
    expect(isSameVersion(version, changed(seen, { ctimeNs: seen.ctimeNs + 1n }), 'win32')).toBe(true);
    expect(isSameVersion(version, changed(seen, { mtimeNs: seen.mtimeNs + 1n }), 'win32')).toBe(false);
  });

  it('keeps inodes beyond 2^53 apart', () => {
    const large = changed(stats(), { ino: 2n ** 53n });
    const version = versionOf(Buffer.from('file'), large, 'hash', 0);
    expect(isSameVersion(version, changed(large, { ino: 2n ** 53n + 1n }), 'linux')).toBe(false);
  });

  it('is settled when both its times are older than the start by more than the step of the file system', () => {
    const at = (mtimeMs: number, ctimeMs: number): BigIntStats =>
      changed(stats(), { mtimeNs: BigInt(mtimeMs) * 1_000_000n, ctimeNs: BigInt(ctimeMs) * 1_000_000n });
    const stepNs = 2_000_000_000n;
    expect(isSettled(at(7_999, 7_999), 10_000, stepNs)).toBe(true);
    expect(isSettled(at(8_000, 1_000), 10_000, stepNs)).toBe(false);
    expect(isSettled(at(1_000, 8_000), 10_000, stepNs)).toBe(false);
  });
});

describe('the versions of a source', () => {
  const version = (path: string): FileVersion =>
    versionOf(Buffer.from(path, 'latin1'), stats(), 'a'.repeat(64), 1_763_000_000_000);

  async function read(): Promise<FileVersion[]> {
    const versions = new FileVersions(folder, 'source');
    const list: FileVersion[] = [];
    for await (const batch of versions.read()) list.push(...batch);
    return list;
  }

  async function save(...paths: string[]): Promise<FileVersion[]> {
    const versions = new FileVersions(folder, 'source');
    const list = paths.map(version);
    for (const one of list) await versions.remember(one);
    await versions.save();
    await versions.close();
    return list;
  }

  it('come back as they were saved, with names of any bytes', async () => {
    const saved = await save('a', 'b\xff', 'c\n"');
    expect(await read()).toEqual(saved);
  });

  it('are those of the last save alone', async () => {
    await save('a', 'b');
    const saved = await save('b');
    expect(await read()).toEqual(saved);
  });

  it('are none where nothing was saved', async () => {
    expect(await read()).toEqual([]);
  });

  it('end before the first line that is not as it was written', async () => {
    const path = join(folder, 'sources/source/files.jsonl');
    for (const rubbish of ['[]\n', '{"a":1}\n', 'x\n', '["YQ==","1","1","1","1","1","hash","soon"]\n', '\0\0\0']) {
      const saved = await save('a', 'b');
      appendFileSync(path, rubbish);
      expect(await read()).toEqual(saved);
    }
    await save('a', 'b');
    writeFileSync(path, readFileSync(path, 'utf8').replace('versions",1', 'versions",2'));
    expect(await read()).toEqual([]);
  });
});
