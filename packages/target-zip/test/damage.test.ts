import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BackupTarget, isTargetError } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { openZip } from '../src/index.js';
import { contentOf, errorOf, keysOf, listed, opened, scratch, write } from './help.js';

const FILES: Readonly<Record<string, string>> = {
  'src/small': 'small',
  'src/empty': '',
  'src/text': 'a line that repeats itself\n'.repeat(9),
  'src/é1': 'the same content',
  'src/é2': 'the same content',
};

async function sound(): Promise<{ folder: string; path: string; bytes: Buffer }> {
  const folder = scratch();
  await write(await opened(folder), 'r', [
    ...Object.entries(FILES).map(([key, content]) => ({ key, content, attributes: { mode: 0o644, mtimeNs: 1n } })),
    { key: 'src/link', attributes: { type: 'symlink', linkTarget: Buffer.from('small') } },
    { key: 'src/folder', attributes: { type: 'directory' } },
  ]);
  const path = join(folder, 'r.zip');
  return { folder, path, bytes: readFileSync(path) };
}

/** An answer, or the code of the error in its place. */
async function answer(ask: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await ask()) ?? 'absent';
  } catch (error) {
    if (isTargetError(error)) return `error ${error.code}`;
    throw error;
  }
}

/** Everything that can be asked of the target about the keys that were put. */
async function observe(target: BackupTarget): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  answers.set('list', await answer(() => listed(target)));
  answers.set('list one level', await answer(() => listed(target, 'r/src/', true)));
  for (const key of [...Object.keys(FILES), 'src/link', 'src/folder', '.holdfast/snapshot.json']) {
    answers.set(`stat ${key}`, await answer(() => target.stat(`r/${key}`)));
    if (key === 'src/link' || key === 'src/folder') continue;
    answers.set(`get ${key}`, await answer(async () => (await contentOf(target, `r/${key}`)).toString('latin1')));
  }
  return answers;
}

/**
 * Tries the archive with other bytes: each answer must be what it was, or an error. Returns how many answers were errors.
 */
async function assertNoLie(path: string, damaged: Buffer, before: Map<string, string>, what: string): Promise<number> {
  writeFileSync(path, damaged);
  const target = await openZip(join(path, '..'));
  const after = await observe(target);
  await target.close();
  let errors = 0;
  for (const [question, answered] of after) {
    if (answered === before.get(question)) continue;
    expect(answered, `${question} after ${what}`).toMatch(/^error (CORRUPT|UNSUPPORTED)$/);
    errors += 1;
  }
  return errors;
}

/** Every question about an archive of these bytes is answered by CORRUPT. */
async function assertCorrupt(path: string, bytes: Buffer, what: string): Promise<void> {
  writeFileSync(path, bytes);
  const target = await openZip(join(path, '..'));
  const answers = [
    await answer(() => listed(target)),
    await answer(() => target.stat('r/src/absent')),
    await answer(() => contentOf(target, 'r/src/small')),
  ];
  await target.close();
  expect(answers, what).toEqual(Array(3).fill('error CORRUPT'));
}

/** Byte ranges of an archive with these contents, by their signatures. */
function partsOf(bytes: Buffer): { directory: number; end: number } {
  const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  return { directory, end: bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6])) };
}

describe('damage is never answered by a lie', () => {
  test('every bit of the archive is flipped: each answer is what it was, or an error', async () => {
    const { folder, path, bytes } = await sound();
    const before = await observe(await opened(folder));
    const { directory, end } = partsOf(bytes);
    let unnoticed = 0;
    for (let offset = 0; offset < bytes.length; offset++) {
      const damaged = Buffer.from(bytes);
      const bit = 1 << (offset % 8);
      damaged[offset] = (damaged[offset] ?? 0) ^ bit;
      const errors = await assertNoLie(path, damaged, before, `bit ${bit} of byte ${offset} was flipped`);
      // In the directory nothing goes unnoticed: each bit of it is sealed.
      if (offset >= directory && offset < end) expect(errors, `byte ${offset} of the directory`).toBeGreaterThan(0);
      if (errors === 0) unnoticed += 1;
    }
    // What may change unnoticed, because no answer depends on it: times, versions and extra fields of local headers, and the end.
    expect(unnoticed).toBeLessThan(bytes.length / 4);
  });

  test('every stretch of zeros is noticed, or changes no answer', async () => {
    const { folder, path, bytes } = await sound();
    const before = await observe(await opened(folder));
    for (const length of [16, 512]) {
      for (let offset = 0; offset + length <= bytes.length; offset += 16) {
        const damaged = Buffer.from(bytes);
        damaged.fill(0, offset, offset + length);
        const errors = await assertNoLie(path, damaged, before, `${length} zeros at ${offset}`);
        // The longest run of bytes that no answer depends on is shorter: the link and the folder, which are never read.
        if (length > 500) expect(errors, `${length} zeros at ${offset}`).toBeGreaterThan(0);
      }
    }
  });

  test('an archive that is cut off anywhere is CORRUPT in every question', async () => {
    const { path, bytes } = await sound();
    const { directory } = partsOf(bytes);
    // Among the contents a cut is a cut; from the directory on every byte is tried.
    for (let length = 0; length < bytes.length; length += length < directory ? 24 : 1) {
      await assertCorrupt(path, bytes.subarray(0, length), `cut to ${length} bytes`);
    }
  });

  test('bytes behind the end, and an archive of zeros, are CORRUPT', async () => {
    const { path, bytes } = await sound();
    await assertCorrupt(path, Buffer.concat([bytes, Buffer.alloc(100)]), 'more behind the end');
    await assertCorrupt(path, Buffer.alloc(bytes.length), 'zeros');
  });
});

describe('damage costs no more than what it hits', () => {
  test('a flipped bit in one content fails that key by name, and no other', async () => {
    const { folder, path, bytes } = await sound();
    const damaged = Buffer.from(bytes);
    const at = damaged.indexOf(Buffer.from('small', 'latin1'), damaged.indexOf('src/small') + 9);
    damaged[at] = 0x53;
    writeFileSync(path, damaged);
    const target = await opened(folder);
    const error = await errorOf(contentOf(target, 'r/src/small'));
    expect(error).toMatchObject({ code: 'CORRUPT', key: 'r/src/small', operation: 'get', retryable: false });
    expect(error.reason).toContain('CRC');
    for (const [key, content] of Object.entries(FILES)) {
      if (key !== 'src/small') expect((await contentOf(target, `r/${key}`)).toString()).toBe(content);
    }
    expect(await keysOf(target)).toHaveLength(8);
  });

  test('a damaged name in the directory hides no other key: the rest is still read, and absence is not claimed', async () => {
    const { folder, path, bytes } = await sound();
    const damaged = Buffer.from(bytes);
    const { directory } = partsOf(bytes);
    damaged[damaged.indexOf('src/text', directory) + 4] = 0x54;
    writeFileSync(path, damaged);
    const target = await opened(folder);
    expect((await contentOf(target, 'r/src/small')).toString()).toBe('small');
    expect((await errorOf(contentOf(target, 'r/src/text'))).code).toBe('CORRUPT');
    expect((await errorOf(target.stat('r/src/text'))).code).toBe('CORRUPT');
    expect((await errorOf(contentOf(target, 'r/src/Text'))).code).toBe('CORRUPT');
    expect((await errorOf(keysOf(target))).reason).toContain('not the one that was written');
  });

  test('the error of a large content comes after its bytes, before the end of the iteration', async () => {
    const folder = scratch();
    const content = Buffer.alloc(6_000_000, 'abcdefghijk');
    await write(await opened(folder), 'r', [{ key: 'large', content }]);
    const path = join(folder, 'r.zip');
    const damaged = readFileSync(path);
    damaged[60] = (damaged[60] ?? 0) ^ 0x10;
    writeFileSync(path, damaged);
    expect((await errorOf(contentOf(await opened(folder), 'r/large'))).code).toBe('CORRUPT');
  });
});
