import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { scratch } from './workspace.js';

const ends: (() => void)[] = [];

// Hooks run the last one first: before the folders are removed that these lie in.
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

/** A device that holds a file system image, until the test is over. */
export function loopDevice(image: string): string {
  const device = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }).trim();
  ends.push(() => void execFileSync('losetup', ['-d', device]));
  return device;
}

/** May this process mount file systems? If not, that is said: what needs it is not tried. */
export function canMount(what: string): boolean {
  const point = scratch();
  const works = process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', point]).status === 0;
  if (works) execFileSync('umount', [point]);
  else console.error(`NOT RUN: ${what} (it takes Linux, and the right to mount)`);
  return works;
}

/** Mounts something on a folder, a new one by default, until the test is over. */
export function mounted(words: readonly string[], folder?: string, program = 'mount'): string {
  const point = folder ?? join(scratch(), 'mounted');
  mkdirSync(point, { recursive: true });
  execFileSync(program, [...words, point], { stdio: 'pipe' });
  ends.push(() => void execFileSync('umount', ['-l', point]));
  return point;
}

/** A file system in memory, of this many bytes. */
export function mountedTmpfs(sizeBytes: number, folder?: string): string {
  return mounted(['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs'], folder);
}
