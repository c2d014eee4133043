import type { HoldfastEvent } from '@holdfast/core';
import { expect, test } from 'vitest';
import { progressLine } from './progress-line.js';

const started: HoldfastEvent = { type: 'started', operation: 'backup', target: 'memory:' };
const progress = (bytes: number): HoldfastEvent => ({
  type: 'progress',
  operation: 'backup',
  progress: { files: 0, bytes },
});

function screen() {
  const written: string[] = [];
  let nowMs = 0;
  const line = progressLine({ columns: 80, write: (text) => written.push(text) }, () => nowMs);
  return {
    line,
    written,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('however many events come, the line is drawn ten times a second at most', () => {
  const { line, written, pass } = screen();
  line.tell(started);
  for (let bytes = 0; bytes < 10_000; bytes++) {
    pass(0.1);
    line.tell(progress(bytes));
  }
  expect(written.length).toBeLessThanOrEqual(11);
  expect(written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true);
});

test('hiding clears the line once, and after the end nothing is drawn', () => {
  const { line, written, pass } = screen();
  line.tell(started);
  line.hide();
  line.hide();
  expect(written.slice(1)).toEqual(['\r\u001b[2K']);
  line.end();
  pass(1000);
  line.tell(progress(1));
  expect(written).toHaveLength(2);
});

test('the rate is that of the last seconds, and is not shown before it means anything', () => {
  const { line, written, pass } = screen();
  line.tell(started);
  for (let second = 0; second <= 20; second++) {
    // Fast at first, then 1 MiB a second.
    line.tell(progress(second < 10 ? second * 1024 ** 3 : 10 * 1024 ** 3 + second * 1024 ** 2));
    pass(1000);
  }
  expect(written[0]).not.toContain('/s');
  expect(written.at(-1)).toContain('1.0 MiB/s');
});
