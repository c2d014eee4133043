import { isTargetError, TargetError, type TargetErrorCode, type TargetOperation } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { asTargetError, faultOf } from './errors.js';

const ALL: readonly TargetOperation[] = [
  'open',
  'list',
  'stat',
  'get',
  'begin',
  'put',
  'copy',
  'commit',
  'abort',
  'delete',
];

const EVERYWHERE: readonly (readonly [string, TargetErrorCode])[] = [
  ['ENOSPC', 'NO_SPACE'],
  ['EDQUOT', 'NO_SPACE'],
  ['EACCES', 'ACCESS_DENIED'],
  ['EPERM', 'ACCESS_DENIED'],
  ['EROFS', 'ACCESS_DENIED'],
  ['EIO', 'UNAVAILABLE'],
  ['EMFILE', 'UNAVAILABLE'],
  ['EFBIG', 'TOO_LARGE'],
];

test.each(EVERYWHERE)('%s is %s in every operation', (errno, code) => {
  for (const operation of ALL) expect(faultOf(errno, operation).code).toBe(code);
});

const SOMEWHERE: readonly (readonly [string, TargetOperation, TargetErrorCode])[] = [
  ['ENOENT', 'get', 'NOT_FOUND'],
  ['ENOENT', 'put', 'ABORTED'],
  ['ENOENT', 'copy', 'ABORTED'],
  ['ENOENT', 'commit', 'ABORTED'],
  ['ENOTDIR', 'get', 'NOT_FOUND'],
  ['ENOTDIR', 'put', 'INVALID_KEY'],
  ['ENOTDIR', 'commit', 'INVALID_KEY'],
  ['ENOTDIR', 'open', 'MISCONFIGURED'],
  ['ENOTDIR', 'begin', 'MISCONFIGURED'],
  ['EEXIST', 'begin', 'MISCONFIGURED'],
  ['EEXIST', 'put', 'ALREADY_EXISTS'],
  ['EEXIST', 'commit', 'ALREADY_EXISTS'],
  ['ENOTEMPTY', 'commit', 'ALREADY_EXISTS'],
  ['ELOOP', 'get', 'NOT_FOUND'],
  ['ELOOP', 'open', 'MISCONFIGURED'],
  ['ENAMETOOLONG', 'put', 'INVALID_KEY'],
  ['ENAMETOOLONG', 'open', 'MISCONFIGURED'],
];

test.each(SOMEWHERE)('%s in %s is %s', (errno, operation, code) => {
  expect(faultOf(errno, operation).code).toBe(code);
});

const AT = { url: 'file:///store', operation: 'put', key: 'a/b' } as const;

test('an error of the system comes out with the url, the operation, the key and itself as the cause', () => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const error = asTargetError(cause, AT);
  expect(isTargetError(error, 'NO_SPACE')).toBe(true);
  expect(error).toMatchObject({ ...AT, cause, retryable: false, hint: expect.any(String) });
});

test('what is no error of the system stays the very same object', () => {
  const own = new TargetError({ code: 'SIZE_MISMATCH', reason: 'too short', url: 'x:', operation: 'put' });
  for (const error of [
    own,
    new TypeError('a mistake'),
    Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG' }),
    'text',
  ]) {
    expect(asTargetError(error, AT)).toBe(error);
  }
});
