import { hostname, userInfo } from 'node:os';
import type { RemovalLabels } from '../plain/index.js';
import { isoWithOffset } from '../snapshot/snapshot-id.js';

/** Who does something, where and when, for people to read in a record. */
export function labelsOf(now: Date, program: string | undefined): RemovalLabels {
  return { at: isoWithOffset(now), host: hostname(), user: userName(), program: program ?? 'holdfast' };
}

/** A process may run under a number that no user has. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
