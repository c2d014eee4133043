import { rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode, syncFolders } from '@holdfast/core/files';
import type { CallOptions } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { lookUp } from './look-up.js';
import { assertUsableKey, enter, type Place, syncOptions } from './place.js';

/** After this many removals others get their turn. */
const REMOVALS_AT_ONCE = 64;

/**
 * Removes objects, then the folders that became empty, and makes that durable: what is removed by a first call stays
 * removed if the power goes during a second one. Every key is tried; the first error comes out at the end.
 */
export async function removeObjects(place: Place, keys: readonly string[], options?: CallOptions): Promise<void> {
  enter(place, 'delete', options);
  for (const key of keys) assertUsableKey(place, key, 'delete');
  const parents = new Set<string>();
  let failure: { readonly error: unknown } | undefined;
  for (const [index, key] of keys.entries()) {
    if (index % REMOVALS_AT_ONCE === REMOVALS_AT_ONCE - 1) await nextTurn();
    enter(place, 'delete', options, key);
    try {
      const parent = removeOne(place, key);
      if (parent !== undefined) parents.add(parent);
    } catch (error) {
      failure ??= { error: asTargetError(error, { url: place.url, operation: 'delete', key }) };
    }
  }
  try {
    const stayed = longestFirst(removeEmptyUpward(place, parents));
    await syncFolders(stayed, { ...syncOptions(place), ignoreMissing: true });
  } catch (error) {
    failure ??= { error: asTargetError(error, { url: place.url, operation: 'delete' }) };
  }
  if (failure !== undefined) throw failure.error;
}

/** The folder that the object was in; `undefined` if there was none, or it is a folder with something in it. */
function removeOne(place: Place, key: string): string | undefined {
  const found = lookUp(place, key);
  if (found === undefined) return undefined;
  place.onStep?.({ kind: 'remove', path: found.path });
  try {
    if (found.type === 'directory') rmdirSync(found.path);
    else unlinkSync(found.path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || (found.type === 'directory' && (code === 'ENOTEMPTY' || code === 'EEXIST'))) {
      return undefined;
    }
    throw error;
  }
  return dirname(found.path);
}

/**
 * Removes those of the folders that are empty, then the folders above them that became so, never the target's root. What
 * cannot be removed stays, whatever the reason: it may just have got something new.
 *
 * @returns the folders that stayed, and lost a name
 */
export function removeEmptyUpward(place: Place, folders: Iterable<string>): Set<string> {
  const stayed = new Set<string>();
  for (const start of longestFirst(folders)) {
    let folder = start;
    while (folder !== place.root && removeIfEmpty(folder)) {
      stayed.delete(folder);
      folder = dirname(folder);
    }
    stayed.add(folder);
  }
  return stayed;
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

/** Deepest first: what lies in a folder has a longer path. */
export function longestFirst(paths: Iterable<string>): string[] {
  return [...paths].sort((left, right) => right.length - left.length);
}
