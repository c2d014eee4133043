import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

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
