import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** May whoever runs the tests mount a file system? It takes Linux, and the right to. */
export function canMount(): boolean {
  if (process.platform !== 'linux') return false;
  const point = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', point]).status === 0;
  if (isMounted) spawnSync('umount', [point]);
  rmdirSync(point);
  return isMounted;
}
