import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangedWhileRead, LongerThanSaid, NoLongerAFile, type Reading, SourceFile } from './stable-read.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-read-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the file, with a time so long ago that any further write shows. */
function write(content: string | Buffer): void {
  writeFileSync(path, content);
  utimesSync(path, 1_700_000_000, 1_700_000_000);
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Opens the file, does something to it, and reads it whole. */
function readAround(change: () => void): { text: string; reading: Reading } {
  const file = new SourceFile(Buffer.from(path));
  try {
    change();
    const { bytes, reading } = file.readWhole();
    expect(reading.sha256).toBe(sha256(bytes));
    expect(reading.sizeBytes).toBe(bytes.length);
    return { text: bytes.toString(), reading };
  } finally {
    file.close();
  }
}

describe('a file read in one go', () => {
  it('is stable when nothing happened to it, also when it is empty', () => {
    write('content');
    expect(readAround(() => undefined)).toMatchObject({ text: 'content', reading: { stable: true } });
    write('');
    expect(readAround(() => undefined)).toMatchObject({ text: '', reading: { stable: true } });
  });

  it.each<[string, () => void, string]>([
    ['grew: it is cut at the size it had when it was opened', () => appendFileSync(path, ' and more'), 'content'],
    ['shrank: what is left is what counts', () => truncateSync(path, 3), 'con'],
    ['was rewritten in the same size, its time put back', () => write('CONTENT'), 'CONTENT'],
    [
      'was replaced by another file',
      () => {
        writeFileSync(`${path}.new`, 'another');
        renameSync(`${path}.new`, path);
      },
      'content',
    ],
    ['was removed', () => rmSync(path), 'content'],
  ])('is not stable when it %s', (_, change, text) => {
    write('content');
    expect(readAround(change)).toMatchObject({ text, reading: { stable: false } });
  });
});

describe('a file read in pieces', () => {
  const large = Buffer.alloc(2_500_000, 'large file');

  /** Reads in pieces and does something after the first one. */
  async function readInPieces(
    strict: boolean,
    change: () => void,
  ): Promise<{ bytes: Buffer; reading: Reading | undefined }> {
    const file = new SourceFile(Buffer.from(path));
    const pieces: Uint8Array[] = [];
    let reading: Reading | undefined;
    try {
      for await (const piece of file.pieces(strict, (result) => (reading = result))) {
        if (pieces.push(piece) === 1) change();
      }
      return { bytes: Buffer.concat(pieces), reading };
    } finally {
      file.close();
    }
  }

  it('is stable when nothing happened to it, and may be read again', async () => {
    write(large);
    const { bytes, reading } = await readInPieces(true, () => undefined);
    expect(bytes.equals(large)).toBe(true);
    expect(reading).toMatchObject({ stable: true, sizeBytes: large.length, sha256: sha256(large) });
  });

  it('is cut where it ended when it was opened, if it grows', async () => {
    write(large);
    const { bytes, reading } = await readInPieces(false, () => appendFileSync(path, 'more'));
    expect(bytes.equals(large)).toBe(true);
    expect(reading).toMatchObject({ stable: false, sizeBytes: large.length });
  });

  it('gives what is there, if it shrinks', async () => {
    write(large);
    const { bytes, reading } = await readInPieces(false, () => truncateSync(path, 1_500_000));
    expect(reading).toMatchObject({ stable: false, sizeBytes: 1_500_000, sha256: sha256(bytes) });
  });

  it('says so at its end where the caller wants to know, and gives no reading', async () => {
    write(large);
    await expect(readInPieces(true, () => appendFileSync(path, 'more'))).rejects.toBeInstanceOf(ChangedWhileRead);
    write(large);
    await expect(readInPieces(true, () => rmSync(path))).rejects.toBeInstanceOf(ChangedWhileRead);
  });

  it('is not stable when its folder is replaced: the name means another file now', async () => {
    write(large);
    const change = (): void => {
      renameSync(folder, `${folder}-away`);
      mkdirSync(folder);
      writeFileSync(path, large);
    };
    try {
      expect((await readInPieces(false, change)).reading).toMatchObject({ stable: false });
    } finally {
      rmSync(`${folder}-away`, { recursive: true });
    }
  });

  it('shows a write in the middle that puts the time back', async () => {
    write(large);
    const { mtime, atime } = statSync(path);
    const change = (): void => {
      writeFileSync(path, Buffer.alloc(large.length, 'other'));
      utimesSync(path, atime, mtime);
    };
    expect((await readInPieces(false, change)).reading).toMatchObject({ stable: false });
  });
});

describe('a name that was a file when it was seen', () => {
  it('is not followed if it is a symlink by now', () => {
    symlinkSync('/etc/hostname', path);
    expect(() => new SourceFile(Buffer.from(path))).toThrow(/ELOOP/);
  });

  it('does not hang the reader if it is a pipe by now', () => {
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect(() => new SourceFile(Buffer.from(path))).toThrow(NoLongerAFile);
  });

  it('is no file if it is a folder by now', () => {
    expect(() => new SourceFile(Buffer.from(folder))).toThrow(NoLongerAFile);
  });
});

/** The kernel says of it that it has no bytes. */
describe.skipIf(process.platform !== 'linux')('a file that gives more than its size', () => {
  const said = Buffer.from('/proc/version');

  it('is no reading, neither in one go nor in pieces, and is read to its end when that is asked for', async () => {
    const file = new SourceFile(said);
    try {
      expect(file.sizeBytes).toBe(0);
      expect(() => file.readWhole()).toThrow(LongerThanSaid);
      await expect(file.pieces(true, () => undefined).next()).rejects.toThrow(LongerThanSaid);
      await expect(file.pieces(false, () => undefined).next()).rejects.toThrow(LongerThanSaid);
      let reading: Reading | undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of file.piecesToEnd((result) => (reading = result))) pieces.push(piece);
      const bytes = readFileSync(said);
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
      expect(reading).toMatchObject({ sizeBytes: bytes.length, sha256: sha256(bytes), stable: true });
    } finally {
      file.close();
    }
  });
});
