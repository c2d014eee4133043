import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { withinReach } from '../files/index.js';
import { reasonOf } from './system-reason.js';

/** A file of patterns is read whole; a larger one is none (git's own largest lists are some kilobytes). */
export const MAX_RULE_FILE_BYTES: number = 4 * 1024 * 1024;

/** A file of patterns: its bytes, or why they could not be read. */
export type RuleFile = { readonly bytes: Buffer } | { readonly fault: string; readonly cause?: unknown };

/** Reads a file of patterns. A symlink is followed: it takes rules from elsewhere, it stores nothing. */
export function readRuleFile(path: Buffer | string): RuleFile {
  const head = readHead(path, MAX_RULE_FILE_BYTES + 1);
  if ('bytes' in head && head.bytes.length > MAX_RULE_FILE_BYTES) {
    return { fault: `it is larger than ${MAX_RULE_FILE_BYTES / 1024 / 1024} MiB` };
  }
  return head;
}

/** The first bytes of a regular file. O_NONBLOCK: opening a pipe must not hang. */
export function readHead(path: Buffer | string, maxBytes: number, flags = 0): RuleFile {
  let descriptor: number | undefined;
  try {
    descriptor = withinReach(Buffer.from(path), (address) =>
      openSync(address, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags),
    );
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { fault: 'it is no regular file' };
    const buffer = Buffer.alloc(Math.min(maxBytes, stats.size));
    let filled = 0;
    while (filled < buffer.length) {
      const count = readSync(descriptor, buffer, filled, buffer.length - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return { bytes: buffer.subarray(0, filled) };
  } catch (cause) {
    return { fault: reasonOf(cause), cause };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
