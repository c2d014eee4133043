import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCode, fileSystemOf, realPathToBe } from '@holdfast/core/files';
import { type BackupTarget, type TargetAdapter, TargetError } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import type { OneRoot } from './one-root.js';
import { type LocalFsOptions, meansOf } from './options.js';
import { isSlow, type Place } from './place.js';
import { isBeingReplaced, settleSwap } from './settle-swap.js';
import { isThere, markPath } from './swap-plan.js';
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
    const one = oneRootAt(root, options, url);
    const place: Place = {
      url,
      root,
      one,
      capabilities: capabilitiesOf(fileSystem, root, one),
      fileSystem,
      durableBy: options.durableBy ?? 'auto',
      onStep: options.onStep,
      means,
      slow: isSlow(fileSystem),
      batches: new Set(),
      clones: undefined,
      closed: false,
    };
    await settleSwap(place, 'open');
    return localFsTarget(place);
  } catch (error) {
    throw asTargetError(error, { url, operation: 'open' });
  }
}

/** How the folder is opened if it is, or is to be, a root itself. A mark says that it is one; so does a swap under way. */
function oneRootAt(root: string, { single, replace, force }: LocalFsOptions, url: string): OneRoot | undefined {
  const stands = isThere(markPath({ root })) || isBeingReplaced({ root });
  if (single === true || stands) return { replaces: replace === true, force: force === true, read: undefined };
  if (replace !== true && force !== true) return undefined;
  const reason = 'only a folder that is one snapshot can have it replaced';
  throw new TargetError({ code: 'MISCONFIGURED', reason, url, operation: 'open' });
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

/** The adapter for `file:` addresses and bare paths. Its options are `durableBy` (`auto` or `fsync`), `single`, `replace` and `force` (booleans). */
export const adapter: TargetAdapter = {
  schemes: ['file'],
  open: async (address, options) => openLocalFs(address.location, optionsOf(options.adapterOptions ?? {})),
};

/** @throws TargetError `MISCONFIGURED` for an option or a value it does not know: a typing error must not pass in silence. */
function optionsOf(given: Readonly<Record<string, unknown>>): LocalFsOptions {
  const { durableBy, single, replace, force, ...unknown } = given;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw misconfigured(`a folder has no option "${stranger}"`);
  if (durableBy !== undefined && durableBy !== 'auto' && durableBy !== 'fsync') {
    throw misconfigured('the option "durableBy" is "auto" or "fsync"');
  }
  return {
    durableBy,
    single: yesOrNo('single', single),
    replace: yesOrNo('replace', replace),
    force: yesOrNo('force', force),
  };
}

function yesOrNo(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw misconfigured(`the option "${name}" is true or false`);
}

function misconfigured(reason: string): TargetError {
  return new TargetError({ code: 'MISCONFIGURED', reason, url: 'file:', operation: 'open' });
}
