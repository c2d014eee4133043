import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { TargetErrorCode } from '../target/index.js';
import { systemFault } from './system-error.js';

const TABLE: readonly (readonly [string, TargetErrorCode])[] = [
  ['ENOENT', 'NOT_FOUND'],
  ['ENOTDIR', 'NOT_FOUND'],
  ['ELOOP', 'NOT_FOUND'],
  ['EEXIST', 'ALREADY_EXISTS'],
  ['ENOTEMPTY', 'ALREADY_EXISTS'],
  ['EISDIR', 'ALREADY_EXISTS'],
  ['ENOSPC', 'NO_SPACE'],
  ['EDQUOT', 'NO_SPACE'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EPERM', 'ACCESS_DENIED'],
  ['EROFS', 'ACCESS_DENIED'],
  ['EFBIG', 'TOO_LARGE'],
  ['ENAMETOOLONG', 'INVALID_KEY'],
  ['EILSEQ', 'INVALID_KEY'],
  ['EINVAL', 'INVALID_KEY'],
  ['ENODEV', 'TARGET_NOT_FOUND'],
  ['ENXIO', 'TARGET_NOT_FOUND'],
  ['EXDEV', 'MISCONFIGURED'],
  ['EIO', 'UNAVAILABLE'],
  ['ESTALE', 'UNAVAILABLE'],
  ['EMFILE', 'UNAVAILABLE'],
  ['ENFILE', 'UNAVAILABLE'],
  ['ENOMEM', 'UNAVAILABLE'],
  ['EBUSY', 'UNAVAILABLE'],
  ['ETXTBSY', 'UNAVAILABLE'],
  ['EAGAIN', 'UNAVAILABLE'],
  ['EINTR', 'UNAVAILABLE'],
  ['ETIMEDOUT', 'UNAVAILABLE'],
  ['EHOSTUNREACH', 'UNAVAILABLE'],
  ['ENOTCONN', 'UNAVAILABLE'],
];

/** Where the user can do something, the error says what. */
const HINTED = [
  'ENOSPC',
  'EDQUOT',
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EMFILE',
  'EBUSY',
  'ENODEV',
  'ESTALE',
  'ENOTCONN',
];

describe('an error of the system', () => {
  test.each(TABLE)('%s means %s', (errno, code) => {
    expect(systemFault(errno).code).toBe(code);
  });

  test.each(HINTED)('%s says what the user can do', (errno) => {
    expect(systemFault(errno).hint).toMatch(/^[A-Z].*\.$/);
  });

  test('that is not in the table is UNAVAILABLE, and named', () => {
    expect(systemFault('EWEIRD')).toEqual({ code: 'UNAVAILABLE', reason: 'the system answers with EWEIRD' });
    expect(systemFault(undefined).code).toBe('UNAVAILABLE');
    expect(systemFault('constructor').code).toBe('UNAVAILABLE');
  });

  test('has a reason without a path, whichever the system knows', () => {
    for (const errno of Object.keys(constants.errno)) expect(systemFault(errno).reason).toMatch(/^[a-z][^/]+$/);
  });
});
