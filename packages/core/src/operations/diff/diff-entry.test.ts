import { expect, it } from 'vitest';
import { type ComparedEntry, differingParts } from './diff-entry.js';

const base = { path: 'a', mode: '0644', mtimeNs: '1000000', uid: 1, gid: 1 };
const file: ComparedEntry = { ...base, type: 'file', sizeBytes: 1, sha256: 'x' };
const folder: ComparedEntry = { ...base, type: 'directory' };
const link: ComparedEntry = { ...base, type: 'symlink', linkTarget: 'b' };
const parts = (before: ComparedEntry, after: ComparedEntry, toleranceNs = 0n): string =>
  differingParts(before, after, { toleranceNs, xattrs: true }).join();

it('says that extended attributes differ, where those of both sides are known', () => {
  const marked = { ...file, xattrs: { 'user.a': 'MQ==' } };
  expect(parts(file, marked)).toBe('xattrs');
  expect(parts(marked, { ...file, xattrs: { 'user.a': 'Mg==' } })).toBe('xattrs');
  expect(parts(marked, { ...marked })).toBe('');
  expect(parts(file, { ...file, xattrs: {} })).toBe('');
  expect(differingParts(marked, file, { toleranceNs: 0n, xattrs: false })).toEqual([]);
});

it('says of a file which of content, mode, time and owner differ', () => {
  expect(parts(file, file)).toBe('');
  expect(parts(file, { ...file, mode: '0600' })).toBe('mode');
  expect(parts(file, { ...file, mtimeNs: '2' })).toBe('time');
  expect(parts(file, { ...file, uid: 2 })).toBe('owner');
  expect(parts(file, { ...file, gid: 2 })).toBe('owner');
  expect(parts(file, { ...file, mode: '0600', mtimeNs: '2', uid: 2 })).toBe('mode,time,owner');
});

it('leaves out the time where the content differs', () => {
  expect(parts(file, { ...file, sha256: 'y', mtimeNs: '2', mode: '0600' })).toBe('content,mode');
  expect(parts(file, { ...file, sizeBytes: 2 })).toBe('content');
});

it('never takes contents for equal of which one is not known', () => {
  const { sha256: _, ...unread } = file as { sha256: string } & ComparedEntry;
  expect(parts(file, unread as ComparedEntry)).toBe('content');
  expect(parts(unread as ComparedEntry, unread as ComparedEntry)).toBe('content');
});

it('takes times within the tolerance for equal, and no others', () => {
  expect(parts(file, { ...file, mtimeNs: '1002000' }, 2000n)).toBe('');
  expect(parts(file, { ...file, mtimeNs: '998000' }, 2000n)).toBe('');
  expect(parts(file, { ...file, mtimeNs: '1002001' }, 2000n)).toBe('time');
  expect(parts(file, { ...file, mtimeNs: '997999' }, 2000n)).toBe('time');
});

it('does not compare the time of folders, the mode of links, or owners that one side does not have', () => {
  expect(parts(folder, { ...folder, mtimeNs: '5' })).toBe('');
  expect(parts(folder, { ...folder, mode: '0700' })).toBe('mode');
  expect(parts(link, { ...link, mode: '0755' })).toBe('');
  const { uid: _uid, gid: _gid, ...ownerless } = file as { uid: number; gid: number } & ComparedEntry;
  expect(parts(file, ownerless as ComparedEntry)).toBe('');
});

it('says where a link points, by its bytes, and of what type something is', () => {
  expect(parts(link, { ...link, linkTarget: 'c' })).toBe('target');
  const odd = { ...link, linkTarget: '\ufffd', linkTargetBytes: '/w==' };
  expect(parts(odd, { ...odd, linkTargetBytes: '/g==' })).toBe('target');
  expect(parts(file, link)).toBe('type');
});
