import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentFacts, MAX_FACTS_BYTES } from '@holdfast/core/inspect';
import { describe, expect, it } from 'vitest';
import { excelInspector } from '../src/index.js';
import { inspected } from './inspected.js';

const VECTORS = join(import.meta.dirname, '../../../docs/vectors/excel');
/** docs/vectors/excel/README.md says what its members mean. */
interface Expected {
  readonly verdict: string;
  readonly csv?: Readonly<Record<string, string>>;
  readonly facts?: ContentFacts;
}
const expected = JSON.parse(readFileSync(join(VECTORS, 'expected.json'), 'utf8')) as Record<string, Expected>;

describe('golden vectors of workbooks', () => {
  it('are what they were when they were written: none has changed, is gone or is new', () => {
    const files = readdirSync(join(VECTORS, 'files')).sort();
    expect(files).toEqual(Object.keys(expected).sort());
    const sum = (name: string): string =>
      `${createHash('sha256')
        .update(readFileSync(join(VECTORS, name)))
        .digest('hex')}  ${name}`;
    const sums = ['expected.json', ...files.map((name) => `files/${name}`)].map(sum);
    expect(sums).toEqual(readFileSync(join(VECTORS, 'SHA256SUMS'), 'utf8').trimEnd().split('\n'));
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(Object.entries(expected))('%s is read as it was written', async (name, { verdict, csv, facts }) => {
    const path = join(VECTORS, 'files', name);
    const bytes = readFileSync(path);
    const { inspection, csv: found } = await inspected(bytes, { name });
    const stored = { name, sizeBytes: statSync(path).size, content: { path } };
    expect(await excelInspector.inspect(stored)).toEqual(inspection);
    const said = inspection.status === 'sound' ? 'sound' : `${inspection.status} ${inspection.fault.code}`;
    const message = inspection.status === 'sound' ? '' : inspection.fault.message;
    expect({ said, message }).toEqual({ said: verdict, message });
    expect(found).toEqual(csv ?? {});
    if (facts !== undefined) expect(inspection.facts).toMatchObject(Object(facts));
    expect(Buffer.byteLength(JSON.stringify(inspection.facts ?? {}))).toBeLessThanOrEqual(MAX_FACTS_BYTES);
    for (const line of excelInspector.describe(inspection.facts ?? {})) expect(line).toMatch(/^[^\p{C}]+$/u);
  });
});
