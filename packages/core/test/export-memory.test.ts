import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plant, scratch } from './workspace.js';

const MIB = 1024 * 1024;

function peakMiBOf(exportedMiB: number): number {
  const source = scratch();
  plant(source, { 'one.big': 'a small file of which much comes' });
  const words = [join(import.meta.dirname, 'big-export.mjs'), source, scratch(), String(exportedMiB)];
  const answer = execFileSync(process.execPath, words, { encoding: 'utf8' });
  const { exportBytes, problems, peakKiB } = JSON.parse(answer) as Record<string, number>;
  expect({ exportBytes, problems }).toEqual({ exportBytes: exportedMiB * MIB, problems: 0 });
  return (peakKiB ?? 0) / 1024;
}

it('an export is never held: one of 300 MiB takes hardly more memory than one of 3', () => {
  expect(peakMiBOf(300)).toBeLessThan(peakMiBOf(3) + 150);
});
