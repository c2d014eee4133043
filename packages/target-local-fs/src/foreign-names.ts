import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isLeftBySystem } from '@holdfast/core/files';
import { hasPiece, type StandingRoot } from './one-root.js';
import { folded, MARK_KEY, OWN_KEY, type Place, STAGING_KEY, SWAP_KEY } from './place.js';

const OURS: ReadonlySet<string> = new Set([STAGING_KEY, SWAP_KEY, MARK_KEY]);

/**
 * What stands in a folder and is not the root's, so that none may take its place there. With `force` only what lies in our own folder and is
 * not in the way of the new root: that folder is a target of another kind, with snapshots in it that would be seen no more.
 *
 * What a system has put there by itself does not count: a Finder must not keep a program from its backups. It stays where it is.
 *
 * @param to the root that is to come, where its pieces are known already
 */
export function foreignNames(place: Place, from: StandingRoot | undefined, to?: StandingRoot): string[] {
  const own = namesIn(join(place.root, OWN_KEY))
    .map((name) => `${OWN_KEY}/${name}`)
    .filter((name) => !OURS.has(folded(place, name)));
  const tops = namesIn(place.root).filter((name) => folded(place, name) !== OWN_KEY);
  const isForeign = (name: string): boolean => !hasPiece(place, from, name) && !isLeftBySystem(name);
  if (place.one?.force !== true) return [...tops, ...own].filter(isForeign);
  return to === undefined ? [] : own.filter((name) => isForeign(name) && !hasPiece(place, to, name));
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
