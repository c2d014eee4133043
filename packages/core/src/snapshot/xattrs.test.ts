import { expect, it } from 'vitest';
import { readEntry } from './entry.js';
import { areTooLarge, isKeptXattr, restorableXattrs, sameXattrs, xattrsDigest } from './xattrs.js';

it('only what users put on files, ACLs and capabilities are kept', () => {
  const kept = ['user.a', 'user.a\nb=c', 'system.posix_acl_access', 'system.posix_acl_default', 'security.capability'];
  for (const name of kept) expect([name, isKeptXattr(name, 'AA==')]).toEqual([name, true]);
  const others = [
    'trusted.overlay.opaque',
    'security.selinux',
    'security.capability2',
    'security.ima',
    'system.nfs4_acl',
    'system.posix_acl_access\nuser.a',
    'xsystem.posix_acl_access',
    'user.',
    'user',
    'user.a\0b',
    `user.${'a'.repeat(251)}`,
    '',
  ];
  for (const name of others) expect([name, isKeptXattr(name, 'AA==')]).toEqual([name, false]);
});

it('a value is strict Base64 of at most 64 KiB', () => {
  for (const value of ['', 'AA==', 'AAA=', 'AAAA', Buffer.alloc(65_536).toString('base64')])
    expect(isKeptXattr('user.a', value)).toBe(true);
  for (const value of ['A', 'AA=', 'AA==\n', 'A A=', '"x"', Buffer.alloc(65_537).toString('base64'), 1, undefined])
    expect(isKeptXattr('user.a', value)).toBe(false);
});

it('what lends rights comes back only if that is asked for', () => {
  const xattrs = { 'security.capability': 'AA==', 'trusted.x': 'AA==', 'user.a': 'AA==', 'user.b': '?' };
  expect(restorableXattrs({ xattrs }, false)).toEqual({ 'user.a': 'AA==' });
  expect(restorableXattrs({ xattrs }, true)).toEqual({ 'security.capability': 'AA==', 'user.a': 'AA==' });
  expect(restorableXattrs({ xattrs: { 'trusted.x': 'AA==' } }, true)).toBeUndefined();
  expect(restorableXattrs({}, true)).toBeUndefined();
});

it('attributes are known again whatever their order, and none is none', () => {
  expect(sameXattrs({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
  expect(sameXattrs({ a: '1' }, { a: '2' })).toBe(false);
  expect(sameXattrs({}, undefined)).toBe(true);
  expect(xattrsDigest({})).toBe('');
  expect(xattrsDigest({ a: '1' })).toMatch(/^[0-9a-f]{16}$/);
});

it('too many for the line of an entry are told apart from those that fit', () => {
  const values = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`user.${index}`, 'A'.repeat(65_536)]));
  expect(areTooLarge(values(7))).toBe(false);
  expect(areTooLarge(values(8))).toBe(true);
});

it('an entry holds attributes of any name, and only texts', () => {
  const entry = { type: 'directory', path: 'a', mode: '0755', mtimeNs: '1' };
  expect(readEntry({ ...entry, xattrs: { 'later.x': 'y' } })).toMatchObject({ xattrs: { 'later.x': 'y' } });
  expect(readEntry({ ...entry, xattrs: { 'user.a': 1 } })).toMatch(/xattrs/);
  expect(readEntry({ ...entry, xattrs: ['a'] })).toMatch(/xattrs/);
  expect(readEntry({ ...entry, xattrs: { 'user.a': { b: 'c' } } })).toMatch(/xattrs/);
});
