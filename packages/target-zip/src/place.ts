import { dirname, join } from 'node:path';
import type { FileSystem, StepObserver } from '@holdfast/core/files';
import {
  abortedError,
  type CallOptions,
  keyBytes,
  type TargetCapabilities,
  TargetError,
  type TargetErrorCode,
  type TargetOperation,
  type WriteBatch,
  windowsNameFault,
} from '@holdfast/core/target';
import type { ZipMeans } from './options.js';
import type { ArchiveCache } from './reader/archive-cache.js';

/** The project's own folder: unfinished archives lie in its `staging`, what is the target's own beside it. It goes when it is empty. */
export const OWN_FOLDER = '.holdfast';
const SUFFIX = '.zip';
/** What one segment of a path may hold on every file system in use, in bytes. */
export const MAX_NAME_BYTES = 255;

/** A folder of archives, one for each root; or one archive, whatever root it holds. */
export type ZipForm = 'folder' | 'archive';

/** What an open zip target and its batches share. */
export interface Place {
  readonly url: string;
  readonly form: ZipForm;
  /** Absolute: the folder of archives, or the one archive. It need not exist yet. */
  readonly path: string;
  readonly replace: boolean;
  readonly capabilities: TargetCapabilities;
  readonly fileSystem: FileSystem;
  readonly onStep: StepObserver | undefined;
  readonly means: ZipMeans;
  readonly cache: ArchiveCache;
  /** Batches that have not ended. */
  readonly batches: Set<WriteBatch>;
  closed: boolean;
}

/** Throws what must be said before any work: closed, or stopped. */
export function enter(place: Place, operation: TargetOperation, options?: CallOptions, key?: string): void {
  if (place.closed) throw fault(place, 'CLOSED', 'the target has been closed', operation, key);
  if (options?.signal?.aborted) throw abortedError(place.url, operation, key, options.signal);
}

/** An error of this target. */
export function fault(
  place: Pick<Place, 'url'>,
  code: TargetErrorCode,
  reason: string,
  operation: TargetOperation,
  key?: string,
  more: { readonly hint?: string; readonly cause?: unknown } = {},
): TargetError {
  return new TargetError({ code, reason, url: place.url, operation, key, ...more });
}

/** The folder in which archives stand. */
export function folderOf(place: Place): string {
  return place.form === 'folder' ? place.path : dirname(place.path);
}

/** The project's own folder there, and the one for unfinished archives inside it: the same file system, so that a link or a rename publishes. */
export function ownFolders(place: Place): { readonly own: string; readonly staging: string } {
  const own = join(folderOf(place), OWN_FOLDER);
  return { own, staging: join(own, 'staging') };
}

/** The archive of a root. */
export function archiveOf(place: Place, root: string): string {
  return place.form === 'folder' ? join(place.path, root + SUFFIX) : place.path;
}

/** What is wrong with a root, beyond what is wrong with any key; `undefined` if nothing is. */
export function rootFault(place: Pick<Place, 'form' | 'fileSystem'>, root: string): string | undefined {
  if (root.includes('/')) return 'a root is one segment';
  if (root === OWN_FOLDER) return 'the name is reserved';
  if (/^[a-z]:/i.test(root)) return 'a root that begins like a drive would be unpacked there';
  if (place.form === 'archive') return undefined;
  if (root.startsWith('._')) return 'macOS keeps attributes of other files under such names';
  if (keyBytes(root + SUFFIX) > MAX_NAME_BYTES) return 'the root is too long for the name of an archive';
  return place.fileSystem.windowsNames ? windowsNameFault(root + SUFFIX) : undefined;
}

/** The root that a file in a folder of archives stands for; `undefined` if it is none of ours to read. */
export function rootOfFile(place: Place, fileName: string): string | undefined {
  if (!fileName.endsWith(SUFFIX)) return undefined;
  const root = fileName.slice(0, -SUFFIX.length);
  return root === '' || root.includes('\\') || rootFault(place, root) !== undefined ? undefined : root;
}
