import type { TargetHarness } from '@holdfast/target-testkit';

/** Where a target is tried: a part of it that did not exist before, and is gone afterwards. */
export interface DoctorPlace {
  /** The part, as people call it. */
  readonly where: string;
  /** Makes a place below it for each case of the kit. */
  readonly harness: TargetHarness;
  /** By how much the clock of the medium is ahead of this machine's, in milliseconds; `undefined` where it cannot be told. */
  clockOffsetMs(): Promise<number | undefined>;
  /** What its owner should know or do, each as a sentence. */
  remarks(): Promise<readonly string[]>;
  /** Removes the part and looks that it is gone. @throws what keeps it from going */
  clear(): Promise<void>;
}

/** What a trial begins with. */
export interface DoctorConditions {
  readonly environment: NodeJS.ProcessEnv;
  /** Options of the adapter, from the config. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What every such part is called, with a random tail: hidden, and known again. */
export const PART_PREFIX = '.holdfast-doctor-';

/**
 * The difference of two clocks: what was written between two moments here bears that time there.
 *
 * @param stepMs how coarse the other clock may count
 */
export function clockOffset(beforeMs: number, writtenAtMs: number, afterMs: number, stepMs: number): number {
  if (writtenAtMs < beforeMs - stepMs) return writtenAtMs - beforeMs;
  return writtenAtMs > afterMs ? writtenAtMs - afterMs : 0;
}
