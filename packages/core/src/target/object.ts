/** What an object is to the tools of the medium. Only `file` has content. */
export type ObjectType = 'file' | 'symlink' | 'directory';

/**
 * What a target with the capability `attributes` keeps beside the bytes, so that `cp -a` or `unzip` gives it back.
 * It is decoration: the engine restores from the manifest alone, and never follows a link that it finds in a store.
 */
export interface ObjectAttributes {
  /**
   * `file` by default. A `symlink` needs `linkTarget`; a `directory` needs nothing and is listed only while nothing lies
   * below it. Both are put with an empty source.
   */
  readonly type?: ObjectType;
  /** Permission bits (`0o7777`). A folder target stores files read-only whatever this says: they are shared by snapshots. */
  readonly mode?: number;
  /** Modification time, nanoseconds since 1970. Kept as exactly as the medium can (folder: about 1 µs; zip: 1 s). */
  readonly mtimeNs?: bigint;
  /** Where a symlink points: the bytes of the link, not followed, not checked. */
  readonly linkTarget?: Uint8Array;
}

/** One line of a listing, or the answer of `stat`. */
export interface ObjectInfo {
  /** The key; of a `prefix` (only in one-level listings) the prefix with its closing `/`. */
  readonly key: string;
  readonly type: ObjectType | 'prefix';
  /** Content length in bytes; 0 for all but files. */
  readonly sizeBytes: number;
  /** When a control object came, milliseconds since 1970 on the store's own clock. Only of a `stat` that asks for it, and only where it is known. */
  readonly storedAtMs?: number;
  /** Equal for two keys whose bytes are stored once (hard links): damage to one is damage to both. Absent where not shared. */
  readonly sharedId?: string;
  /** Of a file, what the medium says of the bytes it holds: see {@link StoreDigest}. A listing and `stat` say the same. */
  readonly digest?: StoreDigest;
}

/**
 * A digest that the medium itself has made of the bytes it holds, with its kind before a colon: `md5:…`. Of a file, equal texts mean
 * equal bytes. Different texts mean nothing: a store may make another one of the same bytes (in parts, encrypted), and then puts give none.
 */
export type StoreDigest = string;

/**
 * The bytes of an object to be. It can be opened more than once, so that an upload can be retried without sending a
 * half-read stream; each opening starts anew.
 */
export interface ObjectSource {
  /** Exactly how many bytes each opening gives. A target that gets more or fewer fails the put and stores nothing. */
  readonly sizeBytes: number;
  /** A piece that has been given is not written to again, by neither side. */
  open(): AsyncIterable<Uint8Array>;
}

/** A source over bytes in memory. The bytes must not change while it is in use. */
export function bytesSource(bytes: Uint8Array): ObjectSource {
  return {
    sizeBytes: bytes.byteLength,
    async *open() {
      if (bytes.byteLength > 0) yield bytes;
    },
  };
}

/** The source of a symlink or a folder. */
export const emptySource: ObjectSource = bytesSource(new Uint8Array(0));
