import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type MadeFolders, makeFolders } from './make-folders.js';
import { errorCode } from './node-error.js';
import { renameWithRetry } from './publish.js';
import { type HostView, isDead, type StagingOwner, thisHost } from './staging-owner.js';
import type { StepOptions } from './step.js';

/** Inside a claim's folder: who owns it. */
const OWNER_FILE = 'owner.json';
/** Inside a claim's folder: written again and again while the owner lives; its time is the sign of life. */
const HEARTBEAT_FILE = 'heartbeat';
/** Names that a sweep gives to what it is about to remove. */
const CONDEMNED = 'condemned-';
/** Names of folders that do not say yet whose they are. Nothing is staged in them, so any sweep may take them. */
const UNREADY = 'unready-';

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

/** Names in a claim's folder that the claimant must leave alone. */
export const RESERVED_STAGING_NAMES: readonly string[] = [OWNER_FILE, HEARTBEAT_FILE];

const MINUTE_MS = 60_000;
/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/**
 * Claims a new folder in `stagingFolder` (made if missing, with its ancestors), and shows signs of life in it until it is
 * released or the process ends. A folder that a dead process left is recognised by {@link sweepStaging}.
 *
 * @throws the error of the system: `EACCES`, `EROFS`, `ENOSPC`, `ENOTDIR`, …; nothing is left then but made ancestors.
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
      if (errorCode(error) !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/**
 * Removes what surely dead owners left in `stagingFolder` ({@link isDead}), best effort, and returns how many folders went.
 * What is swept is renamed first, in one step: a claimant that was wrongly taken for dead (a laptop asleep for days)
 * finds its folder gone as a whole, and never publishes half of what it staged.
 *
 * @param claim one's own claim there: it is left alone, and a file written in it tells the store's clock
 */
export async function sweepStaging(
  stagingFolder: string,
  claim: StagingClaim,
  options: StagingOptions = {},
): Promise<number> {
  const { host = thisHost() } = options;
  const names = (await readdir(stagingFolder)).filter((name) => join(stagingFolder, name) !== claim.path);
  if (names.length === 0) return 0;
  const storeNowMs = await storeClock(claim);
  let swept = 0;
  for (const name of names) {
    try {
      if (await sweepOne(stagingFolder, name, storeNowMs, host)) swept++;
    } catch {
      // It is another's, or just being swept by another. The next batch looks again.
    }
  }
  return swept;
}

async function sweepOne(stagingFolder: string, name: string, storeNowMs: number, host: HostView): Promise<boolean> {
  const path = join(stagingFolder, name);
  // Condemned once is condemned for ever: the sweep that renamed it may have been killed.
  if (name.startsWith(CONDEMNED)) {
    await removeTree(path);
    return true;
  }
  if (!name.startsWith(UNREADY)) {
    const [owner, heartbeatMs] = [await ownerOf(path), await lastSignOfLife(path)];
    if (!isDead(owner, heartbeatMs, storeNowMs, host)) return false;
  }
  await condemn(stagingFolder, path);
  return true;
}

/** Takes the folder away in one step, then removes it: nobody publishes what is half removed. */
async function condemn(stagingFolder: string, path: string): Promise<void> {
  const condemned = join(stagingFolder, `${CONDEMNED}${basename(path)}-${randomBytes(4).toString('hex')}`);
  await rename(path, condemned);
  await removeTree(condemned);
}

/** The store's clock now: the time that it gives a file when it is written. */
async function storeClock(claim: StagingClaim): Promise<number> {
  const heartbeat = join(claim.path, HEARTBEAT_FILE);
  await writeFile(heartbeat, '.', { flag: 'r+' });
  return (await stat(heartbeat)).mtimeMs;
}

/** Without a heartbeat file (killed before its first beat) the folder's own time. */
async function lastSignOfLife(path: string): Promise<number> {
  try {
    return (await stat(join(path, HEARTBEAT_FILE))).mtimeMs;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return (await stat(path)).mtimeMs;
  }
}

/** `undefined` where it cannot be read or understood: then only time tells. */
async function ownerOf(path: string): Promise<StagingOwner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(path, OWNER_FILE), 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('host' in owner) || !('pid' in owner)) return undefined;
    const { host, pid } = owner;
    if (typeof host !== 'string' || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined;
    return {
      host,
      pid,
      ...textField(owner, 'startTime'),
      ...textField(owner, 'bootId'),
      ...textField(owner, 'pidNamespace'),
    };
  } catch {
    return undefined;
  }
}

function textField<Name extends string>(owner: object, name: Name): { readonly [name in Name]?: string } {
  const value: unknown = Object.hasOwn(owner, name) ? Reflect.get(owner, name) : undefined;
  return typeof value === 'string' ? ({ [name]: value } as { readonly [name in Name]: string }) : {};
}

/** Follows no link. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
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
