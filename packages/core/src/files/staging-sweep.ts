import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './node-error.js';
import type { StagingClaim, StagingOptions } from './staging.js';
import { CONDEMNED, condemn, HEARTBEAT_FILE, OWNER_FILE, removeTree, UNREADY } from './staging-folder.js';
import { type HostView, isDead, type StagingOwner, thisHost } from './staging-owner.js';

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
