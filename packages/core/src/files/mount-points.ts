import { readFileSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * The folders at or below these real paths at which something is mounted, in order; `undefined` where the system does not tell (it does
 * on Linux). Fields of `/proc/self/mountinfo`: proc_pid_mountinfo(5); the fifth is the mount point, with octal escapes.
 */
export function mountPointsBelow(
  realPaths: readonly string[],
  read: () => string = () => readFileSync('/proc/self/mountinfo', 'utf8'),
): string[] | undefined {
  let text: string;
  try {
    text = read();
  } catch {
    return undefined;
  }
  const points = text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''));
  return [...new Set(points.filter((point) => realPaths.some((path) => liesAtOrBelow(point, path))))].sort();
}

function unescaped(field: string): string {
  // Space, tab, newline and backslash: all of them ASCII.
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function liesAtOrBelow(point: string, path: string): boolean {
  return point === path || point.startsWith(path.endsWith(sep) ? path : path + sep);
}
