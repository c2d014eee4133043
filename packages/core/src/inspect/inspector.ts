import type { ContentComparison } from './comparison.js';
import type { InspectedFile } from './inspected-file.js';
import type { ContentFacts, Inspection } from './inspection.js';

/** What bounds one look into a file. What goes beyond is `opaque`, never an error and never a wait. */
export interface InspectLimits {
  /** Wall time of one call; its thread is ended then. */
  readonly timeoutMs: number;
  /** Heap of the thread that does heavy work, in MiB. */
  readonly heapMiB: number;
  /** How many bytes may come out of what is compressed in the file: a bomb ends here. */
  readonly maxInflatedBytes: number;
}

/** A workbook of 200,000 rows and 10 columns needs 8 s and 0.5 GB when it is parsed as a whole (design: measured on two cores); ten times that is a limit, not an aim. */
export const DEFAULT_INSPECT_LIMITS: InspectLimits = {
  timeoutMs: 120_000,
  heapMiB: 1024,
  maxInflatedBytes: 2 * 1024 ** 3,
};

export interface InspectOptions {
  /** Fires when the answer is wanted no more. Not to be listened to for longer than the answer takes: it may serve another question. */
  readonly signal?: AbortSignal | undefined;
  /** {@link DEFAULT_INSPECT_LIMITS} where it is left out. */
  readonly limits?: InspectLimits | undefined;
}

/** A part of a file that is exported by itself: a sheet. */
export interface ExportPart {
  /** Its name as the file has it: anything, of any length. Whoever makes a file name of it makes it safe. */
  readonly name: string;
  /** 0 for the first one of the file. */
  readonly index: number;
  /** Without a dot: `csv`. */
  readonly extension: string;
}

/** Takes exports as they are made, so that none is ever held as a whole. */
export interface ExportSink {
  /** Is this part wanted? What is not wanted is not made. Everything is, where this is left out. */
  wants?(part: ExportPart): boolean;
  /** A part begins; all that is written from now on until the next one begins is of it. A part with nothing in it is empty. */
  begin(part: ExportPart): Promise<void>;
  /** The next bytes. The buffer is the sink's. */
  write(bytes: Uint8Array): Promise<void>;
}

export interface ExportOptions {
  readonly sink: ExportSink;
  /** Texts as they are, also those that a spreadsheet would run as a formula when it opens the CSV. */
  readonly raw?: boolean | undefined;
}

/** What stands at one place of a file. */
export interface ContentValue {
  /** As the CSV export has it, but never guarded against formulas. */
  readonly text: string;
  /** The formula whose cached result that is. */
  readonly formula?: string;
}

/**
 * Knows what is in files of one kind. It never changes anything, and no file can make it throw: whatever is wrong with one is in
 * its answer. The only error is that of the signal, and of a sink.
 *
 * - Memory and time are bounded by {@link InspectLimits}, whatever the file announces. Heavy work is done in a thread, or in
 *   pieces of some milliseconds that leave the program its turns.
 * - Nothing in a file is ever run, unpickled or fetched.
 * - It loads what it needs at the first call: to make one costs nothing.
 */
export interface ContentInspector {
  /** What the kind is called wherever it is named: `excel`, `npy`. Lower case, stable. */
  readonly kind: string;
  /** Rises when the same bytes would give other facts: then facts of an earlier version are made anew. */
  readonly version: number;
  /** What its files can be exported as, by the extension: `csv`. Absent where a kind has no exports. */
  readonly exportFormats?: readonly string[];
  /** Is this a file for it? By the last segment of its path alone. What is in it may still be something else: that is `MISNAMED`. */
  recognises(name: string): boolean;
  /**
   * Names, as patterns of gitignore(5), of files that are no content of their own but marks of an application that has one open
   * (`~$*.xlsx`). A backup that asks this inspector leaves them out, and says so.
   */
  readonly transientNames?: readonly string[];
  /** Reads the file, says whether it is sound, gives its facts, and on the way the exports that are asked for. */
  inspect(
    file: InspectedFile,
    options?: InspectOptions & { readonly exports?: ExportOptions | undefined },
  ): Promise<Inspection>;
  /** Says how the content of two files differs. */
  compare(
    before: InspectedFile,
    after: InspectedFile,
    options?: InspectOptions & CompareOptions,
  ): Promise<ContentComparison>;
  /** What stands at a place (`Sheet!B7`); `undefined` where there is nothing, or no such place. Absent where a kind has no places. */
  valueAt?(
    file: InspectedFile,
    place: string,
    options?: InspectOptions,
  ): Promise<ContentValue | undefined | Inspection>;
  /** Facts in words, one line each: what `show` prints. */
  describe(facts: ContentFacts): readonly string[];
}

export interface CompareOptions {
  /** How many single changes are told; the rest is counted. 20 where it is left out. */
  readonly maxChanges?: number | undefined;
}

/** Which inspector a file of this path is for, if any. */
export function inspectorFor(inspectors: readonly ContentInspector[], path: string): ContentInspector | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return inspectors.find((inspector) => {
    try {
      return inspector.recognises(name);
    } catch {
      // It was to look at a name, and cannot do even that.
      return false;
    }
  });
}
