import { TargetError, type TargetOperation } from './errors.js';

/** Longest key any target has to take, in bytes of UTF-8: the S3 limit, "Object key names", 1,024 bytes. */
export const MAX_KEY_BYTES = 1024;

/** With the `u` flag a whole pair is one character of another category; only halves match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What a key has that is looked at closely: NUL, any surrogate, an empty segment, a segment of dots. Nearly none has it. */
const SUSPICIOUS = /[\0\uD800-\uDFFF]|^\/|\/$|^$|\/\/|(?:^|\/)\.\.?(?:\/|$)/;

const ENCODER = new TextEncoder();

/** Length of a key in bytes of UTF-8. */
export function keyBytes(key: string): number {
  return Buffer.byteLength(key, 'utf8');
}

/**
 * The one order of keys: by their bytes in UTF-8. (JavaScript's `<` compares UTF-16 units and puts `U+FFxx` after emoji.)
 */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return Buffer.compare(ENCODER.encode(left), ENCODER.encode(right));
}

/**
 * What is wrong with `key`, or `undefined`. A key is one or more segments joined by `/`; a segment is not empty, not `.`
 * or `..`, and holds no NUL and no half of a surrogate pair (it could not be written in UTF-8).
 */
export function keyFault(key: string): string | undefined {
  if (!SUSPICIOUS.test(key)) return undefined;
  if (key === '') return 'the key is empty';
  if (key.includes('\0')) return 'the key holds a NUL character';
  if (LONE_SURROGATE.test(key)) return 'the key is not valid Unicode';
  for (const segment of key.split('/')) {
    if (segment === '') return 'the key has an empty segment';
    if (segment === '.' || segment === '..') return `the key has a "${segment}" segment`;
  }
  return undefined;
}

/** What is wrong with a list prefix, or `undefined`: it is empty or a key followed by `/`. */
export function prefixFault(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  return prefix.endsWith('/') ? keyFault(prefix.slice(0, -1)) : 'a prefix is empty or ends with "/"';
}

/** @throws TargetError `INVALID_KEY` when {@link keyFault} finds a fault. */
export function assertKey(key: string, url: string, operation: TargetOperation): void {
  const reason = keyFault(key);
  if (reason !== undefined) throw new TargetError({ code: 'INVALID_KEY', reason, url, operation, key });
}

/** The top segment below which a target's own objects lie, beside the roots. */
export const OWN_ROOT = '.holdfast';

/** Is this the key of an object of the target's own? */
export function isOwnKey(key: string): boolean {
  return key.startsWith(`${OWN_ROOT}/`);
}

/**
 * What every `removeRoot` has to refuse before any I/O.
 *
 * @throws TargetError `INVALID_KEY` for what cannot be a root (the target's own place among them), and for a record outside of it.
 */
export function assertRemovable(root: string, record: string | undefined, url: string): void {
  const operation = 'removeRoot';
  assertKey(root, url, operation);
  if (record !== undefined) assertKey(record, url, operation);
  const reason =
    root.includes('/') || root === OWN_ROOT
      ? 'a root is one segment, and not the own one'
      : record !== undefined && !record.startsWith(`${root}/`)
        ? 'the record is not below the root'
        : undefined;
  if (reason !== undefined) throw new TargetError({ code: 'INVALID_KEY', reason, url, operation, key: root });
}
