import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './node-error.js';
import type { StepOptions } from './step.js';
import { syncFolders } from './sync-folder.js';

/** What {@link makeFolders} did. */
export interface MadeFolders {
  /** The folders it made, outermost first; empty when all stood. */
  readonly made: readonly string[];
  /** The innermost folder that already stood: it holds the name of the first one made, so it must be flushed too. */
  readonly stood: string;
}

export interface MakeFoldersOptions extends StepOptions {
  /** Permission bits of what is made, before the process's umask; `0o777` by default. */
  readonly mode?: number | undefined;
}

/** What mkdir(2) is usually given. */
const USUAL_MODE = 0o777;

/** How often an ancestor may vanish under our hands (someone removes empty folders) before that is an error. */
const MAX_ATTEMPTS = 100;

/**
 * Makes a folder and its missing ancestors, and says which: a new folder survives a power cut only when every new
 * ancestor was flushed, and the one that stood ({@link syncMadeFolders}). A symlink to a folder counts as a folder.
 *
 * Node's own recursive `mkdir` tries for ever where the system answers ENOENT for a folder whose parent stands (`/proc/x`).
 *
 * @throws `ENOTDIR` or `EEXIST` if something else than a folder is in the way; `EACCES`, `EROFS`, `ENOSPC`, …
 */
export async function makeFolders(path: string, options: MakeFoldersOptions = {}): Promise<MadeFolders> {
  const wanted = resolve(path);
  const made = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    try {
      const stood = await makeOnce(wanted, made, options);
      return { made: [...made].sort((left, right) => left.length - right.length), stood };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Makes `path`, its ancestors before it, and returns the innermost that stood. */
async function makeOnce(path: string, made: Set<string>, options: MakeFoldersOptions): Promise<string> {
  const missing: string[] = [];
  let stood = path;
  while (!(await isFolder(stood))) {
    missing.push(stood);
    stood = dirname(stood);
  }
  for (const folder of missing.reverse()) {
    options.onStep?.({ kind: 'mkdir', path: folder });
    try {
      await mkdir(folder, { mode: options.mode ?? USUAL_MODE });
      made.add(folder);
    } catch (error) {
      // Somebody else made it in between. It is flushed all the same: that somebody may not have come so far yet.
      if (errorCode(error) !== 'EEXIST' || !(await isFolder(folder))) throw error;
      made.add(folder);
    }
  }
  return made.size === 0 ? stood : dirname(outermost(made));
}

function outermost(paths: Iterable<string>): string {
  let shortest: string | undefined;
  for (const path of paths) if (shortest === undefined || path.length < shortest.length) shortest = path;
  return shortest ?? '';
}

/** @throws `ENOTDIR` when the path, or a part of it, is something else. */
async function isFolder(path: string): Promise<boolean> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: not a folder, mkdir '${path}'`), { code: 'ENOTDIR', syscall: 'mkdir', path });
}

/** Flushes what {@link makeFolders} made, innermost first, and the folder that stood. */
export async function syncMadeFolders(folders: MadeFolders, options: StepOptions = {}): Promise<void> {
  if (folders.made.length > 0) await syncFolders([...folders.made].reverse().concat(folders.stood), options);
}
