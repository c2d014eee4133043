import { createHash } from 'node:crypto';

/** What canonical JSON is made of here: no fractions, no numbers beyond 2^53. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * The one way to write a value as JSON, so that equal values have equal bytes and a hash can be taken of them: no white
 * space, members sorted by their names' UTF-16 units (RFC 8785, "JSON Canonicalization Scheme", section 3.2.3).
 * Members that are `undefined` are left out.
 *
 * @throws TypeError for a number that is no safe integer: RFC 8785's rules for fractions are not needed here.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError(`not a safe integer: ${value}`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`;
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, JsonValue | undefined>)[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** How deep a value may nest: nothing of ours nests deeper, and a hostile one must not exhaust the stack. */
const MAX_DEPTH = 8;

/** Names that cannot be carried along as members: they mean something else to an object of JavaScript. */
const LOST_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What keeps a parsed value from being written again just as it was read, or `undefined`. */
export function canonicalFault(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : 'it holds a number that is not whole';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return 'it nests too deeply';
  for (const [name, member] of Object.entries(value)) {
    if (LOST_NAMES.has(name)) return `it holds a member called "${name}"`;
    const fault = canonicalFault(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** SHA-256 of a value's canonical JSON, hex. */
export function canonicalSha256(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
