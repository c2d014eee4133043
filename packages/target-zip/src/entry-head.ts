import type { ObjectAttributes } from '@holdfast/core/target';
import { TYPE_FILE, TYPE_FOLDER, TYPE_SYMLINK } from './format/numbers.js';
import type { EntryHead } from './format/records.js';
import { wholeSeconds } from './format/times.js';

const PERMISSION_BITS = 0o7777;
/** What most systems give a new file, folder or link (umask 022): for objects that are put without a mode. */
const DEFAULT_MODES = { file: 0o644, directory: 0o755, symlink: 0o777 } as const;
const TYPES = { file: TYPE_FILE, directory: TYPE_FOLDER, symlink: TYPE_SYMLINK } as const;

/**
 * From this size on an entry gets 64-bit sizes. Below 4 GiB, because deflate may make what does not shrink a little longer:
 * five bytes in 16 KiB (RFC 1951 3.2.4), here rounded up to a sixteenth.
 */
const ZIP64_FROM_BYTES = 0xf000_0000;

/** The head of the entry for an object. */
export function entryHead(key: string, attributes: ObjectAttributes, sizeBytes: number, nowMs: number): EntryHead {
  const { type = 'file', mode, mtimeNs } = attributes;
  return {
    name: Buffer.from(type === 'directory' ? `${key}/` : key, 'utf8'),
    unixMode: TYPES[type] | ((mode ?? DEFAULT_MODES[type]) & PERMISSION_BITS),
    mtimeSeconds: mtimeNs === undefined ? Math.floor(nowMs / 1000) : wholeSeconds(mtimeNs),
    zip64: sizeBytes >= ZIP64_FROM_BYTES,
  };
}
