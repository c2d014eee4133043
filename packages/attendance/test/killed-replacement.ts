import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './program.js';

/**
 * Leaves in the folder of a backup what a process leaves that is killed while it replaces it by one that is equal to it: the mark is gone
 * already, and the workbook is on its way.
 */
export function killedReplacement({ backupDir }: Program): void {
  const own = join(backupDir, '.holdfast');
  const swap = join(own, 'swap');
  const root: unknown = JSON.parse(readFileSync(join(own, 'root.json'), 'utf8'));
  for (const name of ['next', 'previous', 'by-0123456789abcdef']) mkdirSync(join(swap, name), { recursive: true });
  writeFileSync(join(swap, 'plan.json'), JSON.stringify({ to: root, force: false }));
  renameSync(join(own, 'root.json'), join(swap, 'mark.json'));
  renameSync(join(backupDir, 'excel'), join(swap, 'next/excel'));
}
