import { randomBytes } from 'node:crypto';
import { Spool } from '../flow/spool.js';
import { type Entry, type FileEntry, linkTargetBytesOf, type SnapshotPayload } from '../snapshot/index.js';
import { encodeRecord } from '../snapshot/record.js';
import {
  type BackupTarget,
  type CallOptions,
  type CommitReceipt,
  emptySource,
  isTargetError,
  keyFaultOn,
  type ObjectAttributes,
  type ObjectSource,
  type Outcome,
  type PutReceipt,
  type WriteBatch,
} from '../target/index.js';
import { KeptDigests } from './kept-digests.js';
import { MANIFEST_KEY, RECORD_KEY, RESTORE_TEXT_KEY, SHA256SUMS_KEY } from './layout.js';
import { ManifestText } from './manifest-text.js';
import { assertReadableRecord } from './readable-record.js';
import { ALIAS_HEADING, aliasLine, restoreText } from './restore-text.js';
import { KeyPlanner, keyFor } from './store-keys.js';
import { CURRENT_VERSIONS } from './versions.js';

/**
 * Writes one plain snapshot: entries go through `plan` in order, then `put` or `copy` side by side, then `append` in order
 * again; `commit` writes manifest, checksums and RESTORE.txt, and the record last.
 */
export class PlainWriter {
  readonly target: BackupTarget;
  readonly id: string;
  readonly #batch: WriteBatch;
  readonly #keys: KeyPlanner;
  readonly #text = new ManifestText();
  readonly #aliases = new Spool();
  #hasAliases = false;
  readonly #digests: KeptDigests;

  private constructor(target: BackupTarget, id: string, batch: WriteBatch) {
    this.target = target;
    this.id = id;
    this.#batch = batch;
    this.#digests = new KeptDigests(`${id}/`);
    this.#keys = new KeyPlanner(target.capabilities, `${id}/`);
  }

  /** @param adopt ids of snapshots whose writing was killed, from which files are to be taken over; where the target can. */
  static async begin(
    target: BackupTarget,
    id: string,
    options: CallOptions,
    adopt: readonly string[] = [],
  ): Promise<PlainWriter> {
    const adoption = target.capabilities.adopts === true && adopt.length > 0 ? { adopt } : {};
    return new PlainWriter(target, id, await target.begin({ ...options, root: id, ...adoption }));
  }

  /** {@link plan} for entries that come by themselves and in an order of their own, below tops that no other entry lies below. */
  planApart(): (entry: Entry) => string | undefined {
    const keys = new KeyPlanner(this.target.capabilities, `${this.id}/`);
    return (entry) => this.#plan(keys, entry);
  }

  /** First, in order: where an entry's bytes go, below the snapshot; `undefined` where it stands in the manifest alone. */
  plan(entry: Entry): string | undefined {
    return this.#plan(this.#keys, entry);
  }

  #plan(keys: KeyPlanner, entry: Entry): string | undefined {
    const usable = keys.usable(entry);
    if (entry.type === 'file') return keyFor(entry, usable);
    return usable && this.target.capabilities.attributes ? entry.path : undefined;
  }

  /**
   * Where the bytes of an export go, or of a folder of exports, below the snapshot: these come in no order, and their names are unlike all others
   * whatever a target takes for equal.
   */
  planExport(entry: Entry): string | undefined {
    const { capabilities } = this.target;
    const usable = keyFaultOn(`${this.id}/${entry.path}`, capabilities) === undefined;
    if (entry.type === 'file') return keyFor(entry, usable);
    return usable && capabilities.attributes ? entry.path : undefined;
  }

  /** Puts a file's bytes. Gives true when the target has confirmed them with a digest of its own. */
  async put(
    key: string,
    entry: Omit<FileEntry, 'sha256' | 'stable'>,
    source: ObjectSource,
    options: CallOptions,
  ): Promise<boolean> {
    const receipt = await this.#batch.put(`${this.id}/${key}`, source, { ...options, attributes: attributesOf(entry) });
    this.#digests.keep(key, receipt);
    return receipt.confirmed;
  }

  /**
   * Takes a file's bytes from an object of the target, or of this snapshot, that holds the same.
   * Gives false where the target cannot, or the object is gone: the caller puts them then.
   */
  async copy(fromKey: string, key: string, entry: FileEntry, options: CallOptions): Promise<boolean> {
    if (!this.target.capabilities.copy) return false;
    try {
      await this.#batch.copy(fromKey, `${this.id}/${key}`, { ...options, attributes: attributesOf(entry) });
      this.#digests.noteCopy(fromKey, key);
      return true;
    } catch (error) {
      if (isNotThatWay(error)) return false;
      throw error;
    }
  }

  /** {@link put} of many small files in one call, with an outcome for each. */
  async putAll(
    files: readonly { readonly key: string; readonly entry: FileEntry; readonly bytes: Uint8Array }[],
    options: CallOptions,
  ): Promise<readonly Outcome<PutReceipt>[]> {
    const outcomes = await this.#batch.putAll(
      files.map(({ key, entry, bytes }) => ({ key: `${this.id}/${key}`, bytes, attributes: attributesOf(entry) })),
      options,
    );
    for (const [index, outcome] of outcomes.entries()) {
      const file = files[index];
      if (outcome.status === 'fulfilled' && file !== undefined) this.#digests.keep(file.key, outcome.value);
    }
    return outcomes;
  }

  /** {@link copy} of many files in one call, with its answer for each. @throws the first error of the target. */
  async copyAll(
    files: readonly { readonly fromKey: string; readonly key: string; readonly entry: FileEntry }[],
    options: CallOptions,
  ): Promise<readonly boolean[]> {
    if (!this.target.capabilities.copy) return files.map(() => false);
    const outcomes = await this.#batch.copyAll(
      files.map(({ fromKey, key, entry }) => ({
        fromKey,
        toKey: `${this.id}/${key}`,
        attributes: attributesOf(entry),
      })),
      options,
    );
    return outcomes.map((outcome, index) => {
      const file = files[index];
      const isCopied = isDone(outcome);
      if (isCopied && file !== undefined) this.#digests.noteCopy(file.fromKey, file.key);
      return isCopied;
    });
  }

  /**
   * Takes over files that a killed run had staged for the snapshot `fromId`, with the answer for each: what could not be taken has to
   * be put. @throws what ends the backup.
   */
  async adoptAll(
    files: readonly { readonly fromId: string; readonly key: string; readonly entry: FileEntry }[],
    options: CallOptions,
  ): Promise<readonly boolean[]> {
    const outcomes = await this.#batch.adoptAll(
      files.map(({ fromId, key, entry }) => ({
        fromKey: `${fromId}/${key}`,
        toKey: `${this.id}/${key}`,
        sizeBytes: entry.sizeBytes,
        sha256: entry.sha256,
        attributes: attributesOf(entry),
      })),
      options,
    );
    return outcomes.map((outcome) => {
      if (outcome.status === 'fulfilled') return true;
      // Whatever else went wrong: the put that follows meets it too, or does not.
      if (!isTargetError(outcome.reason) || isTargetError(outcome.reason, 'ABORTED')) throw outcome.reason;
      return false;
    });
  }

  /** The full key of something this snapshot holds, for {@link copy}. */
  fullKey(key: string): string {
    return `${this.id}/${key}`;
  }

  /** Puts a folder or a symlink, as decoration for the tools of the medium. */
  async decorate(key: string, entry: Entry, options: CallOptions): Promise<void> {
    await this.#batch.put(`${this.id}/${key}`, emptySource, { ...options, attributes: attributesOf(entry) });
  }

  /**
   * Last, in order: the entry counts now, without what is another copy's own. `key` is what `plan` gave; `parent` is the file of another
   * snapshot of this target that a copy was made of. Await the promise where there is one.
   */
  append(entry: Entry, key: string | undefined, parent?: FileEntry): Promise<unknown> | undefined {
    const kept = this.keptEntry(entry, key, parent);
    const written = this.#text.add(kept, kept === entry);
    if (kept.type !== 'file' || kept.key === undefined) return written;
    return Promise.all([written, this.#appendAlias(kept, kept.key)]);
  }

  /**
   * After the last entry: puts entries among those that were appended, in their places. They are as {@link keptEntry} gave them, and sorted. All that
   * was written so far is written anew, so it is done once.
   */
  async insert(entries: AsyncIterable<Entry>): Promise<void> {
    await this.#text.insert(entries, async (entry) => {
      if (entry.type === 'file' && entry.key !== undefined) await this.#appendAlias(entry, entry.key);
    });
  }

  /** The entry with what is this copy's own: what the target has said of its bytes is forgotten then. */
  keptEntry(entry: Entry, key: string | undefined, parent: FileEntry | undefined): Entry {
    if (entry.type !== 'file' || key === undefined) return entry;
    const storeDigest = this.#digests.take(entry, key, parent);
    if (key === entry.path && storeDigest === undefined) return entry;
    return { ...entry, ...(key === entry.path ? {} : { key }), ...(storeDigest === undefined ? {} : { storeDigest }) };
  }

  #appendAlias({ path, pathBytes }: FileEntry, key: string): Promise<void> | undefined {
    const heading = this.#hasAliases ? '' : ALIAS_HEADING;
    this.#hasAliases = true;
    return this.#aliases.appendText(heading + aliasLine(key, path, pathBytes));
  }

  /** SHA-256 over the contents lines so far. Once; after it, nothing can be appended. */
  contentsSha256(): string {
    return this.#text.contentsSha256();
  }

  /** Writes what describes the snapshot, and the record last. When it resolves, the snapshot is durable and visible. */
  async commit(payload: SnapshotPayload, options: CallOptions): Promise<CommitReceipt> {
    const text = new Spool();
    const { manifest, sums } = this.#text;
    try {
      await text.appendText(restoreText(payload));
      for await (const chunk of this.#aliases.read()) await text.append(chunk);
      for (const [key, spool] of [
        [MANIFEST_KEY, manifest],
        [SHA256SUMS_KEY, sums],
        [RESTORE_TEXT_KEY, text],
      ] as const) {
        await this.#batch.put(`${this.id}/${key}`, spool.source, options);
      }
      const body = encodeRecord({
        holdfast: 'snapshot',
        versions: CURRENT_VERSIONS,
        payload,
        envelope: {
          format: 'plain',
          manifest: { sizeBytes: manifest.sizeBytes, sha256: manifest.sha256 },
          sha256sums: { sizeBytes: sums.sizeBytes, sha256: sums.sha256 },
          restoreText: { sizeBytes: text.sizeBytes, sha256: text.sha256 },
          nonce: randomBytes(16).toString('hex'),
        },
      });
      assertReadableRecord(payload.id, body);
      return await this.#batch.commit({ key: `${this.id}/${RECORD_KEY}`, body }, options);
    } finally {
      await text.close();
    }
  }

  /** Gives up: what was put goes away, best effort. Never throws: why it is given up is what counts. */
  async abort(): Promise<void> {
    await this.#batch.abort().catch(() => undefined);
  }

  /** Frees what it held, after commit or abort. */
  async close(): Promise<void> {
    await this.#text.close();
    await this.#aliases.close();
  }
}

/** Has it been done? False where the object has to be put. @throws what is no reason to put it */
function isDone(outcome: Outcome<void>): boolean {
  if (outcome.status === 'rejected' && !isNotThatWay(outcome.reason)) throw outcome.reason;
  return outcome.status === 'fulfilled';
}

/** Can the object not be copied, but put? */
function isNotThatWay(error: unknown): boolean {
  return isTargetError(error, 'COPY_REFUSED') || isTargetError(error, 'NOT_FOUND') || isTargetError(error, 'CORRUPT');
}

function attributesOf(entry: Pick<Entry, 'mode' | 'mtimeNs' | 'type'>): ObjectAttributes {
  const common = { type: entry.type, mode: Number.parseInt(entry.mode, 8), mtimeNs: BigInt(entry.mtimeNs) };
  return entry.type === 'symlink'
    ? { ...common, linkTarget: linkTargetBytesOf(entry as Extract<Entry, { type: 'symlink' }>) }
    : common;
}
