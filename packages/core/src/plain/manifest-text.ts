import { createHash } from 'node:crypto';
import { GatheredText } from '../flow/gathered-text.js';
import { joinSorted, type Keyed } from '../flow/join-sorted.js';
import { Spool } from '../flow/spool.js';
import { type Entry, pathBytesOf } from '../snapshot/index.js';
import { contentsLine, manifestLine, readOwnManifest } from '../snapshot/manifest.js';
import { orderKey } from '../snapshot/path-order.js';
import { sha256sumLine } from './sha256sums.js';
import { contentKey } from './store-keys.js';

/** The manifest of a snapshot that is being written, what its checksums say, and the hash over its contents. */
export class ManifestText {
  #contents = createHash('sha256');
  readonly #contentsText = new GatheredText((bytes) => this.#contents.update(bytes));
  #manifest = new Spool();
  #sums = new Spool();

  get manifest(): Spool {
    return this.#manifest;
  }

  get sums(): Spool {
    return this.#sums;
  }

  /**
   * Adds the next entry, as it stands in this copy. Await the promise where there is one.
   *
   * @param isCommon nothing in it is this copy's own.
   */
  add(kept: Entry, isCommon: boolean): Promise<unknown> | undefined {
    const contents = contentsLine(kept);
    this.#contentsText.add(contents);
    const manifest = this.#manifest.appendText(isCommon ? contents : manifestLine(kept));
    if (kept.type !== 'file') return manifest;
    const sums = this.#sums.appendText(sha256sumLine(kept.sha256, contentKey(kept)));
    return (manifest ?? sums) ? Promise.all([manifest, sums]) : undefined;
  }

  /** After the last one: puts sorted entries among those that were added, which are all written anew. `inserted` is told of each. */
  async insert(entries: AsyncIterable<Entry>, inserted: (entry: Entry) => Promise<void>): Promise<void> {
    const [manifest, sums] = [this.#manifest, this.#sums];
    this.#manifest = new Spool();
    this.#sums = new Spool();
    this.#contentsText.flush();
    this.#contents = createHash('sha256');
    try {
      for await (const { left, right } of joinSorted(keyed(readOwnManifest(manifest.read())), keyed(entries))) {
        if (left !== undefined && right !== undefined) throw new Error(`${right.entry.path} is there twice`);
        if (left !== undefined) await this.add(left.entry, false);
        if (right === undefined) continue;
        await this.add(right.entry, false);
        await inserted(right.entry);
      }
    } finally {
      await manifest.close();
      await sums.close();
    }
  }

  /** SHA-256 over the contents lines so far, hex. Once; after it, nothing can be added. */
  contentsSha256(): string {
    this.#contentsText.flush();
    return this.#contents.digest('hex');
  }

  /** Frees memory and disk. */
  async close(): Promise<void> {
    await this.#manifest.close();
    await this.#sums.close();
  }
}

async function* keyed(entries: AsyncIterable<Entry>): AsyncGenerator<Keyed & { readonly entry: Entry }> {
  for await (const entry of entries) yield { key: orderKey(pathBytesOf(entry), entry.type === 'directory'), entry };
}
