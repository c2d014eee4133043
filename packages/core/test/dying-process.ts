import fs, { constants, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** What changes a medium. What only reads goes on as if nothing had happened. */
const CHANGING = [
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmdirSync',
  'mkdirSync',
  'rmSync',
  'symlinkSync',
  'chmodSync',
  'fchmodSync',
  'chownSync',
  'fchownSync',
  'lchownSync',
  'utimesSync',
  'futimesSync',
  'lutimesSync',
  'writeSync',
  'copyFileSync',
  'writeFileSync',
] as const;
const CHANGING_LATER = [
  'rename',
  'link',
  'unlink',
  'rmdir',
  'mkdir',
  'rm',
  'symlink',
  'writeFile',
  'copyFile',
] as const;

/** The work ended because its process did. */
export class Died extends Error {
  override readonly name = 'Died';
}

/**
 * Does work in a process that dies right before its nth change of a medium: from then on nothing that it does has an effect, not even what it
 * does to tidy up. What is there then is what a process that was killed leaves.
 *
 * @returns how many changes it came to make, and whether it died.
 */
export async function dyingAt(nth: number, work: () => Promise<unknown>): Promise<{ changes: number; died: boolean }> {
  let changes = 0;
  const dead = (): boolean => changes >= nth;
  const step = (): void => {
    if (dead()) throw new Died();
    changes += 1;
    if (dead()) throw new Died();
  };
  const restore: (() => void)[] = [];
  const replace = <Owner extends object, Name extends keyof Owner>(owner: Owner, name: Name): void => {
    const real = owner[name] as (...words: unknown[]) => unknown;
    owner[name] = ((...words: unknown[]) => {
      step();
      return real.apply(owner, words);
    }) as Owner[Name];
    restore.push(() => {
      owner[name] = real as Owner[Name];
    });
  };
  for (const name of CHANGING) replace(fs, name);
  for (const name of CHANGING_LATER) replace(fs.promises, name);
  replaceOpen(step, restore);
  syncBuiltinESMExports();
  try {
    await work();
    return { changes, died: dead() };
  } catch (error) {
    if (!dead()) throw error;
    return { changes, died: true };
  } finally {
    for (const put of restore) put();
    syncBuiltinESMExports();
  }
}

/** Opening changes something only where it makes a file. */
function replaceOpen(step: () => void, restore: (() => void)[]): void {
  const makes = (flags: unknown): boolean =>
    typeof flags === 'number' ? (flags & constants.O_CREAT) !== 0 : typeof flags === 'string' && /^[wa]/.test(flags);
  const { openSync } = fs;
  const { open } = fs.promises;
  fs.openSync = (path, flags, mode) => {
    if (makes(flags)) step();
    return openSync(path, flags, mode);
  };
  fs.promises.open = async (path, flags, mode) => {
    if (makes(flags)) step();
    return open(path, flags, mode);
  };
  restore.push(() => {
    fs.openSync = openSync;
    fs.promises.open = open;
  });
}

/** No process has this number: more than Linux gives (`PID_MAX_LIMIT`, 2^22). */
const NO_PROCESS = 2 ** 23;

/** Whatever says in a folder of state that this process is at work says then that one is that is no more. */
export function bury(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!name.endsWith('.json') || !statSync(path).isFile()) continue;
    const text = readFileSync(path, 'utf8');
    const buried = text
      .replaceAll(`"pid":${process.pid},`, `"pid":${NO_PROCESS},`)
      .replaceAll(`"pid": ${process.pid},`, `"pid": ${NO_PROCESS},`);
    if (buried !== text) writeFileSync(path, buried);
  }
}
