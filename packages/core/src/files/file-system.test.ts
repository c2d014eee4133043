import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileSystemOf } from './file-system.js';
import { type FileSystemKind, factsOf } from './file-system-facts.js';

const SEEN = { foldsCase: undefined, wholeSeconds: false };

describe('on Linux', () => {
  const onLinux = (kind: FileSystemKind, foldsCase?: boolean) => factsOf(kind, 'linux', { ...SEEN, foldsCase });

  test.each(['ext', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'overlay'] as const)(
    '%s keeps what was flushed, and tells times a kernel tick apart',
    (kind) => {
      expect(onLinux(kind)).toMatchObject({ durability: 'full', timestampStepNs: 10_000_000n, hardLinks: true });
    },
  );

  test.each(['tmpfs', 'fat', 'exfat', 'fuse', 'smb', 'unknown'] as const)(
    '%s promises nothing in a power cut',
    (kind) => {
      expect(onLinux(kind).durability).toBe('processCrash');
    },
  );

  test.each(['ntfs', 'nfs'] as const)('%s keeps order at most', (kind) => {
    expect(onLinux(kind).durability).toBe('ordered');
  });

  test.each(['fat', 'exfat', 'fuse', 'nfs', 'smb', 'ntfs', 'unknown'] as const)(
    '%s may tell times 2 s apart only',
    (kind) => {
      expect(onLinux(kind).timestampStepNs).toBe(2_000_000_000n);
    },
  );

  test('ext with times in whole seconds counts as coarse', () => {
    expect(factsOf('ext', 'linux', { ...SEEN, wholeSeconds: true }).timestampStepNs).toBe(2_000_000_000n);
  });

  test.each(['fat', 'exfat'] as const)('%s has no links, no modes, Windows names that fold case', (kind) => {
    expect(onLinux(kind)).toMatchObject({
      hardLinks: false,
      posixAttributes: false,
      windowsNames: true,
      caseSensitive: false,
    });
  });

  test('only FAT ends a file at 4 GiB', () => {
    expect(onLinux('fat').maxFileBytes).toBe(2 ** 32 - 1);
    expect(onLinux('exfat').maxFileBytes).toBe(Number.POSITIVE_INFINITY);
  });

  test('FUSE and network file systems fold case if the path has shown it', () => {
    expect(
      [onLinux('fuse', true), onLinux('fuse', false), onLinux('nfs', true)].map((facts) => facts.caseSensitive),
    ).toEqual([false, true, false]);
  });

  test('what other machines make in a network file system may stay unseen for a minute', () => {
    expect([onLinux('nfs'), onLinux('smb'), onLinux('ext')].map((facts) => facts.listDelayMs)).toEqual([
      60_000, 60_000, 0,
    ]);
  });
});

test('Windows keeps order, has its own names, and no POSIX attributes', () => {
  expect(factsOf('unknown', 'win32', SEEN)).toMatchObject({
    durability: 'ordered',
    windowsNames: true,
    caseSensitive: false,
    posixAttributes: false,
    hardLinks: true,
  });
});

test('macOS keeps order and folds case', () => {
  expect(factsOf('unknown', 'darwin', SEEN)).toMatchObject({
    durability: 'ordered',
    caseSensitive: false,
    posixAttributes: true,
  });
});

test('a path that does not exist has the file system of its nearest ancestor', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-file-system-'));
  try {
    expect(await fileSystemOf(join(folder, 'not', 'there', 'yet'))).toEqual(await fileSystemOf(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.runIf(process.platform === 'linux')('the kind is read from the magic number of the kernel', async () => {
  expect((await fileSystemOf('/dev/shm')).kind).toBe('tmpfs');
  // proc is none of those that hold files, and stands for the many that are not in the table.
  expect((await fileSystemOf('/proc')).kind).toBe('unknown');
});

test('a path through a file is an error, never a guess', async () => {
  await expect(fileSystemOf(join(process.execPath, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
