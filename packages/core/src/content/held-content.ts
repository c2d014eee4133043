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

  /** The bytes are copied where the caller goes on using them: a spool keeps what it is given. */
  async add(bytes: Uint8Array): Promise<void> {
    await this.#spool.append(bytes);
  }

  /** SHA-256 of what was taken in, hex; nothing can be added after it. */
  get sha256(): string {
    return this.#spool.sha256;
  }

  /** @param name the last segment of the file's path. */
  async hold(name: string): Promise<HeldContent> {
    const content = await this.#spool.held();
    const { sizeBytes, sha256 } = this.#spool;
    return { file: { name, sizeBytes, content }, sha256, close: () => this.#spool.close() };
  }

  /** Gives up what was taken in. */
  async close(): Promise<void> {
    await this.#spool.close();
  }
}

/** Holds all of a content. */
export async function holdContent(name: string, chunks: AsyncIterable<Uint8Array>): Promise<HeldContent> {
  const holder = new ContentHolder();
  try {
    for await (const chunk of chunks) await holder.add(chunk);
    return await holder.hold(name);
  } catch (error) {
    await holder.close();
    throw error;
  }
}
