import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { emptySource } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { contentOf, has, keysOf, opened, type Put, python, run, scratch, write } from './help.js';

const LARGE = Buffer.from('a line that repeats itself\n'.repeat(250_000));
const NANOSECONDS = 1_000_000_000n;

/** Names that programs get wrong; `seconds` odd, so that DOS times alone could not hold them. */
const FILES: readonly (Put & { readonly content: string; readonly attributes: { mode: number; mtimeNs: bigint } })[] = [
  'plain.txt',
  'with space and (parens).txt',
  'naïve café.txt',
  'cafe\u0301 decomposed',
  '試験 परीक्षा',
  '😀🗿.bin',
  `${'é'.repeat(127)}x`,
  'n'.repeat(255),
  '-rf',
  'quote"and\'quote',
  '.hidden',
].map((name, number) => ({
  key: `src/${name}`,
  content: `content of ${name}`.repeat(number * 3 + 1),
  attributes: {
    mode: [0o644, 0o600, 0o755, 0o444][number % 4] ?? 0,
    mtimeNs: (1_700_000_001n + 2n * BigInt(number)) * NANOSECONDS,
  },
}));

const HAS_UNZIP = has('unzip') && has('zipinfo');
const HAS_PYTHON = has('python3');

async function sample(): Promise<string> {
  const folder = scratch();
  const mtimeNs = 1_600_000_001n * NANOSECONDS;
  await write(await opened(folder), 'r', [
    ...FILES,
    { key: 'src/large.txt', content: LARGE, attributes: { mode: 0o640, mtimeNs } },
    { key: 'src/link', attributes: { type: 'symlink', linkTarget: Buffer.from('plain.txt'), mode: 0o777, mtimeNs } },
    {
      key: 'src/link not UTF-8',
      attributes: { type: 'symlink', linkTarget: Buffer.from([0x63, 0xe9]) },
      content: emptySource,
    },
    { key: 'src/empty folder', attributes: { type: 'directory', mode: 0o750, mtimeNs } },
  ]);
  return join(folder, 'r.zip');
}

test.runIf(HAS_UNZIP)(
  'unzip finds nothing wrong, and unpacks names, contents, modes, links and times to the second in UTC',
  async () => {
    const archive = await sample();
    expect(run('unzip', ['-tqq', archive])).toBe('');
    const into = scratch();
    run('unzip', ['-qq', archive, '-d', into], { env: { TZ: 'Asia/Kathmandu' } });
    for (const { key, content, attributes } of FILES) {
      const path = join(into, 'r', key);
      expect(readFileSync(path, 'utf8')).toBe(content);
      expect(statSync(path).mode & 0o7777).toBe(attributes.mode);
      expect(statSync(path, { bigint: true }).mtimeNs).toBe(attributes.mtimeNs);
    }
    expect(readFileSync(join(into, 'r/src/large.txt')).equals(LARGE)).toBe(true);
    expect(readlinkSync(join(into, 'r/src/link'))).toBe('plain.txt');
    expect(readlinkSync(join(into, 'r/src/link not UTF-8'), 'buffer')).toEqual(Buffer.from([0x63, 0xe9]));
    const folder = lstatSync(join(into, 'r/src/empty folder'));
    expect([folder.isDirectory(), folder.mode & 0o7777]).toEqual([true, 0o750]);
  },
);

test.runIf(HAS_PYTHON)(
  'Python reads the same names, contents, modes and sizes, and no entry relies on a data descriptor',
  async () => {
    const program = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
entries = archive.infolist()
def local_sizes(entry):
    archive.fp.seek(entry.header_offset + 14)
    header = archive.fp.read(12)
    return [int.from_bytes(header[at:at + 4], 'little') for at in (0, 4, 8)]
print(json.dumps([{
    'name': entry.filename, 'mode': entry.external_attr >> 16, 'size': entry.file_size, 'method': entry.compress_type,
    'flags': entry.flag_bits, 'host': entry.create_system,
    'same': local_sizes(entry) == [entry.CRC, entry.compress_size, entry.file_size],
    'text': archive.read(entry).decode('utf8', 'replace') if entry.file_size < 20000 else None,
} for entry in entries]))`;
    type Entry = {
      name: string;
      mode: number;
      size: number;
      method: number;
      flags: number;
      host: number;
      same: boolean;
      text: string;
    };
    const entries = python(program, await sample()) as Entry[];
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    for (const { key, content, attributes } of FILES) {
      expect(byName.get(`r/${key}`)).toMatchObject({ text: content, mode: 0o100000 | attributes.mode, host: 3 });
    }
    expect(byName.get('r/src/link')).toMatchObject({ mode: 0o120777, text: 'plain.txt' });
    expect(byName.get('r/src/empty folder/')).toMatchObject({ mode: 0o040750, size: 0 });
    expect(byName.get('r/src/large.txt')).toMatchObject({ size: LARGE.length, method: 8 });
    expect(entries.filter((entry) => !entry.same || (entry.flags & 8) !== 0)).toEqual([]);
    expect(entries.at(-1)?.name).toBe('r/.holdfast/snapshot.json');
  },
);

test.runIf(HAS_UNZIP)('times beyond what the fields can hold are kept as far as they can', async () => {
  const folder = scratch();
  const times = { 'before 1970': -1n, 'before 1980': 100n, 'after 2038': 2_500_000_000n, 'after 2107': 5_000_000_000n };
  const puts = Object.entries(times).map(([key, seconds]) => ({ key, attributes: { mtimeNs: seconds * NANOSECONDS } }));
  await write(await opened(folder), 'r', puts);
  const into = scratch();
  run('unzip', ['-qq', join(folder, 'r.zip'), '-d', into]);
  const seconds = (name: string): number => statSync(join(into, 'r', name)).mtimeMs / 1000;
  // unzip takes no extended time before 1970, and falls back on the DOS fields.
  expect(new Date(seconds('before 1970') * 1000).getFullYear()).toBe(1980);
  expect(seconds('before 1980')).toBe(100);
  expect(seconds('after 2038')).toBe(2_500_000_000);
  // unzip counts 2100 as a leap year, and is a day off after it.
  expect(run('zipinfo', ['-T', join(folder, 'r.zip'), 'r/after 2107'])).toContain('21071231.235958');
});

test.runIf(HAS_UNZIP && HAS_PYTHON && has('zip')).each([
  ['Info-ZIP', (folder: string, path: string) => run('zip', ['-qry', path, 'r'], { cwd: folder })],
  [
    'Python',
    (folder: string, path: string) =>
      python(`import sys, shutil; shutil.make_archive(sys.argv[2][:-4], 'zip', sys.argv[1], 'r')`, folder, path),
  ],
] as const)('an archive that was unpacked and packed again by %s reads as before', async (_name, repack) => {
  const archive = await sample();
  const before = await opened(archive);
  const into = scratch();
  run('unzip', ['-qq', archive, '-d', into]);
  const again = join(scratch(), 'again.zip');
  repack(into, again);
  const after = await opened(again);
  // Python's packer follows links, and leaves one out that leads nowhere.
  const keys = (await keysOf(before)).filter((key) => !key.includes('link'));
  expect((await keysOf(after)).filter((key) => !key.includes('link'))).toEqual(keys);
  for (const key of keys.filter((key) => !key.endsWith('folder'))) {
    expect((await contentOf(after, key)).equals(await contentOf(before, key))).toBe(true);
  }
});
