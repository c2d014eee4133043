import { canonicalSha256, type JsonValue } from './canonical-json.js';

/** The bytes of a control object: indented JSON whose last member `check` is the SHA-256 of the rest in canonical form. */
export function encodeChecked(value: object): Uint8Array {
  const check = canonicalSha256(value as JsonValue);
  return Buffer.from(`${JSON.stringify({ ...value, check }, undefined, 2)}\n`, 'utf8');
}

/** The members of a control object whose checksum fits, without `check`; or what is wrong with it. */
export function decodeChecked(bytes: Uint8Array): object | string {
  if (bytes.byteLength === 0) return 'it is empty';
  if (bytes.every((byte) => byte === 0)) return 'it is all zeros';
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null || !('check' in value)) return 'it has no checksum';
  const { check, ...rest } = value;
  try {
    if (canonicalSha256(rest as JsonValue) === check) return rest;
  } catch {
    // What cannot be written in canonical form was not written by us.
  }
  return 'its checksum does not fit';
}
