import { isTargetError, TargetError } from '@holdfast/core/target';
import { expect, test } from 'vitest';
import { asTargetError } from './errors.js';
import { FormatError } from './reader/format-error.js';
import { MediumError } from './writer/medium-error.js';

const at = { url: 'zip:///x', key: 'r/a' };

function system(code: string): Error {
  return Object.assign(new Error(`${code}: something`), { code, errno: -1 });
}

test.each([
  ['put', 'ENOSPC', 'NO_SPACE'],
  ['put', 'EDQUOT', 'NO_SPACE'],
  ['put', 'EFBIG', 'TOO_LARGE'],
  ['put', 'EIO', 'UNAVAILABLE'],
  ['commit', 'ENOENT', 'ABORTED'],
  ['commit', 'EROFS', 'ACCESS_DENIED'],
  ['begin', 'ENOTDIR', 'MISCONFIGURED'],
  ['begin', 'EACCES', 'ACCESS_DENIED'],
  ['open', 'ENAMETOOLONG', 'MISCONFIGURED'],
  ['get', 'EACCES', 'ACCESS_DENIED'],
  ['get', 'EIO', 'UNAVAILABLE'],
] as const)('%s: %s of the disk is %s', (operation, errno, code) => {
  const cause = system(errno);
  const error = asTargetError(new MediumError(cause), { ...at, operation });
  expect(isTargetError(error, code)).toBe(true);
  expect(error).toMatchObject({ url: 'zip:///x', key: 'r/a', operation, cause });
});

test('an archive that cannot be read is CORRUPT, one that needs more than is read here is UNSUPPORTED', () => {
  const damaged = asTargetError(new FormatError('damaged', 'torn', { hint: 'glue' }), { ...at, operation: 'get' });
  expect(damaged).toMatchObject({ code: 'CORRUPT', reason: 'torn', hint: 'glue', retryable: false });
  const foreign = asTargetError(new FormatError('unsupported', 'locked'), { ...at, operation: 'get' });
  expect(foreign).toMatchObject({ code: 'UNSUPPORTED', reason: 'locked' });
});

test('an error of a source stays the very same object, also one that looks like the system', () => {
  for (const error of [new Error('mine'), system('ENOENT'), 'a string', undefined]) {
    expect(asTargetError(error, { ...at, operation: 'put' })).toBe(error);
  }
});

test('an error of a target is not wrapped again', () => {
  const error = new TargetError({ code: 'CLOSED', reason: 'x', operation: 'get', url: 'zip:' });
  expect(asTargetError(error, { ...at, operation: 'list' })).toBe(error);
});
