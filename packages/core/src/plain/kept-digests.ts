import type { FileEntry } from '../snapshot/index.js';
import type { PutReceipt, StoreDigest } from '../target/index.js';

/** What the target has said of files that were stored, and whose entries are not written yet: a few at any time. */
export class KeptDigests {
  readonly #prefix: string;
  readonly #digests = new Map<string, StoreDigest>();
  readonly #copied = new Set<string>();

  /** @param prefix of the snapshot's own keys. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  keep(key: string, { digest }: PutReceipt): void {
    this.#copied.delete(key);
    if (digest !== undefined) this.#digests.set(key, digest);
  }

  /** The file is a copy; of another snapshot's file it takes over the digest. */
  noteCopy(fromKey: string, key: string): void {
    if (!fromKey.startsWith(this.#prefix)) this.#copied.add(key);
  }

  /**
   * What the target said of the bytes put, or of those that were copied, and forgets it.
   *
   * @param parent the file that a copy was made of.
   */
  take(entry: FileEntry, key: string, parent: FileEntry | undefined): StoreDigest | undefined {
    const digest = this.#digests.get(key);
    this.#digests.delete(key);
    const isCopy = this.#copied.delete(key);
    return isCopy && parent?.sha256 === entry.sha256 ? parent.storeDigest : digest;
  }
}
