import { randomBytes } from 'node:crypto';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MadeFolders, makeFolders } from './make-folders.js';
import { errorCode } from './node-error.js';
import { renameWithRetry } from './publish.js';
import { condemn, HEARTBEAT_FILE, OWNER_FILE, removeTree, UNREADY } from './staging-folder.js';
import { type HostView, type StagingOwner, thisHost } from './staging-owner.js';
import type { StepOptions } from './step.js';

export interface StagingOptions extends StepOptions {
  /** By default this process on this machine. */
  readonly host?: HostView | undefined;
  /** Time between two signs of life, one minute by default: far below {@link STALE_AFTER_MS}. */
  readonly heartbeatMs?: number | undefined;
}

/** A folder of one's own for unfinished work. */
export interface StagingClaim {
  /** The folder. It holds two files of ours, {@link RESERVED_STAGING_NAMES}; everything else in it is the claimant's. */
  readonly path: string;
  /** What had to be made to hold it. */
  readonly folders: MadeFolders;
  /** Ends the signs of life and removes the folder with all that is in it, best effort. The second time it does nothing. */
  release(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/**
 * Claims a new folder in `stagingFolder` (made if missing, with its ancestors), and shows signs of life in it until it is
 * released or the process ends. A folder that a dead process left is recognised by {@link sweepStaging}.
 *
 * @throws the error of the system: `EACCES`, `EROFS`, `ENOSPC`, `ENOTDIR`, …; nothing is left then.
 */
export async function claimStaging(stagingFolder: string, options: StagingOptions = {}): Promise<StagingClaim> {
  const { host = thisHost(), heartbeatMs = MINUTE_MS } = options;
  const { path, folders } = await makeOwnFolder(stagingFolder, host.self, options);
  const beat = async (): Promise<void> => writeFile(join(path, HEARTBEAT_FILE), '.', { flag: 'r+' });
  // A beat that fails is no news: whoever works in the folder meets the same trouble. It must not keep a process alive.
  const timer = setInterval(() => void beat().catch(() => undefined), heartbeatMs).unref();
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    clearInterval(timer);
    released ??= condemn(stagingFolder, path).catch(() => undefined);
    return released;
  };
  return { path, folders, release };
}

/** The folder gets its name when it says whose it is: so a process that is killed here leaves nothing that might be somebody's. */
async function makeOwnFolder(
  stagingFolder: string,
  owner: StagingOwner,
  options: StepOptions,
): Promise<{ path: string; folders: MadeFolders }> {
  const name = randomBytes(8).toString('hex');
  const path = join(stagingFolder, name);
  const unready = join(stagingFolder, UNREADY + name);
  const made = new Set<string>();
  let stood = '';
  for (let attempt = 1; ; attempt++) {
    const folders = await makeFolders(stagingFolder, options);
    for (const folder of folders.made) made.add(folder);
    if (stood === '' || folders.stood.length < stood.length) stood = folders.stood;
    try {
      options.onStep?.({ kind: 'mkdir', path });
      await mkdir(unready, { mode: 0o700 });
      await writeFile(join(unready, HEARTBEAT_FILE), '.', { flag: 'wx' });
      await writeFile(join(unready, OWNER_FILE), `${JSON.stringify(owner)}\n`, { flag: 'wx' });
      await renameWithRetry(unready, path);
      return { path, folders: { made: [...made].sort((left, right) => left.length - right.length), stood } };
    } catch (error) {
      await removeTree(unready);
      // ENOENT: another has removed the folder above, which was empty, or has swept what was not ready yet.
      if (errorCode(error) === 'ENOENT' && attempt < MAX_ATTEMPTS) continue;
      await removeEmptyFolders([...made].sort((left, right) => right.length - left.length));
      throw error;
    }
  }
}

/** Removes the folders given, innermost first, as far as they are empty. For what a claim made and nobody used. */
export async function removeEmptyFolders(innermostFirst: Iterable<string>): Promise<void> {
  for (const path of innermostFirst) {
    try {
      await rmdir(path);
    } catch {
      return;
    }
  }
}
