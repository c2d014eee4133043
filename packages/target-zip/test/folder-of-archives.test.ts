import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentOf, errorOf, keysOf, opened, RECORD, scratch, write } from './help.js';
import { rawArchive } from './raw-archive.js';

describe('a folder of archives', () => {
  test('is listed by its file names, without opening an archive', async () => {
    const folder = scratch();
    const target = await opened(folder);
    await write(target, 'b', []);
    writeFileSync(join(folder, 'a.zip'), 'this is no archive at all');
    expect(await keysOf(target, '', true)).toEqual(['a/', 'b/']);
    expect(await keysOf(target, 'b/')).toEqual([`b/${RECORD}`]);
    expect(await errorOf(keysOf(target, 'a/'))).toMatchObject({ code: 'CORRUPT', operation: 'list', key: 'a/' });
    expect(await errorOf(keysOf(target))).toMatchObject({ code: 'CORRUPT', key: 'a/' });
  });

  test('lists roots in the order of their keys', async () => {
    const target = await opened(scratch());
    for (const root of ['a', 'a-b', 'a b', 'é', 'A', 'a0']) await write(target, root, [{ key: 'x' }]);
    const roots = ['A', 'a b', 'a-b', 'a', 'a0', 'é'];
    expect(await keysOf(target, '', true)).toEqual(roots.map((root) => `${root}/`));
    expect(await keysOf(target)).toEqual(roots.flatMap((root) => [`${root}/${RECORD}`, `${root}/x`]));
  });

  test('shows neither links nor folders nor files of other names as archives', async () => {
    const folder = scratch();
    const elsewhere = scratch();
    await write(await opened(elsewhere), 'secret', [{ key: 'a' }]);
    const target = await opened(folder);
    await write(target, 'r', []);
    symlinkSync(join(elsewhere, 'secret.zip'), join(folder, 'link.zip'));
    mkdirSync(join(folder, 'folder.zip'));
    copyFileSync(join(folder, 'r.zip'), join(folder, '._r.zip'));
    copyFileSync(join(folder, 'r.zip'), join(folder, '.zip'));
    copyFileSync(join(folder, 'r.zip'), join(folder, 'r.zip.part'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/not UTF-8 `), Buffer.from([0xff]), Buffer.from('.zip')]), '');
    expect(await keysOf(target, '', true)).toEqual(['r/']);
    expect(await target.stat('link/a')).toBeUndefined();
    expect((await errorOf(contentOf(target, 'link/a'))).code).toBe('NOT_FOUND');
    expect(await keysOf(target, 'folder/')).toEqual([]);
    expect(await keysOf(target, '.holdfast/')).toEqual([]);
  });

  test('gives an archive that was renamed under its new name', async () => {
    const folder = scratch();
    const target = await opened(folder);
    await write(target, 'r', [{ key: 'src/a', content: 'A' }]);
    renameSync(join(folder, 'r.zip'), join(folder, 'before the upgrade.zip'));
    expect(await keysOf(target)).toEqual([`before the upgrade/${RECORD}`, 'before the upgrade/src/a']);
    expect((await contentOf(target, 'before the upgrade/src/a')).toString()).toBe('A');
    expect(await target.stat('r/src/a')).toBeUndefined();
  });

  test('sees what others add, replace and take away, without being opened again', async () => {
    const folder = scratch();
    const target = await opened(folder);
    expect(await keysOf(target)).toEqual([]);
    await write(await opened(folder), 'r', [{ key: 'a', content: 'one' }]);
    expect((await contentOf(target, 'r/a')).toString()).toBe('one');
    await write(await opened(join(folder, 'r.zip'), { replace: true }), 'r', [{ key: 'a', content: 'other' }]);
    expect((await contentOf(target, 'r/a')).toString()).toBe('other');
    unlinkSync(join(folder, 'r.zip'));
    expect(await target.stat('r/a')).toBeUndefined();
  });

  test('keeps more archives in use at once than it keeps open', async () => {
    const target = await opened(scratch());
    const large = randomBytes(2_000_000);
    const roots = Array.from({ length: 12 }, (_, number) => `r${number}`);
    for (const root of roots) await write(target, root, [{ key: 'a', content: large }]);
    const readers = roots.map((root) => target.get(`${root}/a`)[Symbol.asyncIterator]());
    const counts = roots.map(() => 0);
    for (let busy = true; busy; ) {
      busy = false;
      for (const [number, reader] of readers.entries()) {
        const step = await reader.next();
        if (step.done === true) continue;
        counts[number] = (counts[number] ?? 0) + step.value.byteLength;
        busy = true;
      }
    }
    expect(counts).toEqual(roots.map(() => large.length));
  });
});

test('small contents that are read one after the other are the reader’s own: what he does to them changes no later answer', async () => {
  const target = await opened(scratch());
  const keys = ['1', '2', '3', '4'];
  await write(
    target,
    'r',
    keys.map((key) => ({ key, content: `stored ${key}` })),
  );
  for (let round = 0; round < 3; round++) {
    for (const key of keys) {
      const content = await contentOf(target, `r/${key}`);
      expect(content.toString()).toBe(`stored ${key}`);
      for await (const piece of target.get(`r/${key}`)) piece.fill(0);
    }
  }
});

describe('archives from elsewhere', () => {
  test('are listed as they are below their file name', async () => {
    const folder = scratch();
    const pictures = Buffer.alloc(300, 'picture');
    rawArchive(
      [
        { name: 'pictures/1.jpg', method: 8, content: pictures },
        { name: 'read me.txt' },
        { name: 'empty/', mode: 0o040755 },
      ],
      {},
      join(folder, 'photos.zip'),
    );
    const target = await opened(folder);
    expect(await keysOf(target)).toEqual(['photos/empty', 'photos/pictures/1.jpg', 'photos/read me.txt'].sort());
  });

  test('that put a file beside the root are named as not whole; the root is still read', async () => {
    const folder = scratch();
    const target = await opened(folder);
    rawArchive([{ name: 'r/a', content: 'A' }, { name: 'note.txt' }], {}, join(folder, 'r.zip'));
    const error = await errorOf(keysOf(target, 'r/'));
    expect(error).toMatchObject({ code: 'CORRUPT', key: 'note.txt' });
    expect((await contentOf(target, 'r/a')).toString()).toBe('A');
  });
});
