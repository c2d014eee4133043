import { Spool } from '../flow/spool.js';
import type { InspectedFile } from '../inspect/index.js';

/** A content that an inspector can look into, until it is closed. */
export interface HeldContent {
  readonly file: InspectedFile;
  /** Of all that was taken in, hex. */
  readonly sha256: string;
  close(): Promise<void>;
}

/** Takes a content in as it passes by, to hold it for an inspector: a few MiB in memory, more in a private file. */
export class ContentHolder {
  readonly #spool = new Spool({ byPath: true });
  #fault: { readonly error: unknown } | undefined;

  /** Never rejects: what passes by is on its way to where it must come, with room here to hold it or without. The array is kept. */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.#fault !== undefined) return;
    try {
      await this.#spool.append(bytes);
    } catch (error) {
      this.#fault = { error };
      // What is of no use takes no room.
      await this.#spool.close().catch(() => undefined);
    }
  }

  /** SHA-256 of what was taken in, hex; `undefined` if it could not be held. Nothing can be added after it. */
  get sha256(): string | undefined {
    return this.#fault === undefined ? this.#spool.sha256 : undefined;
  }

  /** @throws why it could not be held. */
  throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  /** @param name the last segment of the file's path. */
  async hold(name: string): Promise<HeldContent> {
    this.throwFault();
    const content = await this.#spool.held();
    const { sizeBytes, sha256 } = this.#spool;
    return { file: { name, sizeBytes, content }, sha256, close: () => this.#spool.close() };
  }

  /** Gives up what was taken in. */
  async close(): Promise<void> {
    await this.#spool.close();
  }
}

/** Holds all of a content. @throws what `chunks` throws; the error of a disk that has no room to hold it. */
export async function holdContent(name: string, chunks: AsyncIterable<Uint8Array>): Promise<HeldContent> {
  const holder = new ContentHolder();
  try {
    for await (const chunk of chunks) {
      await holder.add(chunk);
      holder.throwFault();
    }
    return await holder.hold(name);
  } catch (error) {
    await holder.close();
    throw error;
  }
}
