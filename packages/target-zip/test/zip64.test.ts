import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { assertUnzips, contentOf, has, keysOf, opened, python, scratch } from './help.js';
import { rawArchive } from './raw-archive.js';

const GIB = 1024 ** 3;

/** Writes so many tiny entries and the record, which counts too. */
async function tinyEntries(count: number): Promise<string> {
  const folder = scratch();
  const target = await opened(folder);
  const batch = await target.begin({ root: 'r' });
  for (let number = 0; number < count - 1; number++) {
    await batch.put(`r/${number >> 8}/${number}`, bytesSource(Buffer.from(`${number}`)));
  }
  await batch.commit({ key: 'r/record', body: Buffer.from('{}') });
  return join(folder, 'r.zip');
}

const HAS_PYTHON = has('python3');
if (!HAS_PYTHON) console.log('python3 is not here: zip64 archives were NOT tried with it');

function assertPythonCounts(path: string, entries: number): void {
  const program = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps([len(archive.infolist()), archive.testzip()]))`;
  if (HAS_PYTHON) expect(python(program, path)).toEqual([entries, null]);
}

test('70,000 entries are written in zip64, and read by unzip, by Python and here', async () => {
  const path = await tinyEntries(70_000);
  assertUnzips(path);
  const target = await opened(path);
  expect(await keysOf(target)).toHaveLength(70_000);
  expect((await contentOf(target, `r/${65_536 >> 8}/65536`)).toString()).toBe('65536');
});

test.each([
  [65_534, false],
  [65_535, true],
])('%i entries: zip64 is %s, and every reader counts them right', async (count, isZip64) => {
  const path = await tinyEntries(count);
  expect(readFileSync(path).includes(Buffer.from([0x50, 0x4b, 6, 7]))).toBe(isZip64);
  assertPythonCounts(path, count);
  expect(await keysOf(await opened(path))).toHaveLength(count);
});

test('entries that begin beyond 4 GiB are read', async () => {
  const b = 'far out too '.repeat(100);
  // Five GiB of nothing (no block on the disk), and the archive behind it.
  const entries = [
    { name: 'r/a', content: 'far out' },
    { name: 'r/b', content: b, method: 8 },
  ];
  const path = rawArchive(entries, { startBytes: 5 * GIB });
  expect(statSync(path).blocks * 512).toBeLessThan(1024 * 1024);
  assertPythonCounts(path, 2);
  const target = await opened(path);
  expect(await keysOf(target)).toEqual(['r/a', 'r/b']);
  expect((await contentOf(target, 'r/a')).toString()).toBe('far out');
  expect((await contentOf(target, 'r/b')).toString()).toBe(b);
});

test.runIf(process.env.HOLDFAST_TEST_LONG === '1')(
  'entries beyond 4 GiB, and behind 4 GiB, are read by unzip, by Python and here (only with HOLDFAST_TEST_LONG=1)',
  { timeout: 600_000 },
  async () => {
    const folder = scratch();
    const target = await opened(folder);
    const batch = await target.begin({ root: 'r' });
    const noise = randomBytes(1024 * 1024);
    const sizeBytes = 4.1 * GIB - ((4.1 * GIB) % noise.length);
    const repeated = (piece: Buffer) => ({
      sizeBytes,
      async *open() {
        for (let given = 0; given < sizeBytes; given += piece.length) yield piece;
      },
    });
    await batch.put('r/zeros', repeated(Buffer.alloc(noise.length)));
    await batch.put('r/noise', repeated(noise));
    await batch.put('r/behind', bytesSource(Buffer.from('behind')));
    await batch.commit({ key: 'r/record', body: Buffer.from('{}') });
    const path = join(folder, 'r.zip');
    assertUnzips(path);
    assertPythonCounts(path, 4);
    const again = await opened(path);
    expect((await contentOf(again, 'r/behind')).toString()).toBe('behind');
    for (const key of ['r/zeros', 'r/noise']) {
      let seenBytes = 0;
      for await (const piece of again.get(key)) seenBytes += piece.byteLength;
      expect(seenBytes).toBe(sizeBytes);
      expect((await again.stat(key))?.sizeBytes).toBe(sizeBytes);
    }
    expect(statSync(path).size).toBeGreaterThan(4.1 * GIB);
  },
);
