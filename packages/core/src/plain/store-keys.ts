import { createHash } from 'node:crypto';
import { type Entry, type FileEntry, foldName, pathBytesOf } from '../snapshot/index.js';
import { keyFaultOn, type TargetCapabilities } from '../target/index.js';
import { ALIAS_PREFIX } from './layout.js';

/** Where a file's bytes lie, below the snapshot. */
export function contentKey(entry: FileEntry): string {
  return entry.key ?? entry.path;
}

/** The alias of a path that cannot be used as a key: by the hash of its bytes. */
export function aliasKey(pathBytes: Uint8Array): string {
  return ALIAS_PREFIX + createHash('sha256').update(pathBytes).digest('hex');
}

interface Folder {
  readonly path: string;
  /** False where the folder itself has no usable name: nothing below it can have one. */
  readonly usable: boolean;
  /** Folded names taken so far; only where the target folds. */
  readonly taken: Set<string> | undefined;
}

/**
 * Decides, in the order of the manifest, whether an entry's path can be its key in a target. It cannot when it is not
 * UTF-8, too long there, reserved there, or equal to a sibling's name after NFC and case folding where the target does not
 * tell them apart.
 */
export class KeyPlanner {
  readonly #capabilities: TargetCapabilities;
  readonly #prefix: string;
  readonly #folders: Folder[];

  constructor(capabilities: TargetCapabilities, prefix: string) {
    this.#capabilities = capabilities;
    this.#prefix = prefix;
    this.#folders = [this.#folder('', true)];
  }

  /** True if the entry's path is its key; false if a file needs an alias and anything else stays in the manifest alone. */
  usable(entry: Entry): boolean {
    const slash = entry.path.lastIndexOf('/');
    const parentPath = slash === -1 ? '' : entry.path.slice(0, slash);
    const name = entry.path.slice(slash + 1);
    while (this.#folders.length > 1 && this.#folders.at(-1)?.path !== parentPath) this.#folders.pop();
    const parent = this.#folders.at(-1);
    const usable = parent?.usable === true && this.#nameUsable(entry, name, parent);
    if (entry.type === 'directory') this.#folders.push(this.#folder(entry.path, usable));
    return usable;
  }

  #folder(path: string, usable: boolean): Folder {
    return { path, usable, taken: this.#capabilities.caseSensitiveKeys ? undefined : new Set() };
  }

  #nameUsable(entry: Entry, name: string, parent: Folder): boolean {
    if (entry.pathBytes !== undefined) return false;
    if (keyFaultOn(this.#prefix + entry.path, this.#capabilities) !== undefined) return false;
    if (parent.taken === undefined) return true;
    const folded = foldName(name);
    if (parent.taken.has(folded)) return false;
    parent.taken.add(folded);
    return true;
  }
}

/** The key of a file that gets the planner's answer. */
export function keyFor(entry: Entry, usable: boolean): string {
  return usable ? entry.path : aliasKey(pathBytesOf(entry));
}
