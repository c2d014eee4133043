import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openInspected } from './inspected-file.js';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-inspected-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a content that is looked into', () => {
  const bytes = new Uint8Array([1, 2, 3, 4, 5]);
  const path = join(folder, 'five');
  writeFileSync(path, bytes);

  for (const content of [{ bytes }, { path }]) {
    it(`is read at any place, and ends where it ends (${Object.keys(content)})`, async () => {
      const reader = await openInspected({ name: 'five', sizeBytes: 5, content });
      try {
        expect([...(await reader.read(1, 3))]).toEqual([2, 3, 4]);
        expect([...(await reader.read(3, 10))]).toEqual([4, 5]);
        expect(await reader.read(5, 1)).toHaveLength(0);
        expect(await reader.read(9, 1)).toHaveLength(0);
      } finally {
        await reader.close();
      }
    });
  }
});
