import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolders } from '../files/index.js';
import { createFile, replaceFile } from './replace-file.js';

/** Whose identity it is: labels that are looked up together. */
export interface SourceLabel {
  readonly path: string;
  readonly name: string;
}

/** `/etc/machine-id` (machine-id(5)) tells apart machines that share a host name and a home folder. */
const MACHINE_ID_FILE = '/etc/machine-id';

/**
 * The identity of a source: a random id, minted at the first backup of this machine, path and name, and kept in the state
 * folder. Snapshots of different identities are never mixed, whatever their sources are called.
 *
 * @throws the error of the system if the state folder cannot be used.
 */
export async function sourceIdentity(stateDirectory: string, label: SourceLabel): Promise<string> {
  const file = await identityFile(stateDirectory, label);
  await makeFolders(dirname(file), { mode: 0o700 });
  const known = await readIdentity(file);
  if (known !== undefined) return known;
  const fresh = { id: randomUUID(), host: hostname(), path: label.path, name: label.name };
  const text = [`${JSON.stringify(fresh, undefined, 2)}\n`];
  // Two first backups at once: one of them makes it, and both go by it. What is there and no identity is damaged.
  const isMade = await createFile(stateDirectory, file, text);
  if (!isMade && (await readIdentity(file)) === undefined) await replaceFile(stateDirectory, file, text);
  return (await readIdentity(file)) ?? fresh.id;
}

/** The identity of a source that was backed up from here before; `undefined` if it was not. Mints nothing. */
export async function knownSourceIdentity(stateDirectory: string, label: SourceLabel): Promise<string | undefined> {
  return readIdentity(await identityFile(stateDirectory, label));
}

async function identityFile(stateDirectory: string, label: SourceLabel): Promise<string> {
  return join(stateDirectory, 'sources', `${await labelHash(label)}.json`);
}

async function readIdentity(file: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && value.id !== '')
      return value.id;
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function labelHash(label: SourceLabel): Promise<string> {
  const machineId = await readFile(MACHINE_ID_FILE, 'utf8').catch(() => '');
  return createHash('sha256')
    .update(JSON.stringify([machineId.trim(), hostname(), label.path, label.name]))
    .digest('hex')
    .slice(0, 32);
}
