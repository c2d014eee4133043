import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishByLink, publishByRename, renameWithRetry } from './publish.js';
import type { FileStep } from './step.js';

let base = '';
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-publish-')));
  writeFileSync(join(base, 'staged'), 'new');
  mkdirSync(join(base, 'into'));
});
afterEach(() => rmSync(base, { recursive: true }));

function recorder(): { readonly steps: string[]; readonly onStep: (step: FileStep) => void } {
  const steps: string[] = [];
  return { steps, onStep: ({ kind, path }) => void steps.push(`${kind} ${path.slice(base.length)}`) };
}

/** Fails so many times with this code, and counts; then renames nothing. */
function holder(code: string, times: number) {
  const waits: number[] = [];
  let attempts = 0;
  return {
    waits,
    attempts: () => attempts,
    options: {
      platform: 'win32' as const,
      wait: async (delayMs: number) => void waits.push(delayMs),
      rename: async () => {
        attempts += 1;
        if (attempts <= times) throw Object.assign(new Error(code), { code });
      },
    },
  };
}

test('a rename is followed by the flush of the folder that holds the new name', async () => {
  const { steps, onStep } = recorder();
  await publishByRename(join(base, 'staged'), join(base, 'into', 'final'), { onStep });
  expect(steps).toEqual(['rename /into/final', 'sync /into']);
  expect(readFileSync(join(base, 'into', 'final'), 'utf8')).toBe('new');
  expect(existsSync(join(base, 'staged'))).toBe(false);
});

test('a link is followed by the flush of its folder, and the staged name stays', async () => {
  const { steps, onStep } = recorder();
  await publishByLink(join(base, 'staged'), join(base, 'into', 'final'), { onStep });
  expect(steps).toEqual(['link /into/final', 'sync /into']);
  expect(existsSync(join(base, 'staged'))).toBe(true);
});

test('a link never replaces: a taken name is EEXIST, and keeps what it had', async () => {
  writeFileSync(join(base, 'into', 'final'), 'old');
  await expect(publishByLink(join(base, 'staged'), join(base, 'into', 'final'))).rejects.toMatchObject({
    code: 'EEXIST',
  });
  expect(readFileSync(join(base, 'into', 'final'), 'utf8')).toBe('old');
});

test.each(['EPERM', 'EBUSY', 'EACCES'])('on Windows %s passes when whoever holds the file lets go', async (code) => {
  const held = holder(code, 4);
  await renameWithRetry('from', 'to', held.options);
  expect(held.attempts()).toBe(5);
});

test('on Windows a file that stays held is given up after ten seconds', async () => {
  const held = holder('EPERM', Number.POSITIVE_INFINITY);
  await expect(renameWithRetry('from', 'to', held.options)).rejects.toMatchObject({ code: 'EPERM' });
  const waitedMs = held.waits.reduce((sum, delayMs) => sum + delayMs, 0);
  expect(waitedMs).toBeGreaterThanOrEqual(10_000);
  expect(waitedMs).toBeLessThan(11_000);
});

test('elsewhere, and for other errors, nothing is tried again', async () => {
  const [linux, missing] = [holder('EPERM', 1), holder('ENOENT', 1)];
  await expect(renameWithRetry('from', 'to', { ...linux.options, platform: 'linux' })).rejects.toMatchObject({
    code: 'EPERM',
  });
  await expect(renameWithRetry('from', 'to', missing.options)).rejects.toMatchObject({ code: 'ENOENT' });
  expect([linux.attempts(), missing.attempts()]).toEqual([1, 1]);
});
