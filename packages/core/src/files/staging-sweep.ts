import { lstat, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './node-error.js';
import type { StagingClaim, StagingOptions } from './staging.js';
import { CONDEMNED, condemn, HEARTBEAT_FILE, OWNER_FILE, removeTree, UNREADY } from './staging-folder.js';
import { type HostView, isDead, type StagingOwner, thisHost } from './staging-owner.js';
import { treeSize } from './tree-size.js';

/** What stands in a staging folder beside one's own claim. */
export interface StagedResidue {
  /** The name of the folder. */
  readonly name: string;
  readonly sizeBytes: number;
  /** `living`: not surely dead, and left alone. */
  readonly state: 'living' | 'dead' | 'cleared';
}

/** How {@link sweepResidue} is done. */
export interface SweepResidueOptions {
  readonly host?: HostView | undefined;
  readonly dryRun?: boolean | undefined;
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
  const names = await othersIn(stagingFolder, claim.path);
  if (names.length === 0) return 0;
  const storeNowMs = await storeClock(claim);
  let swept = 0;
  for (const name of names) {
    try {
      if (await isSwept(stagingFolder, name, storeNowMs, host)) {
        await clear(stagingFolder, name);
        swept++;
      }
    } catch {
      // It is another's, or just being swept by another. The next batch looks again.
    }
  }
  return swept;
}

/**
 * The same, and tells of each folder, also of those that are left alone. Whoever calls this may have no claim, and be unable to make
 * one, because the disk is full: then the store's clock cannot be read, and only those count as dead whose process is gone.
 *
 * @throws the error of the system if the folder cannot be read; none if it is missing.
 */
export async function* sweepResidue(
  stagingFolder: string,
  claim: StagingClaim | undefined,
  options: SweepResidueOptions = {},
): AsyncGenerator<StagedResidue> {
  const { host = thisHost(), dryRun = false } = options;
  const names = await othersIn(stagingFolder, claim?.path);
  if (names.length === 0) return;
  const storeNowMs = claim === undefined ? Number.NEGATIVE_INFINITY : await storeClock(claim);
  for (const name of names) {
    const path = join(stagingFolder, name);
    try {
      const { sizeBytes } = await treeSize(path);
      const dead = await isSwept(stagingFolder, name, storeNowMs, host);
      if (dead && !dryRun) await clear(stagingFolder, name);
      const state = !dead ? 'living' : dryRun || (await exists(path)) ? 'dead' : 'cleared';
      yield { name, sizeBytes, state };
    } catch (error) {
      const code = errorCode(error);
      // Another user's, who lets nobody in.
      if (code === 'EACCES' || code === 'EPERM') yield { name, sizeBytes: 0, state: 'living' };
      // Otherwise just being swept, or published, by another.
      else if (code !== 'ENOENT') throw error;
    }
  }
}

/** The folders in a staging folder but one's own; none if it is missing and one has none. */
export async function othersIn(stagingFolder: string, own: string | undefined): Promise<string[]> {
  try {
    return (await readdir(stagingFolder)).filter((name) => join(stagingFolder, name) !== own);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && own === undefined) return [];
    throw error;
  }
}

/**
 * Has the owner of a claim surely ended? Also if its folder is gone: then it was released or swept.
 *
 * @param name of the claim's folder
 * @param claim one's own, that tells the store's clock; without it only those count as ended whose process is gone
 */
export async function hasEnded(
  stagingFolder: string,
  name: string,
  claim: StagingClaim | undefined,
  { host = thisHost() }: StagingOptions = {},
): Promise<boolean> {
  const storeNowMs = claim === undefined ? Number.NEGATIVE_INFINITY : await storeClock(claim);
  try {
    return await isSwept(stagingFolder, name, storeNowMs, host);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}

/** Condemned once is condemned for ever: the sweep that renamed it may have been killed. In what is not ready nothing is staged. */
async function isSwept(stagingFolder: string, name: string, storeNowMs: number, host: HostView): Promise<boolean> {
  if (name.startsWith(CONDEMNED) || name.startsWith(UNREADY)) return true;
  const path = join(stagingFolder, name);
  const [owner, heartbeatMs] = [await ownerOf(path), await lastSignOfLife(path)];
  return isDead(owner, heartbeatMs, storeNowMs, host);
}

async function clear(stagingFolder: string, name: string): Promise<void> {
  const path = join(stagingFolder, name);
  if (name.startsWith(CONDEMNED)) await removeTree(path);
  else await condemn(stagingFolder, path);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** The store's clock now: the time that it gives a file when it is written. */
export async function storeClock(claim: StagingClaim): Promise<number> {
  const heartbeat = join(claim.path, HEARTBEAT_FILE);
  await writeFile(heartbeat, '.', { flag: 'r+' });
  return (await stat(heartbeat)).mtimeMs;
}

/** Without a heartbeat file (killed before its first beat) the folder's own time. */
export async function lastSignOfLife(path: string): Promise<number> {
  try {
    return (await stat(join(path, HEARTBEAT_FILE))).mtimeMs;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return (await stat(path)).mtimeMs;
  }
}

/** `undefined` where it cannot be read or understood: then only time tells. */
export async function ownerOf(path: string): Promise<StagingOwner | undefined> {
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
