import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@holdfast/core/files';
import { fault, type Place } from './place.js';
import { longestFirst } from './remove.js';

/** The folders of the store that a batch publishes into. */
export interface StoreFolders {
  /** Every folder on the way to what was published, the root too: it has got a name, or another batch has just given it one. */
  readonly touched: Set<string>;
  /**
   * Makes the folder of a key, and those above it up to the target's root. Never through a link.
   *
   * @param folder a key, or `.` for the root
   * @throws TargetError `INVALID_KEY` if an object or a link stands in the way
   */
  need(folder: string): void;
  /** Somebody has removed the folder: `need` looks again. */
  forget(path: string): void;
  /** Removes what `need` has made, as far as it is empty. */
  takeBack(): void;
}

export function storeFolders(place: Place): StoreFolders {
  const touched = new Set<string>();
  const made = new Set<string>();

  function needOne(path: string, key: string): void {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) return;
    if (stats !== undefined) {
      throw fault(place, 'INVALID_KEY', 'an object or a link stands where the key needs a folder', 'commit', key);
    }
    place.onStep?.({ kind: 'mkdir', path });
    try {
      mkdirSync(path);
      made.add(path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || !lstatSync(path).isDirectory()) throw error;
    }
  }

  return {
    touched,
    need(folder) {
      if (touched.has(join(place.root, folder))) return;
      touched.add(place.root);
      let path = place.root;
      for (const segment of folder.split('/')) {
        if (segment === '.') continue;
        path = join(path, segment);
        if (!touched.has(path)) needOne(path, folder);
        touched.add(path);
      }
    },
    forget(path) {
      for (const folder of touched) if (path === folder || path.startsWith(join(folder, '/'))) touched.delete(folder);
    },
    takeBack() {
      for (const path of longestFirst(made)) {
        try {
          rmdirSync(path);
        } catch {
          // Somebody has put something into it, or removed it.
        }
      }
    },
  };
}
