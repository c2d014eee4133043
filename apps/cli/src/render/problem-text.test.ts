import type { Problem } from '@holdfast/core';
import { expect, test } from 'vitest';
import { problemLines, problemText } from './problem-text.js';

const problem = (path: string): Problem => ({ code: 'UNREADABLE', path, message: 'permission denied' });

test('a problem says what it happened to, in which snapshot, and its code', () => {
  expect(problemText(problem('data/a\nb'))).toBe('data/a\\nb: permission denied (UNREADABLE)');
  expect(problemText({ ...problem('data/a'), snapshotId: 'id' })).toBe('data/a in id: permission denied (UNREADABLE)');
  expect(problemText({ ...problem('id'), snapshotId: 'id' })).toBe('id: permission denied (UNREADABLE)');
});

test('the first ten problems are named, in the order of their paths, and the others counted', () => {
  const problems = Array.from({ length: 100 }, (_, index) => problem(`file-${99 - index}`));
  const lines = problemLines({ problemCount: 1234, problems });
  expect(lines[0]).toBe('1,234 problems:');
  expect(lines[1]).toBe('  file-0: permission denied (UNREADABLE)');
  expect(lines).toHaveLength(12);
  expect(lines[11]).toBe('  and 1,224 more (--verbose names each)');
  expect(problemLines({ problemCount: 1, problems: [problem('a')] })).toHaveLength(2);
  expect(problemLines({ problemCount: 0, problems: [] })).toEqual([]);
});
