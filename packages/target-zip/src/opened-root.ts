import { abortedError, type CallOptions, type TargetOperation } from '@holdfast/core/target';
import { archiveOf, fault, type Place, rootOfFile } from './place.js';
import type { OpenArchive } from './reader/archive.js';
import type { ArchiveLease } from './reader/archive-cache.js';
import type { ListedArchive } from './reader/listing.js';
import { type RootView, viewOfRoot, WHOLE_ARCHIVE } from './reader/root-view.js';

/** The archive that a key or a prefix is about, open, with the way its names stand for keys. */
export interface OpenedRoot extends ListedArchive {
  readonly archive: OpenArchive;
  release(): Promise<void>;
}

/** Views are worked out once for each open archive. */
const views = new WeakMap<OpenArchive, RootView>();

/**
 * Opens the archive for a key or a prefix; `undefined` if there is none. To be released in any case.
 *
 * @throws FormatError, errors of the system; TargetError `ABORTED` soon after the signal fires.
 */
export async function openRoot(
  place: Place,
  keyOrPrefix: string,
  operation: TargetOperation,
  options?: CallOptions,
): Promise<OpenedRoot | undefined> {
  const root = place.form === 'archive' ? '' : (keyOrPrefix.split('/', 1)[0] ?? '');
  if (place.form === 'folder' && rootOfFile(place, `${root}.zip`) === undefined) return undefined;
  const lease = await unlessAborted(
    place.cache.acquire(archiveOf(place, root)),
    () => abortedError(place.url, operation, keyOrPrefix, options?.signal),
    options?.signal,
  );
  if (lease === undefined) return undefined;
  const { archive, release } = lease;
  const view =
    views.get(archive) ?? (place.form === 'archive' ? WHOLE_ARCHIVE : viewOfRoot(archive.directory.table, root));
  views.set(archive, view);
  return { archive, table: archive.directory.table, view, release };
}

/** The directory of an archive with a million entries takes seconds to read: a signal need not wait for it. */
async function unlessAborted(
  acquiring: Promise<ArchiveLease | undefined>,
  aborted: () => Error,
  signal: AbortSignal | undefined,
): Promise<ArchiveLease | undefined> {
  if (signal === undefined) return acquiring;
  let onAbort = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([acquiring, stopped]);
  } catch (error) {
    if (signal.aborted) void acquiring.then((lease) => lease?.release()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * What keeps a listing of this archive from being complete, said after everything that could be listed: names that can be no
 * keys, entries that no key stands for, a directory that is not the one that was written.
 */
export function assertComplete(place: Place, opened: OpenedRoot): void {
  const { refused, brokenSeal } = opened.archive.directory;
  if (refused !== undefined) {
    const others = refused.count > 1 ? ` (and ${refused.count - 1} more entries of the archive cannot be objects)` : '';
    throw fault(place, 'CORRUPT', refused.fault + others, 'list', refused.name);
  }
  if (opened.view.outside !== undefined) {
    throw fault(place, 'CORRUPT', 'the entry lies outside the top folder of the archive', 'list', opened.view.outside);
  }
  if (brokenSeal) throw brokenSealFault(place, 'list');
}

/** Nothing is surely absent from such an archive. */
export function brokenSealFault(place: Place, operation: TargetOperation, key?: string): Error {
  return fault(place, 'CORRUPT', 'the directory of the archive is not the one that was written', operation, key, {
    hint: 'The archive was damaged, or changed by another program. What can still be read proves itself by its checksums.',
  });
}
