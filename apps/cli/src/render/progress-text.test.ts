import { expect, test } from 'vitest';
import { displayWidth } from './display-width.js';
import { type ProgressState, progressText } from './progress-text.js';

const state: ProgressState = {
  operation: 'backup',
  files: 1234,
  totalFiles: 40_000,
  bytes: 300 * 1024 ** 2,
  totalBytes: 1024 ** 3,
  bytesPerSecond: 100 * 1024 ** 2,
  skipped: 2,
  path: 'data/山田太郎_EMP003_0.npy',
};

test('a line says how much is done, skipped, left and how fast it goes, and which file it is at', () => {
  expect(progressText(state, 200)).toBe(
    'backing up  29 %  1,234 of 40,000 files  300 MiB of 1.0 GiB  2 skipped  0:08 left  100 MiB/s  data/山田太郎_EMP003_0.npy',
  );
});

test('before totals are known it says what is known', () => {
  const { totalFiles: _files, totalBytes: _bytes, bytesPerSecond: _rate, path: _path, ...known } = state;
  expect(progressText({ ...known, skipped: 0 }, 200)).toBe('backing up  1,234 files  300 MiB');
});

test('it is never wider than the terminal', () => {
  for (let columns = 10; columns < 130; columns++)
    expect(displayWidth(progressText(state, columns))).toBeLessThanOrEqual(columns);
});

test('a file that grows does not make it say more than all', () => {
  expect(progressText({ ...state, bytes: 2 * 1024 ** 3, files: 50_000 }, 200)).toContain(
    '100 %  50,000 of 50,000 files  2.0 GiB of 2.0 GiB',
  );
});
