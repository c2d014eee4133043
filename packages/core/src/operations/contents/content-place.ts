import { type HeldContent, holdContent } from '../../content/index.js';
import { isHoldfastError, throwIfAborted } from '../../holdfast-error.js';
import {
  type ContentInspector,
  faulty,
  type Inspection,
  type InspectLimits,
  inspectorFor,
} from '../../inspect/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { ChangedWhileRead, reasonOf, SourceFile } from '../../source/index.js';
import type { CallOptions } from '../../target/index.js';
import type { ShownSnapshot } from '../look/show.js';

/** A file whose content is looked into: one of a snapshot, or one that lies on this machine. */
export type ContentPlace =
  | { readonly snapshot: Pick<ShownSnapshot, 'content'>; readonly entry: FileEntry }
  | {
      readonly livePath: string;
      /** What it is called where that is not the last segment of its path: by a link, say. */
      readonly name?: string | undefined;
    };

/** What every look into contents takes. */
export interface LookOptions extends CallOptions {
  /** Those that may be asked; the first that recognises the file is. */
  readonly inspectors: readonly ContentInspector[];
  readonly limits?: InspectLimits | undefined;
}

/** The inspector for the file of this place, if there is one. */
export function inspectorOf(place: ContentPlace, { inspectors }: LookOptions): ContentInspector | undefined {
  return inspectorFor(inspectors, nameOf(place));
}

/** Holds the bytes of a file: those that were stored, or those of one reading in which a live file did not change. Where they cannot be had, says why. */
export async function holdPlace(place: ContentPlace, options: CallOptions): Promise<HeldContent | Inspection> {
  const name = nameOf(place);
  try {
    if ('entry' in place) return await holdContent(name, place.snapshot.content(place.entry));
    return (
      (await holdLive(name, place.livePath, options)) ?? (await holdLive(name, place.livePath, options)) ?? CHANGING
    );
  } catch (error) {
    throwIfAborted(options.signal);
    if (isHoldfastError(error, 'FILE_DAMAGED')) return faulty('FAILED', error.message);
    if ('entry' in place) throw error;
    return faulty('FAILED', `it could not be read: ${reasonOf(error)}`);
  }
}

const CHANGING = faulty('FAILED', 'it changes while it is read');

/** `undefined` if it changed meanwhile. */
async function holdLive(name: string, path: string, { signal }: CallOptions): Promise<HeldContent | undefined> {
  const file = new SourceFile(Buffer.from(path));
  try {
    const pieces = file.pieces(true, () => throwIfAborted(signal));
    return await holdContent(name, pieces);
  } catch (error) {
    if (error instanceof ChangedWhileRead) return undefined;
    throw error;
  } finally {
    file.close();
  }
}

function nameOf(place: ContentPlace): string {
  const path = 'entry' in place ? place.entry.path : (place.name ?? place.livePath);
  const end = process.platform === 'win32' && 'livePath' in place ? path.replaceAll('\\', '/') : path;
  return end.slice(end.lastIndexOf('/') + 1);
}
