import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bytesSource } from '@holdfast/core/target';
import { describe, expect, test } from 'vitest';
import { adapter, openZip } from '../src/index.js';
import { contentOf, errorOf, keysOf, opened, RECORD, run, scratch, write } from './help.js';
import { rawArchive } from './raw-archive.js';

describe('one named archive', () => {
  test('holds one root, whatever the archive is called then', async () => {
    const folder = scratch();
    await write(await opened(join(folder, 'first.zip')), '20261123-a', [{ key: 'src/a', content: 'A' }]);
    expect(readdirSync(folder)).toEqual(['first.zip']);
    renameSync(join(folder, 'first.zip'), join(folder, 'Backup of Monday.ZIP'));
    const target = await opened(join(folder, 'Backup of Monday.ZIP'));
    expect(await keysOf(target, '', true)).toEqual(['20261123-a/']);
    expect(await keysOf(target)).toEqual([`20261123-a/${RECORD}`, '20261123-a/src/a']);
    expect((await contentOf(target, '20261123-a/src/a')).toString()).toBe('A');
  });

  test('makes missing folders, and leaves none behind when it is aborted', async () => {
    const folder = scratch();
    const target = await opened(join(folder, 'new/deep/x.zip'));
    expect(await keysOf(target)).toEqual([]);
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', bytesSource(Buffer.from('a')));
    await batch.abort();
    expect(readdirSync(folder)).toEqual([]);
    await write(target, 'r', []);
    expect(readdirSync(join(folder, 'new/deep'))).toEqual(['x.zip']);
  });

  test('is not written a second time: the error offers a folder of archives, or --replace', async () => {
    const path = join(scratch(), 'x.zip');
    await write(await opened(path), 'r1', []);
    const before = readFileSync(path);
    const error = await errorOf((await opened(path)).begin({ root: 'r2' }));
    expect(error.code).toBe('ALREADY_EXISTS');
    expect(error.hint).toContain(`zip:${dirname(path)}`);
    expect(error.hint).toContain('--replace');
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['x.zip']);
  });

  test('is not overwritten either when it appears while the batch is written', async () => {
    const path = join(scratch(), 'x.zip');
    const target = await opened(path);
    const batch = await target.begin({ root: 'r' });
    await batch.put('r/a', bytesSource(Buffer.from('a')));
    writeFileSync(path, 'precious');
    const error = await errorOf(batch.commit({ key: 'r/record', body: Buffer.from('{}') }));
    expect(error.code).toBe('ALREADY_EXISTS');
    await batch.abort();
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(readdirSync(dirname(path))).toEqual(['x.zip']);
  });

  test('with replace the old archive stays, and is what is read, until the new one is whole', async () => {
    const path = join(scratch(), 'x.zip');
    await write(await opened(path), 'old', [{ key: 'a', content: 'old' }]);
    const target = await opened(path, { replace: true });
    const batch = await target.begin({ root: 'new' });
    await batch.put('new/a', bytesSource(Buffer.from('new')));
    expect((await contentOf(target, 'old/a')).toString()).toBe('old');
    await batch.abort();
    expect(await keysOf(target)).toEqual([`old/${RECORD}`, 'old/a']);
    await write(target, 'new', [{ key: 'a', content: 'new' }]);
    expect(await keysOf(target)).toEqual([`new/${RECORD}`, 'new/a']);
    expect(await keysOf(await opened(path))).toEqual([`new/${RECORD}`, 'new/a']);
  });

  test('a reader that has begun goes on reading the archive that it began with', async () => {
    const path = join(scratch(), 'x.zip');
    const large = Buffer.alloc(3_000_000, 'abcdefgh');
    await write(await opened(path), 'r', [{ key: 'a', content: large }]);
    const reader = (await opened(path)).get('r/a')[Symbol.asyncIterator]();
    const pieces = [(await reader.next()).value as Uint8Array];
    await write(await opened(path, { replace: true }), 'r', [{ key: 'a', content: 'short' }]);
    for (let step = await reader.next(); step.done !== true; step = await reader.next()) pieces.push(step.value);
    expect(Buffer.concat(pieces).equals(large)).toBe(true);
  });

  test('a link to an archive is read, and the archive it leads to replaced, not the link', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'real'));
    const link = join(folder, 'link.zip');
    symlinkSync('real/x.zip', link);
    await write(await opened(link), 'r', []);
    await write(await opened(link, { replace: true }), 's', []);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'real/x.zip')).isFile()).toBe(true);
    expect(await keysOf(await opened(link))).toEqual([`s/${RECORD}`]);
  });

  test('that was packed from the inside of a snapshot is read with its record at the top', async () => {
    const path = rawArchive([
      { name: 'src/a', content: 'A' },
      { name: RECORD, content: '{}' },
    ]);
    expect(await keysOf(await opened(path))).toEqual([RECORD, 'src/a']);
  });
});

describe('what stands at the address', () => {
  test('a folder whose name ends in .zip is refused, with the way to mean it', async () => {
    const folder = join(scratch(), 'old.zip');
    mkdirSync(folder);
    const error = await errorOf(openZip(folder));
    expect(error).toMatchObject({ code: 'MISCONFIGURED', operation: 'open' });
    expect(error.hint).toContain(`zip:${folder}/`);
    await write(await opened(`${folder}/`), 'r', []);
    expect(readdirSync(folder)).toEqual(['r.zip']);
  });

  test('a file where a folder of archives should be is refused', async () => {
    const path = join(scratch(), 'archive.jar');
    writeFileSync(path, '');
    expect((await errorOf(openZip(path))).code).toBe('MISCONFIGURED');
    expect((await errorOf(openZip(join(path, 'below')))).code).toBe('MISCONFIGURED');
  });

  test('neither a pipe nor an empty address is opened', async () => {
    const path = join(scratch(), 'pipe.zip');
    run('mkfifo', [path]);
    expect((await errorOf(openZip(path))).code).toBe('MISCONFIGURED');
    expect((await errorOf(openZip(''))).code).toBe('MISCONFIGURED');
  });

  test('opening writes nothing', async () => {
    const folder = scratch();
    for (const name of ['x.zip', 'archives', 'deep/archives/']) await opened(join(folder, name));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('the adapter takes replace, and no option that it does not know', async () => {
    const path = join(scratch(), 'x.zip');
    const open = (adapterOptions: Record<string, unknown>, location = path): Promise<unknown> =>
      adapter.open({ scheme: 'zip', location }, { adapterOptions }).then((target) => target.close());
    await open({ replace: true });
    await open({ replace: false });
    expect((await errorOf(open({ replace: 'yes' }))).code).toBe('MISCONFIGURED');
    expect((await errorOf(open({ overwrite: true }))).code).toBe('MISCONFIGURED');
    expect((await errorOf(open({ replace: true }, dirname(path)))).code).toBe('MISCONFIGURED');
  });

  test('the target names what it writes on this machine', async () => {
    const folder = scratch();
    expect((await opened(join(folder, 'a'))).localPaths).toEqual([join(folder, 'a')]);
    expect((await opened(join(folder, 'a.zip'))).localPaths).toEqual([
      join(folder, 'a.zip'),
      join(folder, '.holdfast'),
    ]);
  });
});

test('a root must be fit for a name of an archive, and for no place outside of where it is unpacked', async () => {
  const folder = await opened(scratch());
  const single = await opened(join(scratch(), 'x.zip'));
  for (const root of ['.holdfast', 'C:', 'c:x', 'a\\b']) {
    for (const target of [folder, single]) expect((await errorOf(target.begin({ root }))).code).toBe('INVALID_KEY');
  }
  for (const root of ['._x', 'n'.repeat(252)]) expect((await errorOf(folder.begin({ root }))).code).toBe('INVALID_KEY');
  await write(folder, 'n'.repeat(251), []);
  expect(await keysOf(folder, '', true)).toEqual([`${'n'.repeat(251)}/`]);
});

test('where the file system has no hard links, an archive that is there is still not overwritten', async () => {
  const path = join(scratch(), 'x.zip');
  const facts = {
    kind: 'exfat',
    durability: 'processCrash',
    caseSensitive: false,
    timestampStepNs: 2_000_000_000n,
    windowsNames: true,
    hardLinks: false,
    posixAttributes: false,
    maxFileBytes: Number.POSITIVE_INFINITY,
    listDelayMs: 0,
  } as const;
  const means = { fileSystem: facts };
  const target = await opened(path, { means });
  expect(target.capabilities).toMatchObject({ putIfAbsent: false, durability: 'processCrash' });
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(Buffer.from('a')));
  writeFileSync(path, 'precious');
  expect((await errorOf(batch.commit())).code).toBe('ALREADY_EXISTS');
  await batch.abort();
  expect(readFileSync(path, 'utf8')).toBe('precious');
  const other = join(dirname(path), 'other');
  await write(await opened(other, { means }), 'r', []);
  expect(existsSync(join(other, 'r.zip'))).toBe(true);
  expect((await errorOf((await opened(other, { means })).begin({ root: 'CON' }))).code).toBe('INVALID_KEY');
});

test('a link that was made though its answer was lost is success', async () => {
  const folder = scratch();
  const staged = (): string =>
    join(folder, '.holdfast/staging', basename(readdirSync(join(folder, '.holdfast/staging'))[0] ?? ''), 'archive');
  const target = await opened(folder, {
    onStep(step) {
      // What a network file system does: the first call arrives, its answer does not, and it is sent again.
      if (step.kind === 'link') linkSync(staged(), step.path);
    },
  });
  await write(target, 'r', [{ key: 'a', content: 'A' }]);
  expect(await keysOf(target)).toEqual([`r/${RECORD}`, 'r/a']);
});

test('an unfinished archive that was swept away meanwhile fails as ABORTED, and publishes nothing', async () => {
  const folder = scratch();
  const target = await opened(folder);
  const batch = await target.begin({ root: 'r' });
  await batch.put('r/a', bytesSource(Buffer.from('a')));
  const staging = join(folder, '.holdfast/staging');
  renameSync(join(staging, readdirSync(staging)[0] ?? ''), join(staging, 'condemned-by-another'));
  expect((await errorOf(batch.commit({ key: 'r/record', body: Buffer.from('{}') }))).code).toBe('ABORTED');
  await batch.abort();
  expect(await keysOf(target)).toEqual([]);
});
