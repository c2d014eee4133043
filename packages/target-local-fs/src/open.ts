import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCode, fileSystemOf, realPathToBe } from '@holdfast/core/files';
import { type BackupTarget, type TargetAdapter, TargetError } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { type LocalFsOptions, meansOf } from './options.js';
import { isSlow } from './place.js';
import { capabilitiesOf, localFsTarget } from './target.js';

/**
 * Opens a folder as a target. Nothing is written; a folder that does not exist is made by the first batch, with its missing
 * ancestors.
 *
 * @param path absolute, or relative to the working folder
 * @throws TargetError `MISCONFIGURED` if something else than a folder stands there; `ACCESS_DENIED`, `UNAVAILABLE`, …
 */
export async function openLocalFs(path: string, options: LocalFsOptions = {}): Promise<BackupTarget> {
  const named = resolve(path);
  const url = `file://${named}`;
  if (path === '' || path.includes('\0')) {
    throw new TargetError({
      code: 'MISCONFIGURED',
      reason: 'the address names no place',
      url: 'file:',
      operation: 'open',
    });
  }
  try {
    const root = await realPathToBe(named);
    await assertFolder(root, url);
    const means = meansOf(options.means);
    const fileSystem = means.fileSystem ?? (await fileSystemOf(root));
    return localFsTarget({
      url,
      root,
      capabilities: capabilitiesOf(fileSystem, root),
      fileSystem,
      durableBy: options.durableBy ?? 'auto',
      onStep: options.onStep,
      means,
      slow: isSlow(fileSystem),
      batches: new Set(),
      clones: undefined,
      closed: false,
    });
  } catch (error) {
    throw asTargetError(error, { url, operation: 'open' });
  }
}

async function assertFolder(root: string, url: string): Promise<void> {
  try {
    if ((await stat(root)).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  throw new TargetError({
    code: 'MISCONFIGURED',
    reason: 'something else than a folder stands there',
    url,
    operation: 'open',
    hint: 'Name a folder, or a place where one can be made.',
  });
}

/** The adapter for `file:` addresses and bare paths. Its one option is `durableBy`: `auto` (default) or `fsync`. */
export const adapter: TargetAdapter = {
  schemes: ['file'],
  open: async (address, options) => openLocalFs(address.location, optionsOf(options.adapterOptions ?? {})),
};

/** @throws TargetError `MISCONFIGURED` for an option or a value it does not know: a typing error must not pass in silence. */
function optionsOf(given: Readonly<Record<string, unknown>>): LocalFsOptions {
  const { durableBy, ...unknown } = given;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw misconfigured(`a folder has no option "${stranger}"`);
  if (durableBy === undefined) return {};
  if (durableBy === 'auto' || durableBy === 'fsync') return { durableBy };
  throw misconfigured('the option "durableBy" is "auto" or "fsync"');
}

function misconfigured(reason: string): TargetError {
  return new TargetError({ code: 'MISCONFIGURED', reason, url: 'file:', operation: 'open' });
}
