import type { BigIntStats } from 'node:fs';
import { readLines } from '../../flow/read-lines.js';
import { Spool } from '../../flow/spool.js';
import { type Entry, foldName } from '../../snapshot/index.js';

/** Something to be deleted, as it was when it was listed. */
export interface Deletion {
  /** Its path as it would be in a snapshot. */
  readonly pathBytes: Buffer;
  readonly type: Entry['type'];
  /** 0 for folders and links. */
  readonly sizeBytes: number;
  readonly device: string;
  readonly inode: string;
  /** Empty for what changes it without being changed: a folder, and a file of several names, one of which may be restored. */
  readonly mtimeNs: string;
}

/** What is shown of a list before anything on it is deleted. */
export interface DeletionSummary {
  readonly entries: number;
  readonly bytes: number;
  /** The first paths, at most {@link MAX_SHOWN}. */
  readonly first: readonly string[];
}

/** A person reads no more before a question. */
const MAX_SHOWN = 20;
const MAX_LINE_BYTES = 64 * 1024;

/**
 * What a restore deletes, listed before it does anything: nothing else is ever deleted. What a folder holds comes before the
 * folder. What stands in the way of something that is restored is listed apart, for it has to go first.
 */
export class DeletionList {
  readonly #inTheWay = new Spool();
  readonly #others = new Spool();
  readonly #first: string[] = [];
  /** Folders that stand in the way of files and links. */
  readonly #cleared = new Set<string>();
  #entries = 0;
  #bytes = 0;

  get summary(): DeletionSummary {
    return { entries: this.#entries, bytes: this.#bytes, first: this.#first };
  }

  async add(found: {
    readonly pathBytes: Buffer;
    readonly type: Entry['type'];
    readonly sizeBytes: number;
    readonly stats: BigIntStats;
    readonly inTheWay: boolean;
  }): Promise<void> {
    const { stats, inTheWay, ...rest } = found;
    const mtimeNs = rest.type === 'directory' || stats.nlink > 1n ? '' : String(stats.mtimeNs);
    await this.#keep({ ...rest, device: String(stats.dev), inode: String(stats.ino), mtimeNs }, inTheWay);
  }

  async #keep({ pathBytes, type, sizeBytes, device, inode, mtimeNs }: Deletion, inTheWay: boolean): Promise<void> {
    this.#entries += 1;
    this.#bytes += sizeBytes;
    if (inTheWay && type === 'directory') this.#cleared.add(pathBytes.toString('latin1'));
    if (this.#first.length < MAX_SHOWN)
      this.#first.push(pathBytes.toString('utf8') + (type === 'directory' ? '/' : ''));
    const fields = [pathBytes.toString('base64'), type, sizeBytes, device, inode, mtimeNs];
    await (inTheWay ? this.#inTheWay : this.#others).appendText(`${JSON.stringify(fields)}\n`);
  }

  /** Will this folder, which has the name of a file or link, be gone before that is placed? */
  clears(pathBytes: Buffer): boolean {
    return this.#cleared.has(pathBytes.toString('latin1'));
  }

  /**
   * Takes off the list what is, where case and normalisation do not count, the same name as one of these paths: deleting it would
   * delete what has just been restored. Holds the list's own paths in memory.
   */
  async without(recordedPaths: AsyncIterable<string>): Promise<DeletionList> {
    const listed = new Set<string>();
    for (const part of [this.inTheWay(), this.others()])
      for await (const { pathBytes } of part) listed.add(foldName(pathBytes.toString('utf8')));
    const same = new Set<string>();
    for await (const path of recordedPaths) {
      const folded = foldName(path);
      if (listed.has(folded)) same.add(folded);
    }
    const rest = new DeletionList();
    for (const inTheWay of [true, false]) {
      for await (const deletion of inTheWay ? this.inTheWay() : this.others()) {
        if (!same.has(foldName(deletion.pathBytes.toString('utf8')))) await rest.#keep(deletion, inTheWay);
      }
    }
    await this.close();
    return rest;
  }

  inTheWay(): AsyncGenerator<Deletion> {
    return readList(this.#inTheWay);
  }

  others(): AsyncGenerator<Deletion> {
    return readList(this.#others);
  }

  async close(): Promise<void> {
    await this.#inTheWay.close();
    await this.#others.close();
  }
}

async function* readList(spool: Spool): AsyncGenerator<Deletion> {
  for await (const line of readLines(spool.read(), MAX_LINE_BYTES, () => new Error('a line of the list is too long'))) {
    const [path, type, sizeBytes, device, inode, mtimeNs] = JSON.parse(line.toString('utf8')) as [
      string,
      Entry['type'],
      number,
      string,
      string,
      string,
    ];
    yield { pathBytes: Buffer.from(path, 'base64'), type, sizeBytes, device, inode, mtimeNs };
  }
}

/** Is it still what was listed? */
export function isAsListed(now: BigIntStats, { device, inode, mtimeNs }: Deletion): boolean {
  const isTheSame = String(now.dev) === device && String(now.ino) === inode;
  return isTheSame && (mtimeNs === '' || String(now.mtimeNs) === mtimeNs);
}
