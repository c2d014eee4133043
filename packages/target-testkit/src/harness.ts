import type { BackupTarget } from '@holdfast/core/target';

/** Makes places for a target under test. This, and nothing about the target itself, is what an adapter's test file writes. */
export interface TargetHarness {
  /** Makes a fresh, empty place that nobody else uses. Called once for each case. */
  create(): Promise<TargetPlace>;
}

/** One place (a folder, an archive, a bucket prefix) that any number of handles can be opened on. */
export interface TargetPlace {
  /** Opens one more handle, independent of the others: no cache, lock or number in common but what the medium holds. */
  open(): Promise<BackupTarget>;
  /**
   * Names what lies physically in the place (files, folders, unfinished uploads) and belongs neither to a listed object nor
   * to what the target always keeps. Looked at with the tools of the medium, never through the target.
   */
  residue(): Promise<readonly string[]>;
  /** How another process opens this place, for the kill tests; `undefined` where it lives in this process alone. */
  readonly child: ChildProgram | undefined;
  /** Takes the place away. Handles are closed by then. */
  remove(): Promise<void>;
}

/** What a child process needs to open the place. */
export interface ChildProgram {
  /** `file:` URL of a module, runnable as it is, that exports the adapter as `adapter`: `new URL('../dist/index.js', import.meta.url).href`. */
  readonly adapterModule: string;
  /** The address that opens the place: `file:/…`, `s3://bucket/prefix`. */
  readonly address: string;
  /** Variables for the child beside those of this process: endpoint, credentials. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Options of the adapter's own. They must survive JSON. */
  readonly adapterOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** How much the cases do. Everything has a default; a store that costs money or time takes smaller ones. */
export interface KitSizes {
  /** Objects in the listing and deletion cases: more than one page of any store. 1,100 by default. */
  readonly manyObjects: number;
  /**
   * Sizes of objects that must come back byte by byte; the largest also serves the hostile sources. By default 0, 1, around
   * 5 MiB (the smallest part of S3), and 17 MiB. At least 100 kB should be among them.
   */
  readonly objectBytes: readonly number[];
  /** Size of the object that must go through in flat memory. 256 MiB by default. */
  readonly largeObjectBytes: number;
  /** How far the process may grow meanwhile. 128 MiB by default. */
  readonly memoryGrowthBytes: number;
  /** A case that takes longer has failed: it hangs. 60 s by default. */
  readonly caseTimeoutMs: number;
}

const MIB = 1024 * 1024;

/** The defaults of {@link KitSizes}. */
export const DEFAULT_SIZES: KitSizes = Object.freeze({
  manyObjects: 1_100,
  objectBytes: Object.freeze([0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 17 * MIB]),
  largeObjectBytes: 256 * MIB,
  memoryGrowthBytes: 128 * MIB,
  caseTimeoutMs: 60_000,
});
