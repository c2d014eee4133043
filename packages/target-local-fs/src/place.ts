import { join, sep } from 'node:path';
import type { FileSystem, FileSystemKind, StepObserver, SyncFoldersOptions } from '@holdfast/core/files';
import {
  abortedError,
  assertKeyFits,
  type CallOptions,
  type TargetCapabilities,
  TargetError,
  type TargetErrorCode,
  type TargetOperation,
  type WriteBatch,
} from '@holdfast/core/target';
import type { OneRoot } from './one-root.js';
import type { LocalFsMeans } from './options.js';

/** The folder of our own at the top of a target. Objects may lie in it, but below {@link STAGING_KEY} are only unfinished batches. */
export const OWN_KEY = '.holdfast';
export const STAGING_KEY = '.holdfast/staging';
/** Only in a folder of one root: a root that is just taking the place of another one. */
export const SWAP_KEY = '.holdfast/swap';
/** Only in a folder of one root: which root stands there. */
export const MARK_KEY = '.holdfast/root.json';

/** What an open folder target and its batches share. */
export interface Place {
  readonly url: string;
  /** Absolute, without links. It need not exist yet. */
  readonly root: string;
  /** Where the folder is itself the one root that it holds: no folder of that name lies in it. */
  readonly one: OneRoot | undefined;
  readonly capabilities: TargetCapabilities;
  readonly fileSystem: FileSystem;
  readonly durableBy: 'auto' | 'fsync';
  readonly onStep: StepObserver | undefined;
  readonly means: LocalFsMeans;
  /** A call may take milliseconds, so it must not keep all else waiting: see {@link isSlow}. */
  readonly slow: boolean;
  /** Batches that have not ended. */
  readonly batches: Set<WriteBatch>;
  /** Do clones work here? Learned at the first try. */
  clones: boolean | undefined;
  closed: boolean;
}

const SLOW_KINDS: ReadonlySet<FileSystemKind> = new Set(['nfs', 'smb', 'fuse']);

/** Is another machine or process asked for each call? Then asynchronous calls pay, which elsewhere cost ten times the work. */
export function isSlow(fileSystem: FileSystem): boolean {
  return SLOW_KINDS.has(fileSystem.kind);
}

/** Throws what must be said before any work: closed, or stopped. */
export function enter(place: Place, operation: TargetOperation, options?: CallOptions, key?: string): void {
  if (place.closed) throw fault(place, 'CLOSED', 'the target has been closed', operation, key);
  if (options?.signal?.aborted) throw abortedError(place.url, operation, key, options.signal);
}

/** An error of this target. */
export function fault(
  place: Place,
  code: TargetErrorCode,
  reason: string,
  operation: TargetOperation,
  key?: string,
  more: { readonly hint?: string; readonly cause?: unknown; readonly retryable?: boolean } = {},
): TargetError {
  return new TargetError({ code, reason, url: place.url, operation, key, ...more });
}

/** @throws TargetError `INVALID_KEY` for what is no key here: the rules of all keys, the limits of the file system, our own staging. */
export function assertUsableKey(place: Place, key: string, operation: TargetOperation, root?: string): void {
  assertKeyFits(key, { url: place.url, capabilities: place.capabilities, root }, operation);
  if (foldedKey(place, key) === OWN_KEY || isReserved(place, key)) {
    throw fault(place, 'INVALID_KEY', 'the key is reserved for unfinished batches', operation, key);
  }
}

/** Is it a place of what is not published: staging, and where a folder is one root what belongs to the replacing of it? */
export function isReserved(place: Place, key: string): boolean {
  const folded = foldedKey(place, key);
  const lies = (reserved: string): boolean => folded === reserved || folded.startsWith(`${reserved}/`);
  return lies(STAGING_KEY) || (place.one !== undefined && (lies(SWAP_KEY) || lies(MARK_KEY)));
}

/** The key in the folder, as the file system compares it, as far as our own names are concerned: they are ASCII. */
export function foldedKey(place: Place, key: string): string {
  return folded(place, inFolder(place, key));
}

/** A name as the file system compares it, as far as it is ASCII. */
export function folded(place: Pick<Place, 'fileSystem'>, name: string): string {
  return place.fileSystem.caseSensitive ? name : name.toLowerCase();
}

/** The key without its root, where the folder itself is the root. */
export function inFolder(place: Pick<Place, 'one'>, key: string): string {
  if (place.one === undefined) return key;
  const slash = key.indexOf('/');
  return slash === -1 ? '' : key.slice(slash + 1);
}

/** How this target flushes folders. */
export function syncOptions(place: Place): SyncFoldersOptions {
  return { onStep: place.onStep, syncPool: place.means.syncPool };
}

/** The path of a key. */
export function pathOf(place: Place, key: string): string {
  const inner = inFolder(place, key);
  return inner === '' ? place.root : below(place.root, inner);
}

/** The path of a key below a folder. A key needs no normalizing, and for thousands of them that counts. */
export function below(folder: string, key: string): string {
  return sep === '/' && !folder.endsWith(sep) ? `${folder}/${key}` : join(folder, key);
}

export function stagingPath(place: Place): string {
  return join(place.root, STAGING_KEY);
}
