import { describe, expect, test } from 'vitest';
import { FLAG_UTF8 } from '../format/numbers.js';
import { readName } from './entry-name.js';

function read(
  name: string | Buffer,
  more: { flags?: number; mode?: number; host?: number } = {},
): ReturnType<typeof readName> {
  const { flags = FLAG_UTF8, mode = 0, host = 3 } = more;
  return readName({
    nameBytes: Buffer.from(name),
    flags,
    extraFields: [],
    versionMadeBy: host << 8,
    externalAttributes: (mode << 16) >>> 0,
  });
}

test.each([
  ['../a', '".." segment'],
  ['r/../../a', '".." segment'],
  ['..', '".." segment'],
  ['./a', '"." segment'],
  ['/etc/passwd', 'absolute path'],
  ['//server/share', 'absolute path'],
  ['C:/x', 'letter of a drive'],
  ['c:x', 'letter of a drive'],
  ['..\\a', 'backslash'],
  ['r\\a', 'backslash'],
  ['a//b', 'empty segment'],
  ['a\0b', 'NUL'],
  ['', 'empty'],
  ['/', 'empty'],
])('the name %j is refused: %s', (name, reason) => {
  expect(read(name).fault).toContain(reason);
});

test('a name that says UTF-8 and is not is refused', () => {
  expect(read(Buffer.from([0x72, 0x2f, 0xff])).fault).toContain('UTF-8');
});

test('a name without the UTF-8 flag is read as the program that wrote it meant it', () => {
  const dos = { flags: 0, host: 0 };
  expect(read(Buffer.from([0x63, 0x61, 0x66, 0x82]), dos)).toMatchObject({ key: 'café' });
  expect(read('café', dos)).toMatchObject({ key: 'caf├⌐' });
  expect(read('café', { flags: 0, host: 3 })).toMatchObject({ key: 'café' });
  expect(read(Buffer.from([0x63, 0x61, 0x66, 0x82]), { flags: 0, host: 3 })).toMatchObject({ key: 'café' });
  expect(read('a\nb', dos)).toMatchObject({ key: 'a\nb' });
});

describe('the type of an entry', () => {
  test.each([
    ['r/a', 0o100644, 3, 'file'],
    ['r/a', 0o120777, 3, 'symlink'],
    ['r/a', 0o120777, 19, 'symlink'],
    ['r/a/', 0o040755, 3, 'directory'],
    ['r/a', 0, 3, 'file'],
    ['r/a/', 0, 0, 'directory'],
    ['r/a', 0o120777, 0, 'file'],
  ] as const)('%s with mode %o made on host %i is a %s', (name, mode, host, kind) => {
    expect(read(name, { mode, host })).toMatchObject({ kind, key: 'r/a' });
  });

  test.each([
    ['r/a', 0o060644],
    ['r/a', 0o010644],
    ['r/a', 0o140644],
    ['r/a/', 0o120777],
    ['r/a/', 0o100644],
    ['r/a', 0o040755],
  ])('%s with mode %o is refused', (name, mode) => {
    expect(read(name, { mode }).fault).toContain('neither a file nor a link nor a folder');
  });
});
