import type { Spool } from '../flow/spool.js';
import { HoldfastError } from '../holdfast-error.js';
import type { FileEntry, ManifestItem, SnapshotRecord } from '../snapshot/index.js';
import { readManifest, readManifestBatches } from '../snapshot/manifest.js';
import type { BackupTarget, CallOptions } from '../target/index.js';
import { MANIFEST_KEY, type SnapshotPrefix } from './layout.js';
import { readProven } from './read-object.js';
import { contentKey } from './store-keys.js';

/** A plain snapshot opened for reading. Its manifest has been read and found to be what the record says. */
export class PlainSnapshot {
  readonly target: BackupTarget;
  readonly prefix: SnapshotPrefix;
  readonly record: SnapshotRecord;
  readonly #manifest: Spool;

  private constructor(target: BackupTarget, prefix: SnapshotPrefix, record: SnapshotRecord, manifest: Spool) {
    this.target = target;
    this.prefix = prefix;
    this.record = record;
    this.#manifest = manifest;
  }

  /** @throws HoldfastError `SNAPSHOT_DAMAGED` when the manifest is missing or not what the record says. */
  static async open(
    target: BackupTarget,
    prefix: SnapshotPrefix,
    record: SnapshotRecord,
    options: CallOptions,
  ): Promise<PlainSnapshot> {
    const manifest = await readProven(target, prefix + MANIFEST_KEY, record.envelope.manifest, options);
    if (typeof manifest === 'string') {
      throw new HoldfastError({
        code: 'SNAPSHOT_DAMAGED',
        message: `the manifest of snapshot ${record.payload.id} in ${target.url} is damaged: ${manifest}`,
        hint: 'Use another copy of this snapshot, or another snapshot. Where its folder or archive can still be opened, files that are whole lie in it under their own names.',
      });
    }
    return new PlainSnapshot(target, prefix, record, manifest);
  }

  get id(): string {
    return this.record.payload.id;
  }

  /** The manifest from the beginning; each item already judged (see {@link readManifest}). */
  entries(): AsyncGenerator<ManifestItem> {
    return readManifest(this.#manifest.read(), this.id);
  }

  /** {@link entries}, some hundred at a time. */
  entryBatches(): AsyncGenerator<readonly ManifestItem[]> {
    return readManifestBatches(this.#manifest.read(), this.id);
  }

  /** The key of a file's bytes in the target. */
  keyOf(entry: FileEntry): string {
    return this.prefix + contentKey(entry);
  }

  /** Frees the manifest. */
  async close(): Promise<void> {
    await this.#manifest.close();
  }
}
