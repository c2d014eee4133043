import { HoldfastError, TargetError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { CliError } from '../cli-error.js';
import { debugText, errorLines, errorReport } from './error-report.js';

test('words that do not fit what is there are wrong usage, what could not be done is a failure', () => {
  const statusOf = (error: unknown) => errorReport(error).exitStatus;
  expect(statusOf(new CliError({ code: 'USAGE', message: 'no' }))).toBe(2);
  for (const code of ['SOURCE_NAME', 'SOURCE_INSIDE_TARGET', 'TARGET_NOT_EMPTY', 'SNAPSHOT_AMBIGUOUS'] as const) {
    expect(statusOf(new HoldfastError({ code, message: 'no' })), code).toBe(2);
  }
  expect(statusOf(new HoldfastError({ code: 'SOURCE_MISSING', message: 'no' }))).toBe(1);
  const target = { reason: 'no', url: 'ftp:', code: 'MISCONFIGURED' } as const;
  expect(statusOf(new TargetError({ ...target, operation: 'open' }))).toBe(2);
  expect(statusOf(new TargetError({ ...target, operation: 'put' }))).toBe(1);
  expect(statusOf(new Error('bug'))).toBe(1);
});

test('an error is one line with its code, and a hint', () => {
  const error = new TargetError({
    code: 'NO_SPACE',
    reason: 'the disk is full',
    url: 'file:///backups',
    operation: 'put',
    key: 'a\nb',
    hint: 'Make room.',
  });
  expect(errorLines(errorReport(error))).toEqual([
    'holdfast: put a\\nb in file:///backups: the disk is full (NO_SPACE)',
    '  hint: Make room.',
  ]);
});

test('a stack trace shows causes, and nothing else that an error of an SDK may carry', () => {
  const cause = Object.assign(new Error('refused'), { request: { headers: { authorization: 'secret' } } });
  const text = debugText(new Error('not reachable', { cause }));
  expect(text).toContain('not reachable');
  expect(text).toContain('caused by: Error: refused');
  expect(text).not.toContain('secret');
});
