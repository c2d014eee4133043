import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FactValue, InspectedFile, Inspection } from '@holdfast/core/inspect';
import { npyInspector } from '../src/index.js';

/** A content that is held. */
export function held(bytes: Uint8Array, name = 'array.npy'): InspectedFile {
  return { name, sizeBytes: bytes.length, content: { bytes } };
}

/** A file of the disk, by its path. */
export function stored(path: string): InspectedFile {
  return { name: basename(path), sizeBytes: readFileSync(path).length, content: { path } };
}

/** `sound`, or what is wrong. */
export function verdictOf(inspection: Inspection): string {
  return inspection.status === 'sound' ? 'sound' : `${inspection.status} ${inspection.fault.code}`;
}

/** What the inspector says of some bytes. */
export async function lookAt(bytes: Uint8Array, name?: string): Promise<Inspection> {
  return npyInspector.inspect(held(bytes, name));
}

/**
 * Facts in the form in which numpy_facts.py has them: fractions as the doubles that they are, when their text is read in their own type.
 * Whole numbers, times and words stay as they are.
 */
export function comparableFacts(facts: FactValue | undefined, dtype = ''): unknown {
  if (Array.isArray(facts)) return facts.map((fact) => comparableFacts(fact, dtype));
  if (typeof facts !== 'object' || facts === null) return facts;
  const own = 'dtype' in facts ? String(facts.dtype) : dtype;
  const entries = Object.entries(facts).map(([name, value]) => {
    const isFraction = 'nan' in facts && (name === 'min' || name === 'max') && !/inf/.test(String(value));
    return [name, isFraction ? inType(Number(value), own) : comparableFacts(value, own)];
  });
  return Object.fromEntries(entries);
}

/** The nearest value that a type has. */
export function inType(value: number, dtype: string): number {
  if (dtype === 'float32' || dtype === 'complex64') return Math.fround(value);
  if (dtype !== 'float16' || value === 0) return value;
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
  return Math.round(value / step) * step;
}
