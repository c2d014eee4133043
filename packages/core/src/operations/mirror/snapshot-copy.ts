import { inOrder } from '../../flow/in-order.js';
import { readLines } from '../../flow/read-lines.js';
import { Spool } from '../../flow/spool.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { HashingReader, holdsContent, type PlainSnapshot, type PlainWriter } from '../../plain/index.js';
import { type Entry, type FileEntry, isRefused, type ManifestItem, type SnapshotCounts } from '../../snapshot/index.js';
import { type BackupTarget, isTargetError, type TargetErrorCode } from '../../target/index.js';
import { type ParentSnapshot, sharable } from '../backup/parent-snapshot.js';
import { countEntry, noCounts } from '../entry-counts.js';
import type { OperationOptions } from '../options.js';
import type { Report } from '../report.js';
import { DamagedSource, UnequalCopy } from './unequal-copy.js';

/** The two ends of a mirror. */
export interface MirrorEnds extends OperationOptions {
  readonly from: BackupTarget;
  readonly to: BackupTarget;
}

/** What went from one target to the other. */
export interface CopyCounts {
  readonly files: number;
  readonly bytes: number;
  /** Files that TO had already: of an earlier snapshot, or under another of their names. */
  readonly sharedFiles: number;
  /** Of the shared ones, those that the store copied by itself, and that were not read back. */
  readonly unreadFiles: number;
}

/** What part of a snapshot is copied, and what becomes of a file that is damaged. */
export interface CopiedPart {
  /** In the order of the manifest. */
  items(): AsyncIterable<ManifestItem>;
  /** What cannot be had is named, and left out; otherwise it ends the copy. */
  readonly skipDamaged: boolean;
}

interface PlannedCopy {
  readonly entry: Entry;
  readonly key: string | undefined;
  readonly fromKey: string | undefined;
  readonly parent: FileEntry | undefined;
}

/** The first name of a file that has several. */
interface FirstName {
  readonly entry: FileEntry;
  readonly key: string;
  readonly stored: Promise<void>;
}

/** The longest line of the list of files to read back: a key and a hash. */
const MAX_LINE_BYTES = 64 * 1024;

/** Errors of FROM that concern one stored file, as far as can be told: other snapshots may still be copied. */
const OF_ONE_FILE: ReadonlySet<TargetErrorCode> = new Set(['CORRUPT', 'NOT_FOUND', 'UNAVAILABLE', 'ACCESS_DENIED']);

/** One snapshot on its way from one target to another. */
export class SnapshotCopy {
  readonly counts = { files: 0, bytes: 0, sharedFiles: 0, unreadFiles: 0 };
  readonly #ends: MirrorEnds;
  readonly #source: PlainSnapshot;
  readonly #writer: PlainWriter;
  readonly #parent: ParentSnapshot | undefined;
  readonly #report: Report;
  readonly #links = new Map<number, FirstName>();
  /** Keys and hashes of what TO has not confirmed: these are read back. */
  readonly #unproven = new Spool();

  constructor(
    ends: MirrorEnds,
    source: PlainSnapshot,
    writer: PlainWriter,
    parent: ParentSnapshot | undefined,
    report: Report,
  ) {
    this.#ends = ends;
    this.#source = source;
    this.#writer = writer;
    this.#parent = parent;
    this.#report = report;
  }

  /**
   * @param part all of it, if it is left out, and then nothing may be missing.
   * @throws {@link DamagedSource}; errors of both targets.
   */
  async copyEntries(part?: CopiedPart): Promise<SnapshotCounts> {
    const counted = noCounts();
    const concurrency = Math.min(this.#ends.from.capabilities.concurrency, this.#ends.to.capabilities.concurrency);
    const store = async (planned: PlannedCopy): Promise<PlannedCopy | undefined> =>
      this.#store(planned).catch((error: unknown) => {
        if (part?.skipDamaged !== true || !(error instanceof DamagedSource)) throw error;
        const { path } = planned.entry;
        const message = error.message.startsWith(`${path} `) ? error.message.slice(path.length + 1) : error.message;
        this.#skip('DAMAGED', path, message);
        return undefined;
      });
    for await (const stored of inOrder(this.#plan(part, counted), concurrency, store)) {
      if (stored === undefined) counted.skipped += 1;
      else {
        await this.#writer.append(stored.entry, stored.key, stored.parent);
        countEntry(counted, stored.entry);
      }
    }
    if (part !== undefined) return counted;
    const { contentsSha256 } = this.#source.record.payload;
    if (this.#writer.contentsSha256() !== contentsSha256)
      throw new DamagedSource('the manifest does not hold what the record says');
    return counted;
  }

  #skip(code: 'DAMAGED' | 'UNSAFE', path: string, message: string): void {
    this.#report.problem({ code, path, message, snapshotId: this.#source.id });
  }

  /**
   * Reads back what TO has not confirmed by itself. After the commit.
   *
   * @throws {@link UnequalCopy}.
   */
  async readBack(): Promise<void> {
    const { to, signal } = this.#ends;
    const lines = readLines(this.#unproven.read(), MAX_LINE_BYTES, () => new Error('a line is too long'));
    const check = async (line: Buffer): Promise<void> => {
      throwIfAborted(signal);
      const [key, sha256] = JSON.parse(line.toString('utf8')) as [string, string];
      const reader = new HashingReader();
      try {
        for await (const _ of reader.through(to.get(key, { signal })));
      } catch (cause) {
        if (!isTargetError(cause, 'CORRUPT') && !isTargetError(cause, 'NOT_FOUND')) throw cause;
        throw new UnequalCopy(`${key} did not come back from ${to.url}: ${cause.reason}`, { cause });
      }
      if (reader.sha256() !== sha256)
        throw new UnequalCopy(`${key} came back from ${to.url} with other bytes than were sent`);
    };
    for await (const _ of inOrder(lines, to.capabilities.concurrency, check));
  }

  async close(): Promise<void> {
    await this.#parent?.close();
    await this.#unproven.close();
  }

  async *#plan(part: CopiedPart | undefined, counted: { skipped: number }): AsyncGenerator<PlannedCopy> {
    for await (const item of part?.items() ?? this.#source.entries()) {
      throwIfAborted(this.#ends.signal);
      if (isRefused(item) && part?.skipDamaged === true) {
        counted.skipped += 1;
        this.#skip('UNSAFE', item.path, item.reason);
        continue;
      }
      if (isRefused(item))
        throw new DamagedSource(`its manifest holds "${item.path}", which is refused: ${item.reason}`);
      const entry = withoutOwn(item.entry);
      const fromKey = item.entry.type === 'file' ? this.#source.keyOf(item.entry) : undefined;
      const parent = entry.type === 'file' ? await this.#parent?.file(item.pathBytes) : undefined;
      yield { entry, key: this.#writer.plan(entry), fromKey, parent };
    }
  }

  async #store(planned: PlannedCopy): Promise<PlannedCopy> {
    const { entry, key } = planned;
    if (key === undefined) return planned;
    if (entry.type !== 'file') await this.#writer.decorate(key, entry, { signal: this.#ends.signal });
    else await this.#storeNamed(planned, entry, key);
    return planned;
  }

  #storeNamed(planned: PlannedCopy, entry: FileEntry, key: string): Promise<void> {
    if (entry.hardLink === undefined) return this.#storeFile(planned, entry, key);
    const first = this.#links.get(entry.hardLink);
    if (first !== undefined) return this.#storeFurtherName(planned, entry, key, first);
    const stored = this.#storeFile(planned, entry, key);
    this.#links.set(entry.hardLink, { entry, key, stored });
    return stored;
  }

  async #storeFurtherName(planned: PlannedCopy, entry: FileEntry, key: string, first: FirstName): Promise<void> {
    // Where the first one cannot be had, this one says so by itself.
    const isThere = await first.stored.then(
      () => true,
      () => false,
    );
    const shared =
      isThere && sharable(first.entry, entry) && (await this.#share(this.#writer.fullKey(first.key), key, entry));
    if (!shared) await this.#storeFile(planned, entry, key);
  }

  async #storeFile({ fromKey, parent }: PlannedCopy, entry: FileEntry, key: string): Promise<void> {
    if (parent !== undefined && this.#parent !== undefined && sharable(parent, entry)) {
      if (await this.#shareParent(this.#parent.keyOf(parent), key, entry)) return;
    }
    const source = { sizeBytes: entry.sizeBytes, open: () => this.#proven(entry, fromKey ?? key) };
    const confirmed = await this.#writer.put(key, entry, source, { signal: this.#ends.signal });
    if (!confirmed) await this.#unproven.appendText(`${JSON.stringify([this.#writer.fullKey(key), entry.sha256])}\n`);
    this.counts.files += 1;
    this.counts.bytes += entry.sizeBytes;
    this.#report.file('copied', entry.path, entry.sizeBytes);
    this.#report.advance(1, 0, entry.path);
  }

  /**
   * Shares what an earlier snapshot of TO holds. Where a copy is the same bytes (a link), these are read and compared first: a copy is not proven by what was once there. A store that copies by itself vouches for what it holds.
   */
  async #shareParent(parentKey: string, key: string, entry: FileEntry): Promise<boolean> {
    const { to, signal } = this.#ends;
    if (to.capabilities.copyShares && !(await holdsContent(to, parentKey, entry, { signal }))) return false;
    if (!(await this.#share(parentKey, key, entry))) return false;
    if (!to.capabilities.copyShares) this.counts.unreadFiles += 1;
    return true;
  }

  async #share(fromKey: string, key: string, entry: FileEntry): Promise<boolean> {
    if (!(await this.#writer.copy(fromKey, key, entry, { signal: this.#ends.signal }))) return false;
    this.counts.sharedFiles += 1;
    this.#report.file('shared', entry.path, entry.sizeBytes);
    this.#report.advance(1, entry.sizeBytes, entry.path);
    return true;
  }

  /** A stored file's bytes; at their end they have the hash and size of the manifest, or this throws. */
  async *#proven(entry: FileEntry, key: string): AsyncGenerator<Uint8Array> {
    const { from, signal } = this.#ends;
    const reader = new HashingReader();
    try {
      for await (const chunk of reader.through(from.get(key, { signal }))) {
        // Not one byte more than was recorded goes out: the other side would take it for a fault of its own.
        if (reader.sizeBytes > entry.sizeBytes)
          throw new DamagedSource(`${entry.path} is damaged in ${from.url}: it has more than ${entry.sizeBytes} bytes`);
        this.#report.advance(0, chunk.byteLength, entry.path);
        yield chunk;
      }
    } catch (cause) {
      if (!isTargetError(cause) || !OF_ONE_FILE.has(cause.code)) throw cause;
      if (cause.code === 'NOT_FOUND') throw new DamagedSource(`${entry.path} is missing in ${from.url}`, { cause });
      throw new DamagedSource(`${entry.path} cannot be read from ${from.url}: ${cause.reason}`, { cause });
    }
    if (reader.sizeBytes !== entry.sizeBytes || reader.sha256() !== entry.sha256)
      throw new DamagedSource(`${entry.path} is damaged in ${from.url}: its checksum does not fit`);
  }
}

/** The entry as every copy has it: where its bytes lie, and what a store says of them, is each target's own. */
function withoutOwn(entry: Entry): Entry {
  if (entry.type !== 'file' || (entry.key === undefined && entry.storeDigest === undefined)) return entry;
  const { key: _, storeDigest: __, ...rest } = entry;
  return rest;
}
