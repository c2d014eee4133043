import { SortedCursor } from '../../flow/sorted-cursor.js';
import { isHoldfastError } from '../../holdfast-error.js';
import { PlainSnapshot } from '../../plain/index.js';
import { type FileEntry, isRefused } from '../../snapshot/index.js';
import type { BackupTarget, CallOptions } from '../../target/index.js';
import type { WholeSnapshot } from '../catalog-view.js';
import type { Report } from '../report.js';
import { ParentExports } from './parent-exports.js';

interface ParentFile {
  readonly pathBytes: Buffer;
  readonly entry: FileEntry;
}

/**
 * The snapshot that a new one in the same target shares with, file by file. It only saves work: where it turns out to be
 * damaged that is noted, and nothing more is shared with it.
 */
export class ParentSnapshot {
  readonly #snapshot: PlainSnapshot;
  readonly #files: SortedCursor<ParentFile>;
  readonly #report: Report;
  readonly #ownsSnapshot: boolean;
  readonly #exports: ParentExports | undefined;
  #damaged = false;
  /** Can the target take over what the parent holds? Else it only tells what was. */
  readonly canShare: boolean;

  private constructor(snapshot: PlainSnapshot, report: Report, exports?: ParentExports, ownsSnapshot = true) {
    this.#ownsSnapshot = ownsSnapshot;
    this.#exports = exports;
    this.canShare = snapshot.target.capabilities.copy;
    this.#snapshot = snapshot;
    this.#files = new SortedCursor(filesOf(snapshot), ({ pathBytes }) => pathBytes);
    this.#report = report;
  }

  /**
   * Opens the first of the candidates whose manifest is whole; none where the target cannot copy.
   *
   * @param contents what it says of contents is to be known too, also where the target cannot copy.
   */
  static async open(
    target: BackupTarget,
    candidates: readonly WholeSnapshot[],
    report: Report,
    options: CallOptions,
    contents = false,
  ): Promise<ParentSnapshot | undefined> {
    if (!target.capabilities.copy && !contents) return undefined;
    for (const { prefix, record } of candidates) {
      let snapshot: PlainSnapshot | undefined;
      try {
        snapshot = await PlainSnapshot.open(target, prefix, record, options);
        return new ParentSnapshot(snapshot, report, contents ? await ParentExports.open(snapshot) : undefined);
      } catch (error) {
        await snapshot?.close();
        noteDamage(report, error);
      }
    }
    return undefined;
  }

  /** The same from its beginning, without asking the target again. To be closed before this one. */
  again(report: Report): ParentSnapshot {
    return new ParentSnapshot(this.#snapshot, report, undefined, false);
  }

  /** The file of this path, if it has one. Paths must come in the order of the manifest. */
  file(pathBytes: Buffer): FileEntry | undefined | Promise<FileEntry | undefined> {
    if (this.#damaged) return undefined;
    const found = this.#files.find(pathBytes);
    return found instanceof Promise ? this.#later(found) : found?.entry;
  }

  async #later(found: Promise<ParentFile | undefined>): Promise<FileEntry | undefined> {
    try {
      return (await found)?.entry;
    } catch (error) {
      noteDamage(this.#report, error);
      this.#damaged = true;
      return undefined;
    }
  }

  /** The exports of the file of this path. Paths must come in the order of the manifest. */
  async exportsOf(pathBytes: Buffer): Promise<readonly FileEntry[]> {
    return (await this.#exports?.of(pathBytes)) ?? [];
  }

  /** The key of a file's bytes in the target. */
  keyOf(entry: FileEntry): string {
    return this.#snapshot.keyOf(entry);
  }

  async close(): Promise<void> {
    await this.#files.close();
    await this.#exports?.close();
    if (this.#ownsSnapshot) await this.#snapshot.close();
  }
}

/** Equal in all that a manifest tells without reading: what a parent's copy would have to be. */
export function looksEqual(parent: FileEntry, entry: FileEntry): boolean {
  return (
    parent.stable &&
    parent.sizeBytes === entry.sizeBytes &&
    parent.mtimeNs === entry.mtimeNs &&
    parent.mode === entry.mode
  );
}

/** May the new snapshot hold the parent's stored file? Content, mode and time are equal; then a link differs from a copy in nothing. */
export function sharable(parent: FileEntry, entry: FileEntry): boolean {
  return looksEqual(parent, entry) && parent.sha256 === entry.sha256;
}

async function* filesOf(snapshot: PlainSnapshot): AsyncGenerator<readonly ParentFile[]> {
  for await (const items of snapshot.entryBatches()) {
    yield items.flatMap((item) =>
      !isRefused(item) && item.entry.type === 'file' ? [{ pathBytes: item.pathBytes, entry: item.entry }] : [],
    );
  }
}

/** Opens a snapshot; one that is damaged is noted, and passed over. */
export async function openOrNote(
  target: BackupTarget,
  { prefix, record }: Pick<WholeSnapshot, 'prefix' | 'record'>,
  report: Report,
  options: CallOptions,
): Promise<PlainSnapshot | undefined> {
  try {
    return await PlainSnapshot.open(target, prefix, record, options);
  } catch (error) {
    noteDamage(report, error);
    return undefined;
  }
}

function noteDamage(report: Report, error: unknown): void {
  if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
  report.note('PARENT_DAMAGED', error.message);
}
