const SLASH = 0x2f;

/**
 * The order of entries in a manifest: paths compared byte by byte with `/` below every other byte. It is the order of a
 * walk that enters each folder right where it meets it, so walk, manifest and local state can be joined as streams.
 */
export function comparePaths(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const leftByte = left[index] ?? 0;
    const rightByte = right[index] ?? 0;
    if (leftByte === rightByte) continue;
    if (leftByte === SLASH) return -1;
    if (rightByte === SLASH) return 1;
    return leftByte - rightByte;
  }
  return left.length - right.length;
}

/** What is wrong with the bytes of a path in a snapshot, or `undefined`: absolute, empty segments, `.` or `..`, a NUL. */
export function pathFault(path: Buffer): string | undefined {
  if (path.length === 0) return 'the path is empty';
  if (path.includes(0)) return 'the path holds a NUL byte';
  for (const segment of path.toString('latin1').split('/')) {
    if (segment === '') return 'the path is absolute or has an empty segment';
    if (segment === '.' || segment === '..') return `the path has a "${segment}" segment`;
  }
  return undefined;
}
