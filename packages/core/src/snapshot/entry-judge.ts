import { type Entry, linkTargetBytesOf, pathBytesOf, type SymlinkEntry, textOf } from './entry.js';
import { orderKey, pathFault } from './path-order.js';

/** An entry together with its path in bytes. */
export interface LocatedEntry {
  readonly pathBytes: Buffer;
  readonly entry: Entry;
}

/** An entry that must not be acted upon: it would lead outside, or through something that is no folder, or is there twice. */
export interface RefusedEntry {
  readonly path: string;
  readonly code: 'UNSAFE' | 'COLLISION';
  readonly reason: string;
}

export type ManifestItem = LocatedEntry | RefusedEntry;

/** Was this item refused? */
export function isRefused(item: ManifestItem): item is RefusedEntry {
  return 'reason' in item;
}

/**
 * Judges the entries of a manifest, one after another, as if a stranger had written them: a path must stay inside, come after
 * the one before, lie in a folder that is itself an entry, and be there once.
 */
export class EntryJudge {
  /** The folders that the last entry lies in, and itself if it is one. */
  readonly #folders: Buffer[] = [];
  /** Files and symlinks that the last path begins with: a folder of the same name would come later, after `name-` and `name.x`. */
  readonly #openNames: Buffer[] = [];
  #previous: Uint8Array | undefined;
  /** The path of the last entry, if it was accepted, a file, and {@link isPlain}; else empty. */
  #lastFile = '';

  /** The next entry, accepted or refused; `undefined` if it is out of order. */
  judge(entry: Entry): ManifestItem | undefined {
    const pathBytes = pathBytesOf(entry);
    if (this.#followsInFolder(entry)) {
      this.#previous = pathBytes;
      this.#isTaken(pathBytes, entry);
      this.#openNames.push(pathBytes);
      return { pathBytes, entry };
    }
    const item = this.#judgeClosely(entry, pathBytes);
    const isPlainFile = item !== undefined && 'entry' in item && entry.type === 'file' && isPlain(entry);
    this.#lastFile = isPlainFile ? entry.path : '';
    return item;
  }

  /**
   * Nearly every entry: a file behind another file of the same folder, with a name that has nothing to look at closely. All that was
   * found of the folder holds for it too.
   */
  #followsInFolder(entry: Entry): boolean {
    if (entry.type !== 'file' || !isPlain(entry)) return false;
    const last = this.#lastFile;
    const { path } = entry;
    const slash = path.lastIndexOf('/');
    if (slash <= 0 || last.lastIndexOf('/') !== slash || !path.startsWith(last.slice(0, slash + 1))) return false;
    const name = path.slice(slash + 1);
    // In ASCII the order of text is that of its bytes.
    if (name === '' || name === '.' || name === '..' || name <= last.slice(slash + 1)) return false;
    this.#lastFile = path;
    return true;
  }

  #judgeClosely(entry: Entry, pathBytes: Buffer): ManifestItem | undefined {
    const refused = (code: RefusedEntry['code'], reason: string): RefusedEntry => ({ path: entry.path, code, reason });
    const fault = pathFault(pathBytes) ?? textFault(entry, pathBytes) ?? linkFault(entry);
    if (fault !== undefined) return refused('UNSAFE', fault);

    const key = orderKey(pathBytes, entry.type === 'directory');
    const order = this.#previous === undefined ? 1 : Buffer.compare(key, this.#previous);
    if (order < 0) return undefined;
    if (order === 0 || this.#isTaken(pathBytes, entry)) {
      return refused('COLLISION', 'the snapshot holds this name twice');
    }
    this.#previous = key;
    if (!this.#isInFolder(pathBytes)) {
      return refused('UNSAFE', 'it lies below something that is no folder of the snapshot');
    }
    (entry.type === 'directory' ? this.#folders : this.#openNames).push(pathBytes);
    return { pathBytes, entry };
  }

  #isTaken(pathBytes: Buffer, entry: Entry): boolean {
    while (this.#openNames.length > 0 && !beginsWith(pathBytes, this.#openNames.at(-1))) this.#openNames.pop();
    return entry.type === 'directory' && this.#openNames.at(-1)?.length === pathBytes.length;
  }

  #isInFolder(pathBytes: Buffer): boolean {
    while (this.#folders.length > 0 && !isBelow(pathBytes, this.#folders.at(-1))) this.#folders.pop();
    const parentLength = pathBytes.lastIndexOf(0x2f);
    return parentLength === -1 || this.#folders.at(-1)?.length === parentLength;
  }
}

/** Printable ASCII, and nothing beside it that says the path in another way. */
function isPlain(entry: Entry): boolean {
  return entry.pathBytes === undefined && /^[ -~]+$/.test(entry.path);
}

/** `pathBytes` must say the same as `path`, or one name would be shown and another one written. */
function textFault(entry: Entry, pathBytes: Buffer): string | undefined {
  return saysTheSame(entry.path, entry.pathBytes, pathBytes) ? undefined : 'its two forms of the path differ';
}

function linkFault(entry: Entry): string | undefined {
  if (entry.type !== 'symlink') return undefined;
  const target = linkTargetBytesOf(entry satisfies SymlinkEntry);
  if (target.length === 0 || target.includes(0)) return 'the link points to nothing that could be a path';
  return saysTheSame(entry.linkTarget, entry.linkTargetBytes, target) ? undefined : 'its two forms of the link differ';
}

/** Text alone must be text that UTF-8 can hold. */
function saysTheSame(text: string, base64: string | undefined, bytes: Buffer): boolean {
  return base64 === undefined ? !/\p{Surrogate}/u.test(text) : textOf(bytes).text === text;
}

function beginsWith(path: Buffer, start: Buffer | undefined): boolean {
  return start !== undefined && path.subarray(0, start.length).equals(start);
}

function isBelow(path: Buffer, folder: Buffer | undefined): boolean {
  return folder !== undefined && path[folder.length] === 0x2f && beginsWith(path, folder);
}
