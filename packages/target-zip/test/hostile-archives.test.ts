import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentOf, errorOf, keysOf, listed, opened, scratch, write } from './help.js';
import { type RawEntry, rawArchive } from './raw-archive.js';

const packed = (...entries: RawEntry[]): string => rawArchive(entries);

describe('a name that leads out of where it is unpacked', () => {
  test.each([
    '../evil',
    '../../etc/passwd',
    'r/../../evil',
    '/etc/passwd',
    'C:/evil',
    'r\\..\\..\\evil',
    './x',
    'r//x',
  ])('%j is refused by name; what is sound beside it is still read', async (name) => {
    const target = await opened(packed({ name: 'r/good', content: 'good' }, { name }));
    const seen: string[] = [];
    const error = await errorOf(
      (async () => {
        for await (const { key } of target.list('')) seen.push(key);
      })(),
    );
    expect(error).toMatchObject({ code: 'CORRUPT', operation: 'list', key: name });
    expect(seen).toEqual(['r/good']);
    expect((await contentOf(target, 'r/good')).toString()).toBe('good');
    expect(['INVALID_KEY', 'NOT_FOUND']).toContain((await errorOf(contentOf(target, name))).code);
  });

  test('counts with the others like it', async () => {
    const target = await opened(packed({ name: '../1' }, { name: '../2' }, { name: '../3' }));
    const error = await errorOf(keysOf(target));
    expect(error.key).toBe('../1');
    expect(error.reason).toContain('2 more');
  });
});

test('a link is an object without bytes, wherever it points, and nothing is read through it', async () => {
  const target = await opened(
    packed({ name: 'r/out', mode: 0o120777, content: '/etc' }, { name: 'r/out/passwd', content: 'planted' }),
  );
  expect(await listed(target)).toEqual([
    { key: 'r/out', type: 'symlink', sizeBytes: 0 },
    { key: 'r/out/passwd', type: 'file', sizeBytes: 7 },
  ]);
  expect((await errorOf(contentOf(target, 'r/out'))).code).toBe('NOT_FOUND');
  expect((await contentOf(target, 'r/out/passwd')).toString()).toBe('planted');
});

test('a name that is there twice is CORRUPT wherever it is asked for', async () => {
  const target = await opened(packed({ name: 'r/a', content: '1' }, { name: 'r/a', content: '2' }, { name: 'r/b' }));
  expect((await errorOf(contentOf(target, 'r/a'))).reason).toContain('twice');
  expect((await errorOf(target.stat('r/a'))).code).toBe('CORRUPT');
  expect((await errorOf(keysOf(target))).code).toBe('CORRUPT');
  expect((await contentOf(target, 'r/b')).toString()).toBe('x');
});

test('devices and sockets are refused by name', async () => {
  for (const mode of [0o020644, 0o060644, 0o010644, 0o140644]) {
    const error = await errorOf(keysOf(await opened(packed({ name: 'r/device', mode }))));
    expect(error).toMatchObject({ code: 'CORRUPT', key: 'r/device' });
  }
});

describe('numbers that lie', () => {
  test.each([10, 100_000, 5_000_000])(
    '%i bytes of a decompression bomb announced: no more than those are given',
    async (sizeBytes) => {
      const content = Buffer.alloc(20_000_000);
      const target = await opened(packed({ name: 'r/bomb', method: 8, content, announcedBytes: sizeBytes }));
      let seenBytes = 0;
      const error = await errorOf(
        (async () => {
          for await (const piece of target.get('r/bomb')) seenBytes += piece.byteLength;
        })(),
      );
      expect(error).toMatchObject({ code: 'CORRUPT', key: 'r/bomb' });
      expect(error.reason).toContain('more than it announces');
      expect(seenBytes).toBeLessThanOrEqual(sizeBytes);
    },
  );

  test('an entry that unpacks to less than it announces is CORRUPT', async () => {
    const path = packed({ name: 'r/a', method: 8, content: '0'.repeat(1000), announcedBytes: 2000 });
    expect((await errorOf(contentOf(await opened(path), 'r/a'))).reason).toContain('less than it announces');
  });

  test('a stored entry whose two sizes disagree is CORRUPT', async () => {
    const path = packed({ name: 'r/a', content: '12345', announcedBytes: 4 });
    expect((await errorOf(contentOf(await opened(path), 'r/a'))).reason).toContain('disagree');
  });

  test('fewer entries announced than there are would hide the others: CORRUPT', async () => {
    const path = rawArchive([{ name: 'r/a' }, { name: 'r/hidden' }], { announcedEntries: 1 });
    expect((await errorOf(keysOf(await opened(path)))).reason).toContain('does not end where it says');
  });

  test('many entries announced in a small archive cost no memory', async () => {
    for (const announcedEntries of [65_534, 2 ** 40]) {
      const path = rawArchive([{ name: 'r/a' }], { announcedEntries });
      expect((await errorOf(keysOf(await opened(path)))).reason).toContain('more entries than');
    }
  });
});

describe('what is not read here is said, entry by entry', () => {
  test('an encrypted entry', async () => {
    const target = await opened(
      packed({ name: 'a', content: 'secret', encrypted: true }, { name: 'b', content: 'open' }),
    );
    expect(await keysOf(target)).toEqual(['a', 'b']);
    expect(await errorOf(contentOf(target, 'a'))).toMatchObject({ code: 'UNSUPPORTED', key: 'a', retryable: false });
    expect((await contentOf(target, 'b')).toString()).toBe('open');
  });

  test('a method other than store and deflate', async () => {
    const target = await opened(packed({ name: 'r/a', method: 12, content: 'bzip2 '.repeat(50) }, { name: 'r/b' }));
    const error = await errorOf(contentOf(target, 'r/a'));
    expect(error).toMatchObject({ code: 'UNSUPPORTED', key: 'r/a' });
    expect(error.reason).toContain('method 12');
    expect((await contentOf(target, 'r/b')).toString()).toBe('x');
  });

  test('a part of a split archive', async () => {
    const path = rawArchive([{ name: 'r/a' }], { diskNumber: 1 });
    expect((await errorOf(keysOf(await opened(path)))).code).toBe('UNSUPPORTED');
  });
});

test('an entry that the directory leads to another content is CORRUPT', async () => {
  const path = packed({ name: 'r/1', content: 'same length' }, { name: 'r/2', content: 'SAME LENGTH' });
  const bytes = readFileSync(path);
  const first = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const second = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), first + 4);
  // The second entry now points at the first content, with the checksum of that.
  bytes.copy(bytes, second + 16, first + 16, first + 20);
  bytes.copy(bytes, second + 42, first + 42, first + 46);
  writeFileSync(path, bytes);
  const target = await opened(path);
  expect((await contentOf(target, 'r/1')).toString()).toBe('same length');
  expect((await errorOf(contentOf(target, 'r/2'))).reason).toContain('disagree');
});

test('a small entry in the middle of a large archive is read without reading the archive', async () => {
  const folder = scratch();
  const large = randomBytes(3_000_000);
  const puts = Array.from({ length: 4 }, (_, n) => [
    { key: `${n}-large`, content: large },
    { key: `${n}-small`, content: `${n}` },
  ]);
  await write(await opened(folder), 'r', puts.flat());
  // Every large content is damaged: whoever read it would notice.
  const path = join(folder, 'r.zip');
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(large.subarray(0, 64)); at >= 0; at = bytes.indexOf(large.subarray(0, 64), at))
    bytes[at] = 0;
  writeFileSync(path, bytes);
  const target = await opened(folder);
  expect((await contentOf(target, 'r/2-small')).toString()).toBe('2');
  expect((await errorOf(contentOf(target, 'r/2-large'))).code).toBe('CORRUPT');
});
