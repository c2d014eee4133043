import { inOrder } from '../flow/in-order.js';
import { readLines } from '../flow/read-lines.js';
import { SortedCursor } from '../flow/sorted-cursor.js';
import { Spool } from '../flow/spool.js';
import { isHoldfastError, throwIfAborted } from '../holdfast-error.js';
import { HashingReader, PlainSnapshot, PlainWriter, RECORD_KEY } from '../plain/index.js';
import { type Entry, type FileEntry, isRefused } from '../snapshot/index.js';
import { type BackupTarget, isTargetError } from '../target/index.js';
import type { WholeSnapshot } from './catalog-view.js';
import type { OperationOptions } from './options.js';
import { filesOf, type ParentFile, sharable } from './parent-files.js';
import type { Report } from './report.js';

/** What is read from FROM is not what was stored there. */
export class DamagedSource extends Error {
  override readonly name = 'DamagedSource';
}

/** What TO gives back is not what was sent. */
export class UnequalCopy extends Error {
  override readonly name = 'UnequalCopy';
}

export interface CopiedSnapshot {
  readonly files: number;
  readonly bytes: number;
  readonly sharedFiles: number;
}

interface Ends extends OperationOptions {
  readonly from: BackupTarget;
  readonly to: BackupTarget;
}

/** The longest line of the list of files to read back: a key and a hash. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Copies one snapshot and proves the copy.
 *
 * @throws {@link DamagedSource}, {@link UnequalCopy} (the copy has been taken back as far as TO can); errors of both targets.
 */
export async function copySnapshot(
  ends: Ends,
  whole: WholeSnapshot,
  parent: WholeSnapshot | undefined,
  report: Report,
): Promise<CopiedSnapshot> {
  const { from, to, signal } = ends;
  const source = await PlainSnapshot.open(from, whole.prefix, whole.record, { signal });
  const writer = await PlainWriter.begin(to, whole.id, { signal });
  const copy = new SnapshotCopy(ends, source, writer, await openParent(to, parent, report, signal), report);
  let committed = false;
  try {
    await copy.copyEntries();
    const { durableBy } = await writer.commit(whole.record.payload, { signal });
    committed = true;
    report.emit({ type: 'committed', snapshotId: whole.id, target: to.url, durableBy });
    await copy.readBack();
    return copy.counts;
  } catch (error) {
    if (committed && error instanceof UnequalCopy) await takeBack(to, whole.id);
    throw error;
  } finally {
    if (!committed) await writer.abort();
    await writer.close();
    await copy.close();
    await source.close();
  }
}

async function openParent(
  to: BackupTarget,
  parent: WholeSnapshot | undefined,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<PlainSnapshot | undefined> {
  if (parent === undefined || !to.capabilities.copy) return undefined;
  try {
    return await PlainSnapshot.open(to, parent.prefix, parent.record, { signal });
  } catch (error) {
    if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
    report.note('PARENT_DAMAGED', error.message);
    return undefined;
  }
}

/** One snapshot on its way. */
class SnapshotCopy {
  readonly counts = { files: 0, bytes: 0, sharedFiles: 0 };
  readonly #ends: Ends;
  readonly #source: PlainSnapshot;
  readonly #writer: PlainWriter;
  readonly #parent: PlainSnapshot | undefined;
  readonly #parentFiles: SortedCursor<ParentFile> | undefined;
  readonly #report: Report;
  /** Keys and hashes of what TO has not confirmed: these are read back. */
  readonly #unproven = new Spool();

  constructor(
    ends: Ends,
    source: PlainSnapshot,
    writer: PlainWriter,
    parent: PlainSnapshot | undefined,
    report: Report,
  ) {
    this.#ends = ends;
    this.#source = source;
    this.#writer = writer;
    this.#parent = parent;
    this.#parentFiles =
      parent === undefined ? undefined : new SortedCursor(filesOf(parent), ({ pathBytes }) => pathBytes);
    this.#report = report;
  }

  async copyEntries(): Promise<void> {
    const concurrency = Math.min(this.#ends.from.capabilities.concurrency, this.#ends.to.capabilities.concurrency);
    for await (const { entry, key } of inOrder(this.#plan(), concurrency, (planned) => this.#store(planned))) {
      await this.#writer.append(entry, key);
    }
    const { contentsSha256 } = this.#source.record.payload;
    if (this.#writer.contentsSha256() !== contentsSha256)
      throw new DamagedSource('the manifest does not hold what the record says');
  }

  async *#plan(): AsyncGenerator<PlannedCopy> {
    for await (const item of this.#source.entries()) {
      throwIfAborted(this.#ends.signal);
      if (isRefused(item))
        throw new DamagedSource(`its manifest holds "${item.path}", which is refused: ${item.reason}`);
      const entry = withoutKey(item.entry);
      const fromKey = item.entry.type === 'file' ? this.#source.keyOf(item.entry) : undefined;
      const parent = entry.type === 'file' ? (await this.#parentFiles?.find(item.pathBytes))?.entry : undefined;
      yield { entry, key: this.#writer.plan(entry), fromKey, parent };
    }
  }

  async #store(planned: PlannedCopy): Promise<PlannedCopy> {
    const { entry, key, fromKey, parent } = planned;
    const { signal } = this.#ends;
    if (key === undefined) return planned;
    if (entry.type !== 'file') {
      await this.#writer.decorate(key, entry, { signal });
      return planned;
    }
    if (parent !== undefined && this.#parent !== undefined && sharable(parent, entry)) {
      if (await this.#writer.copy(this.#parent.keyOf(parent), key, entry, { signal })) {
        this.counts.sharedFiles += 1;
        this.#report.file('shared', entry.path, entry.sizeBytes);
        this.#report.advance(1, entry.sizeBytes, entry.path);
        return planned;
      }
    }
    const source = { sizeBytes: entry.sizeBytes, open: () => this.#checked(entry, fromKey ?? key) };
    const confirmed = await this.#writer.put(key, entry, source, { signal });
    if (!confirmed) await this.#unproven.appendText(`${JSON.stringify([this.#writer.fullKey(key), entry.sha256])}\n`);
    this.counts.files += 1;
    this.counts.bytes += entry.sizeBytes;
    this.#report.file('copied', entry.path, entry.sizeBytes);
    this.#report.advance(1, 0, entry.path);
    return planned;
  }

  /** A stored file's bytes; at their end they have the hash and size of the manifest, or this throws. */
  async *#checked(entry: FileEntry, key: string): AsyncGenerator<Uint8Array> {
    const { from, signal } = this.#ends;
    const reader = new HashingReader();
    try {
      for await (const chunk of reader.through(from.get(key, { signal }))) {
        this.#report.advance(0, chunk.byteLength, entry.path);
        yield chunk;
      }
    } catch (error) {
      if (isTargetError(error, 'NOT_FOUND'))
        throw new DamagedSource(`${entry.path} is missing in ${from.url}`, { cause: error });
      if (isTargetError(error, 'CORRUPT'))
        throw new DamagedSource(`${entry.path} is damaged in ${from.url}: ${error.reason}`, { cause: error });
      throw error;
    }
    if (reader.sizeBytes !== entry.sizeBytes || reader.sha256() !== entry.sha256) {
      throw new DamagedSource(`${entry.path} is damaged in ${from.url}: its checksum does not fit`);
    }
  }

  /** Reads back what TO has not confirmed by itself. */
  async readBack(): Promise<void> {
    const { to, signal } = this.#ends;
    const lines = readLines(this.#unproven.read(), MAX_LINE_BYTES, () => new Error('a line is too long'));
    const check = async (line: Buffer): Promise<void> => {
      throwIfAborted(signal);
      const [key, sha256] = JSON.parse(line.toString('utf8')) as [string, string];
      const reader = new HashingReader();
      for await (const _ of reader.through(to.get(key, { signal })));
      if (reader.sha256() !== sha256)
        throw new UnequalCopy(`${key} came back from ${to.url} with other bytes than were sent`);
    };
    for await (const _ of inOrder(lines, to.capabilities.concurrency, check));
  }

  async close(): Promise<void> {
    await this.#parentFiles?.close();
    await this.#parent?.close();
    await this.#unproven.close();
  }
}

interface PlannedCopy {
  readonly entry: Entry;
  readonly key: string | undefined;
  readonly fromKey: string | undefined;
  readonly parent: FileEntry | undefined;
}

/** The entry as every copy has it: where its bytes lie is each target's own. */
function withoutKey(entry: Entry): Entry {
  if (entry.type !== 'file' || entry.key === undefined) return entry;
  const { key: _, ...rest } = entry;
  return rest;
}

/** A copy that is not equal must not be found: its record first, then the rest. */
async function takeBack(to: BackupTarget, id: string): Promise<void> {
  if (!to.capabilities.delete) return;
  await to.delete([`${id}/${RECORD_KEY}`]);
  const keys: string[] = [];
  for await (const { key } of to.list(`${id}/`)) keys.push(key);
  await to.delete(keys);
}
