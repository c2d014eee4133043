import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from './node-error.js';
import { renameWithRetry } from './publish.js';
import type { StepOptions } from './step.js';
import { withinReach } from './within-reach.js';

/** A folder that others remove because it is empty is made again this many times. */
const MAX_ATTEMPTS = 100;

/** Inside a claim's folder: who owns it. */
export const OWNER_FILE = 'owner.json';
/** Inside a claim's folder: written again and again while the owner lives; its time is the sign of life. */
export const HEARTBEAT_FILE = 'heartbeat';
/** Names that a sweep gives to what it is about to remove. */
export const CONDEMNED = 'condemned-';
/** Names of folders that do not say yet whose they are. Nothing is staged in them, so any sweep may take them. */
export const UNREADY = 'unready-';

/** Names in a claim's folder that the claimant must leave alone. */
export const RESERVED_STAGING_NAMES: readonly string[] = [OWNER_FILE, HEARTBEAT_FILE];

/** What a claim's folder is called: the 8 random bytes that `claimStaging` takes. */
const CLAIM = /^[0-9a-f]{16}$/;

/**
 * Is this a staging folder, and nothing else: is all that is in it somebody's claim, or what a sweep takes away? One that is empty is,
 * for nothing is lost with it. Whose claims they are, and whether they live, does not matter here. Follows no link.
 */
export function isStagingFolder(path: Buffer): boolean {
  try {
    const names = withinReach(path, (address) => readdirSync(address, { encoding: 'buffer' }));
    return names.every((name) => isStaged(path, name.toString('utf8')));
  } catch {
    return false;
  }
}

function isStaged(stagingFolder: Buffer, name: string): boolean {
  if (name.startsWith(CONDEMNED) || name.startsWith(UNREADY)) return true;
  if (!CLAIM.test(name)) return false;
  const owner = Buffer.concat([stagingFolder, Buffer.from(`/${name}/${OWNER_FILE}`)]);
  try {
    return withinReach(owner, (address) => lstatSync(address, { throwIfNoEntry: false }))?.isFile() === true;
  } catch (error) {
    // Another user's claim, who lets nobody in.
    return errorCode(error) === 'EACCES';
  }
}

/** Takes the folder away in one step, then removes it: nobody publishes what is half removed. */
export async function condemn(stagingFolder: string, path: string): Promise<void> {
  const condemned = join(stagingFolder, `${CONDEMNED}${basename(path)}-${randomBytes(4).toString('hex')}`);
  await rename(path, condemned);
  await removeTree(condemned);
}

/** Follows no link. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/**
 * Takes a folder away in one step, whatever it is called: from then on any sweep of the staging folder may remove it. Nothing has
 * been removed yet.
 *
 * @param stagingFolder made if it is missing; on the same file system
 * @returns where it is now, for {@link removeTree}
 * @throws the error of the system; then it stands where it stood.
 */
export async function takeAway(path: string, stagingFolder: string, options: StepOptions = {}): Promise<string> {
  const condemned = join(stagingFolder, `${CONDEMNED}${randomBytes(8).toString('hex')}`);
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(stagingFolder, { recursive: true });
      await renameWithRetry(path, condemned, options);
      return condemned;
    } catch (error) {
      // Another batch has just removed the staging folder, because it was empty.
      const vanished = errorCode(error) === 'ENOENT' && attempt < MAX_ATTEMPTS && existsSync(path);
      if (!vanished) throw error;
    }
  }
}
