import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { Spool } from './spool.js';

const MIB = 1024 * 1024;
const spools: Spool[] = [];
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
});

function newSpool(): Spool {
  const spool = new Spool();
  spools.push(spool);
  return spool;
}

async function contentOf(spool: Spool): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of spool.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Numbered lines, so that any that is lost, doubled or moved shows. */
const line = (number: number): string => `${String(number).padStart(7, '0')} ${'x'.repeat(number % 50)}\n`;

describe('a spool', () => {
  it.each([10, 300_000])('gives back what was appended, any number of times, in order (%d lines)', async (count) => {
    const spool = newSpool();
    const expected = createHash('sha256');
    for (let number = 0; number < count; number += 1) {
      expected.update(line(number));
      await spool.appendText(line(number));
    }
    const digest = expected.digest('hex');
    expect(spool.sha256).toBe(digest);
    for (let reading = 0; reading < 2; reading += 1) {
      const content = await contentOf(spool);
      expect(content.length).toBe(spool.sizeBytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(digest);
    }
  });

  it('takes appends side by side, in the order of the calls, also beyond what it holds in memory', async () => {
    const spool = newSpool();
    const appends: Promise<void>[] = [];
    const expected: Buffer[] = [];
    for (let number = 0; number < 200; number += 1) {
      const piece = Buffer.alloc(100_000, line(number));
      expected.push(piece);
      appends.push(spool.append(piece));
    }
    await Promise.all(appends);
    expect(spool.sizeBytes).toBe(20_000_000);
    expect((await contentOf(spool)).equals(Buffer.concat(expected))).toBe(true);
    expect(spool.sha256).toBe(createHash('sha256').update(Buffer.concat(expected)).digest('hex'));
  });

  it('may be read by two at once', async () => {
    const spool = newSpool();
    for (let number = 0; number < 12; number += 1) await spool.append(Buffer.alloc(MIB, number));
    const [first, second] = await Promise.all([contentOf(spool), contentOf(spool)]);
    expect(first.equals(second)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves no name in the temporary folder, so that a killed process leaves nothing',
    async () => {
      const before = readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-spool-'));
      const spool = newSpool();
      for (let number = 0; number < 12; number += 1) await spool.append(Buffer.alloc(MIB, number));
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-spool-'))).toEqual(before);
    },
  );

  it('as a source says its size, and can be opened again', async () => {
    const spool = newSpool();
    await spool.appendText('hello');
    const { source } = spool;
    expect(source.sizeBytes).toBe(5);
    for (let opening = 0; opening < 2; opening += 1) {
      const pieces: Uint8Array[] = [];
      for await (const piece of source.open()) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toBe('hello');
    }
  });
});

describe('a spool that is held', () => {
  it.each([
    [1000, 'bytes', undefined],
    [9 * MIB, 'path', undefined],
    [9 * MIB, 'path', true],
  ] as const)(
    'gives its %d bytes as %s, and a file that nobody else has and that goes with it',
    async (size, how, keepsName) => {
      const spool = new Spool({ byPath: true, keepsName });
      const piece = randomBytes(size / 4);
      for (let count = 0; count < 4; count += 1) await spool.append(piece);
      const held = await spool.held();
      expect(Object.keys(held)).toEqual([how]);
      const bytes = 'bytes' in held ? held.bytes : readFileSync(held.path);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(spool.sha256);
      if ('path' in held) expect(statSync(held.path).mode & 0o077).toBe(0);
      await spool.close();
      if ('path' in held) expect(existsSync(held.path)).toBe(false);
      expect(readdirSync(tmpdir()).filter((name) => 'path' in held && held.path.includes(name))).toEqual([]);
    },
  );

  it.each([100, 100_000])(
    'gives any part of what it holds, of %d bytes as of more than are in memory',
    async (size) => {
      const spool = new Spool({ memoryBytes: 1000 });
      spools.push(spool);
      const bytes = randomBytes(size);
      for (let at = 0; at < size; at += 70) await spool.append(bytes.subarray(at, at + 70));
      for (const [start, end] of [
        [0, size],
        [1, 2],
        [69, 71],
        [size - 3, size],
        [size / 2, size - 1],
        [5, 5],
      ] as const) {
        const parts: Uint8Array[] = [];
        for await (const part of spool.read(start, end)) parts.push(part);
        expect(Buffer.concat(parts).equals(bytes.subarray(start, end))).toBe(true);
      }
    },
  );
});
