import type { RequestSizes } from './requests.js';

/**
 * How much of law 1 a target can promise once `commit` has resolved.
 *
 * - `full`: objects and record survive a power cut (data, names and folders were flushed, in order).
 * - `ordered`: the file system logs in order; after a power cut the record is there only if what came before it is.
 * - `processCrash`: safe when the process dies; a power cut may lose or tear what was written last.
 */
export type Durability = 'full' | 'ordered' | 'processCrash';

/**
 * What a target can do, declared once and frozen. The engine asks these, never what kind of target it has; whatever is
 * declared `false` fails with `UNSUPPORTED` before any I/O (law 6). The conformance kit tries each for both values.
 */
export interface TargetCapabilities {
  /** `get` takes a byte range. */
  readonly rangeRead: boolean;
  /**
   * Batches without a `root` are taken: objects can be added beside what is already there.
   * A zip archive cannot: there each batch names a new root.
   */
  readonly append: boolean;
  /**
   * The place is itself one root, and never holds a second one: `kept` where a batch with another root fails with `ALREADY_EXISTS`,
   * `replaced` where its commit takes the place of the one that stands, as a whole and in one step. If the one that stood when the batch began is
   * not the one that stands when it ends, that too is `ALREADY_EXISTS`: nobody replaces what he has not seen. Not set where roots stand side by side.
   */
  readonly oneRoot?: 'kept' | 'replaced';
  /** `delete` removes objects. */
  readonly delete: boolean;
  /** `removeRoot` removes a root with all that is in it. Not set where a place holds one root and nothing else. */
  readonly removeRoots?: boolean;
  /**
   * Single small objects of the target's own, below `.holdfast/` at its top, can be written and deleted beside the roots, also where
   * `append` and `delete` are false: a batch without a root that holds nothing but such a record, and `delete` of such keys. Not set
   * where a place holds one snapshot and nothing else.
   */
  readonly ownObjects?: boolean;
  /** `commit({ifAbsent: true})` is decided by the store itself, also among racers. */
  readonly putIfAbsent: boolean;
  /** `copy` makes an object from another one of this target without sending its bytes from here. */
  readonly copy: boolean;
  /** A copy takes no space of its own (hard link, reflink). Where `copy` is true and this is false, a copy saves the upload only. */
  readonly copyShares: boolean;
  /** How many requests objects take, where each request is counted and may be paid for; not set where there are none. Frozen. */
  readonly requests?: RequestSizes;
  /**
   * `put` carries mode, time, links and empty folders, so that a snapshot can be taken back with the tools of the
   * medium (`cp -a`, `unzip`). Where false, `put` takes regular objects only and ignores mode and time; the manifest has them.
   */
  readonly attributes: boolean;
  readonly durability: Durability;
  /** Largest object in bytes; `Infinity` where only space limits it. */
  readonly maxObjectBytes: number;
  /** Longest key in bytes of UTF-8, the target's own prefix already taken off. */
  readonly maxKeyBytes: number;
  /** Longest segment of a key in bytes of UTF-8. */
  readonly maxSegmentBytes: number;
  /** How many puts or gets at once are worth while. */
  readonly concurrency: number;
  /**
   * What is put into a batch with a `root` is visible as a whole or not at all (folder, zip). Where this is not set, objects may
   * be visible before the record is, and an interrupted batch may leave some.
   */
  readonly wholeRoots?: boolean;
  /**
   * What a batch with a `root` had staged when its process was killed can be taken over by the next one, which names that root
   * in `begin`. Not set where it is swept, or where staging means uploading.
   */
  readonly adopts?: boolean;
  /** Keys that differ only in case or in Unicode normalisation are different objects. */
  readonly caseSensitiveKeys: boolean;
  /** Keys must also be valid Windows names: no `<>:"|?*\`, no control characters, no `CON`, no trailing dot or space. */
  readonly windowsNames: boolean;
  /**
   * Characters that no key may hold here, beyond the rules of every key; absent where there are none. A zip archive forbids the
   * backslash: whoever unpacks it on Windows would get a folder.
   */
  readonly forbiddenCharacters?: string;
  /** Objects can be put under a retention lock. */
  readonly retention: boolean;
  /** For how many milliseconds a listing may lag behind a put that has returned; 0 where it never does. */
  readonly listDelayMs: number;
}
