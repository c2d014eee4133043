import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readingBytes, readSmallFiles, type SeenFile } from './read-small-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function seen(name: string | Buffer): SeenFile {
  const location = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  return { location, stats: lstatSync(location, { bigint: true }) };
}

function made(name: string, content: string): SeenFile {
  writeFileSync(join(folder, name), content);
  return seen(name);
}

const read = (files: readonly SeenFile[]): ReturnType<typeof readSmallFiles> =>
  readSmallFiles(files, new SharedArrayBuffer(readingBytes(files)));

test('files of any name and size are read whole, each with its hash', async () => {
  const odd = Buffer.from([0x66, 0xff, 0x0a, 0x22]);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), odd]), 'odd');
  const files = [made('a', 'first'), made('empty', ''), seen(odd), made('ünï 😀', 'é'.repeat(5000))];
  const { readings, bytesOf } = await read(files);
  const contents = ['first', '', 'odd', 'é'.repeat(5000)].map((text) => Buffer.from(text));
  contents.forEach((content, index) => {
    expect(Buffer.from(bytesOf(index)).equals(content)).toBe(true);
    expect(readings[index]).toEqual({
      sizeBytes: content.length,
      sha256: sha256(content),
      stable: true,
      stats: files[index]?.stats,
    });
  });
});

test.each<[string, (path: string) => void]>([
  ['has grown', (path) => appendFileSync(path, 'more')],
  ['has shrunk', (path) => writeFileSync(path, 'x')],
  ['has other bytes of the same length', (path) => writeFileSync(path, 'FIRST')],
  [
    'has other bytes of the same length and its old time',
    (path) => {
      const { atime, mtime } = lstatSync(path);
      writeFileSync(path, 'FIRST');
      utimesSync(path, atime, mtime);
    },
  ],
  ['is gone', (path) => rmSync(path)],
  [
    'is another file',
    (path) => {
      writeFileSync(`${path}.new`, 'first');
      renameSync(`${path}.new`, path);
    },
  ],
  [
    'is a link to the same bytes',
    (path) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    },
  ],
  [
    'is a folder',
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
  [
    'is a pipe',
    (path) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  ],
])(
  'a file that %s since the walk saw it is left to be looked at by itself, and the others are read',
  async (_, change) => {
    const files = [made('before', 'b'), made('changing', 'first'), made('behind', 'c')];
    change(join(folder, 'changing'));
    const { readings, bytesOf } = await read(files);
    expect(readings.map((reading) => reading !== undefined)).toEqual([true, false, true]);
    expect(Buffer.from(bytesOf(2)).toString()).toBe('c');
  },
);

test('memory that is larger than the files are is used from its beginning', async () => {
  const files = [made('a', 'one'), made('b', 'two')];
  const memory = new SharedArrayBuffer(1000);
  new Uint8Array(memory).fill(9);
  const { readings, bytesOf } = await readSmallFiles(files, memory);
  expect(Buffer.from(bytesOf(1)).toString()).toBe('two');
  expect(readings[1]?.sha256).toBe(sha256(Buffer.from('two')));
});

test.skipIf(process.platform !== 'linux')(
  'a file that gives more than its size is left to be read by itself',
  async () => {
    const lying = { location: Buffer.from('/proc/version'), stats: lstatSync('/proc/version', { bigint: true }) };
    // Also where more than the last byte of the memory would be needed, and between others.
    for (const files of [[lying], [made('a', 'first'), lying, made('b', 'next')], [made('c', 'first'), lying]]) {
      const { readings, bytesOf } = await read(files);
      files.forEach((file, index) => {
        expect(readings[index] === undefined).toBe(file === lying);
      });
      if (files.length > 1) expect(Buffer.from(bytesOf(0)).toString()).toBe('first');
      if (files.length > 2) expect(Buffer.from(bytesOf(2)).toString()).toBe('next');
    }
  },
);
