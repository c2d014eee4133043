import type { TargetCapabilities } from './capabilities.js';
import type { AdoptRequest, CopyRequest, Outcome, SmallObject } from './many.js';
import type { ObjectAttributes, ObjectInfo, ObjectSource, StoreDigest } from './object.js';
import type { RemovedRoot, RemoveRootOptions, Residue, SweepOptions } from './sweeping.js';

/** Every call takes a signal; it stops soon after the signal fires, with `ABORTED`, and leaves no half object behind. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  /** Only what lies directly below the prefix; deeper keys appear once, as `prefix` entries that end with `/`. */
  readonly oneLevel?: boolean | undefined;
}

export interface StatOptions extends CallOptions {
  /** Also tell when the object came (`storedAtMs`), by the store's own clock; where the store says it. */
  readonly storedAt?: boolean | undefined;
}

export interface GetOptions extends CallOptions {
  /** Needs the capability `rangeRead`. `length` at least 1; the range must lie inside the object. */
  readonly range?: { readonly offset: number; readonly length: number } | undefined;
}

export interface BeginOptions extends CallOptions {
  /**
   * A new top prefix (one key segment, no slash) that this batch alone fills: every key of the batch, the record's too,
   * lies below it. It appears as a whole or not at all where the medium can do that (folder, zip).
   */
  readonly root?: string | undefined;
  /**
   * Roots of batches of this machine that may have been killed. What those that surely have no owner any more had staged is not
   * swept but kept for `adoptAll`, until this batch ends. Of several batches that name one root at most one gets it. A root that
   * nobody staged, or whose batch lives, is no error. Needs the capability `adopts`, and a `root`.
   */
  readonly adopt?: readonly string[] | undefined;
}

export interface PutOptions extends CallOptions {
  /** Ignored but for `type` where the capability `attributes` is false; there a `type` other than `file` is `UNSUPPORTED`. */
  readonly attributes?: ObjectAttributes | undefined;
}

export interface PutReceipt {
  /**
   * True when the medium itself has answered with a digest of what it holds, and it equals ours. Where it is false,
   * whoever needs proof reads the object back.
   */
  readonly confirmed: boolean;
  /** That digest, as `list` and `stat` give it for the object. Only where it is confirmed; a medium may have none to show. */
  readonly digest?: StoreDigest;
}

/** The object that makes the batch count. Always small, always one single write. */
export interface CommitRecord {
  readonly key: string;
  readonly body: Uint8Array;
  /** Fail with `ALREADY_EXISTS` if the key is taken by other bytes. Needs `putIfAbsent`. Implied where the batch has a `root`. */
  readonly ifAbsent?: boolean | undefined;
}

/** How a commit was made durable, for the summary, the log and `doctor`. */
export interface CommitReceipt {
  /** `fsync`: each file and folder by itself; `syncfs`: one flush of the whole file system; `store`: the server has answered; `memory`: not durable. */
  readonly durableBy: 'fsync' | 'syncfs' | 'store' | 'memory';
}

/**
 * Objects written together and ended by a commit record. Puts and copies may run side by side, up to
 * `capabilities.concurrency` (a call with many objects counts as one); `commit` and `abort` come after all of them have settled. Two batches of one target, of two
 * processes or of two machines, never disturb each other.
 */
export interface WriteBatch {
  /**
   * Stores exactly `source.sizeBytes` bytes under `key`, whole or not at all (law 2).
   *
   * The caller guarantees that the key is not in the target and not in the batch yet. The implementer guarantees that a
   * put that fails has left nothing, that the batch stays usable, and that an error thrown by the source comes out as the very same object.
   *
   * @throws TargetError `SIZE_MISMATCH` if the source gives more or fewer bytes; `NO_SPACE`, `UNAVAILABLE`, … of the medium;
   *   `INVALID_KEY` if the key is outside the batch's root; `UNSUPPORTED` before any I/O.
   */
  put(key: string, source: ObjectSource, options?: PutOptions): Promise<PutReceipt>;
  /**
   * Makes `toKey` hold the same bytes as `fromKey`, which is an object of the target or one put earlier into this batch,
   * without sending them from here: reflink, hard link, server-side copy. Needs the capability `copy`.
   *
   * An implementer links only if what it stores for `toKey` would be equal in every way (content, mode, owner, time).
   *
   * @throws TargetError `COPY_REFUSED` if this object cannot be copied cheaply: the caller puts it instead. `NOT_FOUND` without a source.
   */
  copy(fromKey: string, toKey: string, options?: PutOptions): Promise<void>;
  /**
   * Many small objects in one call, each stored as by `put`: what they cost one by one is more the call than the bytes. An object that
   * fails does not touch the others. It never rejects, and answers for each object, in their order. Where a medium has no
   * faster way, `oneByOne` makes it of `put`.
   *
   * The caller guarantees a few hundred objects and a few MiB at most, and that no bytes change until it has settled.
   */
  putAll(objects: readonly SmallObject[], options?: CallOptions): Promise<readonly Outcome<PutReceipt>[]>;
  /** Many copies in one call, each made as by `copy`, on the terms of {@link putAll}. */
  copyAll(copies: readonly CopyRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]>;
  /**
   * Takes over objects that batches named in `begin({ adopt })` had staged, on the terms of {@link putAll}: no bytes are sent, no
   * space is needed. Nothing is believed but what is read again: each object is a file, under no further name, of just this size,
   * content, mode, owner and time, or it is refused. What is refused is removed; what is taken over is an object of this batch as if it had been put.
   *
   * Each fails with `COPY_REFUSED` if what was staged is something else, `NOT_FOUND` if nothing was: the caller puts it then.
   */
  adoptAll(requests: readonly AdoptRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]>;
  /**
   * Ends the batch. When it resolves, every object and the record are durable and visible (law 1). If it rejects the
   * record is not visible, unless the answer alone was lost.
   *
   * @throws TargetError `ALREADY_EXISTS` for a root or an `ifAbsent` record that others have made; `ABORTED` if a staged object has vanished.
   */
  commit(record?: CommitRecord, options?: CallOptions): Promise<CommitReceipt>;
  /** Gives the batch up and takes back what it put, best effort. Never throws because something is already gone. */
  abort(): Promise<void>;
}

/**
 * A store of **immutable objects under slash-separated keys**, written in **batches that end with a commit record**. It is
 * the one interface of every storage adapter, and the only thing the engine knows of storage. The laws are in
 * `docs/target-contract.md`; `@holdfast/target-testkit` tries every one of them on an implementation.
 *
 * - When `commit` resolves, all is durable and visible. At no instant, whatever is killed, is the record visible while
 *   an object put before it in the batch is not durable and whole.
 * - A put stores exactly the announced bytes, or fails and leaves nothing.
 * - What is staged or left over never shows in `list`. `begin` sweeps only what surely has no owner any more.
 * - `get` never lies: a missing key, a range outside, a stream that breaks are errors, never short data.
 * - `list` is exact: each key once, in byte order, complete when it ends without an error.
 * - What is not supported is declared, and said before any I/O.
 */
export interface BackupTarget {
  /** `file:///…`, `zip:///…`, `s3://bucket/prefix`. Never holds a secret. */
  readonly url: string;
  /** Frozen. */
  readonly capabilities: TargetCapabilities;
  /**
   * Absolute real paths, on this machine, of every file or folder that the target writes to; empty for one that is not
   * on this machine's file systems. The first is the target's own place. A backup leaves them out of its sources, and refuses a source that lies inside.
   */
  readonly localPaths: readonly string[];
  /**
   * Every object whose key begins with `prefix` (empty, or ending with `/`), in UTF-8 byte order of the keys (in a one-level
   * listing a `prefix` counts with its `/`). A prefix or place with nothing in it gives an empty list.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>;
  /** The object's info; `undefined` only when it is surely absent: whatever cannot be asked is an error. */
  stat(key: string, options?: StatOptions): Promise<ObjectInfo | undefined>;
  /**
   * The bytes of a `file` object, in pieces of any size; a piece is the reader's, and is not written to again. An error midway
   * is an error of the iteration.
   *
   * @throws TargetError `NOT_FOUND` (also for a symlink or a folder: they have no bytes); `INVALID_RANGE`; `CORRUPT`.
   */
  get(key: string, options?: GetOptions): AsyncIterable<Uint8Array>;
  begin(options?: BeginOptions): Promise<WriteBatch>;
  /**
   * Removes objects; absent ones are no error. No order holds within one call: whoever needs the record gone first calls
   * twice. Folders that became empty go too, up to the target's root. Needs the capability `delete`.
   */
  delete(keys: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * Removes a root and everything below it; an absent one is no error. When it resolves the root is gone, durably.
   *
   * Where roots are whole it vanishes in one step: killed at any instant, it is there as a whole or not at all. Elsewhere the `record`
   * goes first. No other root loses anything, whatever the two share. It must work on a medium that is full. Needs `removeRoots`.
   *
   * @throws TargetError `INVALID_KEY` for what cannot be a root, and for a record outside of it.
   */
  removeRoot(root: string, options?: RemoveRootOptions): Promise<RemovedRoot>;
  /**
   * Names, and unless `dryRun` clears, what batches have left that surely have no owner any more (law 3). What may be a living
   * batch's is named and left alone. Nothing that is listed is touched but the `abandonedRoots` given. It must work on a medium that is full.
   */
  sweep(options?: SweepOptions): AsyncIterable<Residue>;
  /** Frees sockets, workers, descriptors. Everything after it fails with `CLOSED`. */
  close(): Promise<void>;
}
