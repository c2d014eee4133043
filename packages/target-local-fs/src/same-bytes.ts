import { readFileSync } from 'node:fs';
import type { Found } from './look-up.js';

/** Does the file hold exactly these bytes? Only for records: they are small. */
export function hasBytes(found: Found | undefined, bytes: Uint8Array): boolean {
  if (found === undefined || found.stats.size !== BigInt(bytes.byteLength)) return false;
  return Buffer.compare(readFileSync(found.path), bytes) === 0;
}
