import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileStep } from '@holdfast/core/files';
import { bytesSource, type ObjectSource } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { assertUnzips, contentOf, errorOf, keysOf, opened, run, scratch, write } from './help.js';

const MIB = 1024 * 1024;
const IS_ROOT = process.getuid?.() === 0;

/** Announces a size, gives some bytes, and then fails, or ends. */
function brokenSource(sizeBytes: number, givenBytes: number, error?: Error): ObjectSource {
  return {
    sizeBytes,
    async *open() {
      const piece = randomBytes(64 * 1024);
      for (let given = 0; given < givenBytes; given += piece.length) {
        yield piece.subarray(0, Math.min(piece.length, givenBytes - given));
      }
      if (error !== undefined) throw error;
    },
  };
}

describe('a put that fails', () => {
  test('leaves no trace in the archive, however large it was and wherever it failed', async () => {
    const folder = scratch();
    const target = await opened(folder);
    const batch = await target.begin({ root: 'r' });
    const mine = new Error('the source broke');
    await batch.put('r/1', bytesSource(Buffer.from('first')));
    for (const sizeBytes of [1000, 9 * MIB]) {
      await expect(batch.put('r/broken', brokenSource(sizeBytes, sizeBytes / 2, mine))).rejects.toBe(mine);
      expect((await errorOf(batch.put('r/short', brokenSource(sizeBytes, sizeBytes - 1)))).code).toBe('SIZE_MISMATCH');
      expect((await errorOf(batch.put('r/long', brokenSource(sizeBytes, sizeBytes + 1)))).code).toBe('SIZE_MISMATCH');
      await batch.put(`r/between ${sizeBytes}`, bytesSource(Buffer.from('between')));
    }
    await batch.put('r/large', bytesSource(Buffer.alloc(9 * MIB, 'abcdefg')));
    await batch.commit({ key: 'r/record', body: Buffer.from('{}') });
    expect(await keysOf(target)).toEqual(['r/1', 'r/between 1000', `r/between ${9 * MIB}`, 'r/large', 'r/record']);
    assertUnzips(join(folder, 'r.zip'));
    expect(statSync(join(folder, 'r.zip')).size).toBeLessThan(100_000);
  });

  test('side by side with others disturbs none of them', async () => {
    const target = await opened(scratch());
    const batch = await target.begin({ root: 'r' });
    const content = (number: number): Buffer => Buffer.alloc(number % 5 === 0 ? 5 * MIB : 1000 + number, `${number} `);
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, number) =>
        number % 3 === 1
          ? batch.put(`r/${number}`, brokenSource(number % 2 === 0 ? 5 * MIB : 2000, 1500, new Error('broken')))
          : batch.put(`r/${number}`, bytesSource(content(number))),
      ),
    );
    expect(results.map((result) => result.status === 'rejected')).toEqual(results.map((_, number) => number % 3 === 1));
    await batch.commit({ key: 'r/record', body: Buffer.from('{}') });
    for (const [number, result] of results.entries()) {
      if (result.status === 'rejected') expect(await target.stat(`r/${number}`)).toBeUndefined();
      else expect((await contentOf(target, `r/${number}`)).equals(content(number))).toBe(true);
    }
  });
});

test('everything is flushed before the archive gets its name, and its folder after it, new ancestors included', async () => {
  const base = scratch();
  const steps: FileStep[] = [];
  const target = await opened(join(base, 'new/archives'), { onStep: (step) => steps.push(step) });
  await write(target, 'r', [{ key: 'a', content: 'a' }]);
  const told = steps.map(({ kind, path }) => `${kind} ${relative(base, path).replace(/[0-9a-f]{16}/, 'batch')}`);
  const link = told.indexOf('link new/archives/r.zip');
  const archive = told.indexOf('sync new/archives/.holdfast/staging/batch/archive');
  expect(told.lastIndexOf('write new/archives/.holdfast/staging/batch/archive')).toBeLessThan(archive);
  for (const folder of ['sync new', 'sync ']) expect(told.indexOf(folder)).toBeGreaterThan(archive);
  for (const folder of ['sync new', 'sync ']) expect(told.indexOf(folder)).toBeLessThan(link);
  expect(told.slice(link)).toEqual(['link new/archives/r.zip', 'sync new/archives']);
});

test.runIf(IS_ROOT)(
  'a full disk is NO_SPACE, leaves the batch usable, and takes nothing from what is there (needs root)',
  async () => {
    const disk = join(scratch(), 'disk');
    mkdirSync(disk);
    run('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]);
    try {
      const target = await opened(disk);
      await write(target, 'first', [{ key: 'a', content: 'kept' }]);
      const batch = await target.begin({ root: 'r' });
      await batch.put('r/fits', bytesSource(randomBytes(3 * MIB)));
      const put = (key: string, sizeBytes: number): Promise<unknown> =>
        batch.put(key, bytesSource(randomBytes(sizeBytes)));
      const tooLarge = await errorOf(put('r/too large', 30 * MIB));
      expect(tooLarge).toMatchObject({ code: 'NO_SPACE', operation: 'put', key: 'r/too large', retryable: false });
      const { bavail, bsize } = statfsSync(disk);
      expect(bavail * bsize, 'what did not fit has given its space back').toBeGreaterThan(8 * MIB);
      const together = await Promise.allSettled(['r/1', 'r/2', 'r/3'].map((key) => put(key, 4 * MIB)));
      const refused = together.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
      expect(refused).toEqual(['NO_SPACE']);
      await batch.put('r/fits too', bytesSource(Buffer.from('small')));
      writeFileSync(join(disk, 'ballast'), '');
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=64k']);
      expect(await errorOf(batch.commit({ key: 'r/record', body: randomBytes(2 * MIB) }))).toMatchObject({
        code: 'NO_SPACE',
        operation: 'commit',
      });
      expect(await keysOf(target, '', true)).toEqual(['first/']);
      writeFileSync(join(disk, 'ballast'), '');
      await batch.commit({ key: 'r/record', body: Buffer.from('{}') });
      expect(await keysOf(target, 'r/')).toContain('r/fits too');
      assertUnzips(join(disk, 'r.zip'));
      expect((await contentOf(target, 'first/a')).toString()).toBe('kept');
      await target.close();
    } finally {
      run('umount', ['--lazy', disk]);
    }
  },
);

describe.runIf(IS_ROOT)('without rights (tried as another user, so needs root)', () => {
  const adapter = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const asNobody = (program: string): string => {
    const script = `import { openZip } from ${JSON.stringify(adapter)};
      const codeOf = async (work) => { try { await work(); return 'nothing'; } catch (error) { return error.operation + ' ' + error.code; } };
      const drain = async (iteration) => { for await (const _ of iteration); };
      ${program}`;
    const args = ['--reuid', '65534', '--clear-groups', process.execPath, '--input-type=module', '-e', script];
    return run('setpriv', args).trim();
  };

  test('an archive that may not be read, and a folder that may not be written, are ACCESS_DENIED', async () => {
    const folder = scratch();
    chmodSync(folder, 0o755);
    await write(await opened(folder), 'r', [{ key: 'a', content: 'a' }]);
    chmodSync(join(folder, 'r.zip'), 0o600);
    const path = JSON.stringify(folder);
    expect(
      asNobody(`const target = await openZip(${path});
      console.log(await codeOf(() => drain(target.list('r/'))), '-', await codeOf(() => target.stat('r/a')), '-',
        await codeOf(() => drain(target.get('r/a'))), '-', await codeOf(() => target.begin({ root: 'q' })));`),
    ).toBe('list ACCESS_DENIED - stat ACCESS_DENIED - get ACCESS_DENIED - begin ACCESS_DENIED');
    expect(readdirSync(folder)).toEqual(['r.zip']);
  });
});
