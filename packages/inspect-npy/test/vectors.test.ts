import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentFacts, MAX_FACTS_BYTES } from '@holdfast/core/inspect';
import { describe, expect, it } from 'vitest';
import { npyInspector } from '../src/index.js';
import { comparableFacts, held, stored, verdictOf } from './files.js';

const VECTORS = join(import.meta.dirname, '../../../docs/vectors/npy');
/** docs/vectors/README.md says what its members mean. */
type Expected = Readonly<Record<string, { readonly verdict: string; readonly facts?: ContentFacts }>>;
const expected = JSON.parse(readFileSync(join(VECTORS, 'expected.json'), 'utf8')) as Expected;

describe('golden vectors of arrays', () => {
  it('are what they were when they were written: none has changed, is gone or is new', () => {
    const files = readdirSync(join(VECTORS, 'files')).sort();
    expect(files).toEqual(Object.keys(expected).sort());
    const sums = ['expected.json', ...files.map((name) => `files/${name}`)].map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(VECTORS, name)))
          .digest('hex')}  ${name}`,
    );
    expect(sums).toEqual(readFileSync(join(VECTORS, 'SHA256SUMS'), 'utf8').trimEnd().split('\n'));
    expect(sums.length).toBeGreaterThan(120);
  });

  it.each(Object.entries(expected))(
    '%s is told as NumPy wrote it, or as it was broken',
    async (name, { verdict, facts }) => {
      const path = join(VECTORS, 'files', name);
      const inspection = await npyInspector.inspect(held(readFileSync(path), name));
      expect(inspection).toEqual(await npyInspector.inspect(stored(path)));
      const message = inspection.status === 'sound' ? '' : inspection.fault.message;
      expect({ verdict: verdictOf(inspection), message }).toEqual({ verdict, message });
      expect(Buffer.byteLength(JSON.stringify(inspection.facts ?? {}))).toBeLessThanOrEqual(MAX_FACTS_BYTES);
      if (facts !== undefined) expect(comparableFacts(inspection.facts)).toMatchObject(Object(facts));
      for (const line of npyInspector.describe(inspection.facts ?? {})) expect(line).toMatch(/^[^\p{C}]+$/u);
    },
  );
});
