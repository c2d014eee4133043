import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writtenArray } from './written-array.js';

test('the example of the README prints what stands there', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const [, output = ''] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  // Inside the package, whose name the example imports.
  const folder = mkdtempSync(join(import.meta.dirname, '.readme-'));
  try {
    const write = (name: string, ...numbers: number[]): void => {
      const data = new Uint8Array(Float64Array.from(numbers).buffer);
      writeFileSync(join(folder, name), writtenArray({ shape: [numbers.length], data }));
    };
    write('John_Doe_EMP001_0.npy', 0.12, -0.21, Number.NaN, 0.33);
    write('John_Doe_EMP001_1.npy', 0.12, -0.71, 0.5, 0.33);
    writeFileSync(join(folder, 'example.mjs'), code);
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed).toBe(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
