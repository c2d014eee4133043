import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** Extended attributes, ACLs among them: the name of each, and its value in Base64. */
export type Xattrs = Readonly<Record<string, string>>;

/**
 * What is kept: what users put on files, POSIX ACLs, and capabilities of programs. Not `trusted.` and the rest of `security.`: they
 * belong to a system and its policy, and mean nothing on another one (xattr(7)).
 */
const KEPT_NAME = /^(?:user\.[^\0]+|system\.posix_acl_(?:access|default)|security\.capability)$/s;
/** `XATTR_NAME_MAX` and `XATTR_SIZE_MAX` of Linux (limits.h). */
const MAX_NAME_BYTES = 255;
const MAX_VALUE_BYTES = 65_536;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** All values of one entry together, in Base64: its line of the manifest must stay well below the longest that is read. */
const MAX_ENTRY_CHARACTERS = 512 * 1024;

/** Lends rights to whoever starts the program. */
const LENDING_NAME = 'security.capability';

/** Is this an attribute that is stored, and may be given back? */
export function isKeptXattr(name: string, value: unknown): value is string {
  return (
    KEPT_NAME.test(name) &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    typeof value === 'string' &&
    BASE64.test(value) &&
    Buffer.byteLength(value, 'base64') <= MAX_VALUE_BYTES
  );
}

/** Are these names and values, of whatever kind? They are carried on as they are, so nothing may be lost in reading them. */
export function areXattrs(value: unknown): value is Xattrs {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

/** Are they too many, or too large, for the line of an entry? */
export function areTooLarge(xattrs: Xattrs): boolean {
  let characters = 0;
  for (const [name, value] of Object.entries(xattrs)) characters += name.length + value.length;
  return characters > MAX_ENTRY_CHARACTERS;
}

/**
 * The attributes of an entry that may be given back, whoever has written the manifest; `undefined` if there are none.
 *
 * @param privileged those that lend rights, too.
 */
export function restorableXattrs(entry: { readonly xattrs?: Xattrs }, privileged: boolean): Xattrs | undefined {
  if (entry.xattrs === undefined) return undefined;
  const kept = Object.entries(entry.xattrs).filter(
    ([name, value]) => isKeptXattr(name, value) && (privileged || name !== LENDING_NAME),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Sixteen hex digits by which attributes are known again; empty for none. */
export function xattrsDigest(xattrs: Xattrs | undefined): string {
  if (xattrs === undefined || Object.keys(xattrs).length === 0) return '';
  return createHash('sha256').update(canonicalJson(xattrs)).digest('hex').slice(0, 16);
}

/** Have two entries the same attributes? */
export function sameXattrs(left: Xattrs | undefined, right: Xattrs | undefined): boolean {
  return xattrsDigest(left) === xattrsDigest(right);
}
