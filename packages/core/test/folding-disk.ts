import { execFileSync, spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopDevice, mounted } from './mounts.js';
import { scratch } from './workspace.js';

const SIZE_BYTES = 16 * 1024 * 1024;

/** A file system that takes names in both cases for one, mounted for this test: `vfat`, or exFAT through FUSE. */
export type FoldingKind = 'vfat' | 'exfat-fuse';

const MAKERS = { vfat: 'mkfs.vfat', 'exfat-fuse': 'mkfs.exfat' } as const;

function image(kind: FoldingKind): string {
  const file = join(scratch(), 'image');
  writeFileSync(file, '');
  truncateSync(file, SIZE_BYTES);
  execFileSync(MAKERS[kind], [file], { stdio: 'pipe' });
  return file;
}

/** Mounts one. @throws where this system has no such, or lets nobody mount it. */
export function foldingDisk(kind: FoldingKind): string {
  if (kind === 'vfat') return mounted(['-t', 'vfat', '-o', 'loop', image(kind)]);
  return mounted([loopDevice(image(kind))], undefined, 'mount.exfat-fuse');
}

/** Why such a disk cannot be had here, for a skip that is said. */
export function whyNone(kind: FoldingKind): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes Linux, and the right to mount';
  for (const program of [MAKERS[kind], ...(kind === 'vfat' ? [] : ['mount.exfat-fuse', 'losetup'])])
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `there is no ${program}`;
  return undefined;
}
