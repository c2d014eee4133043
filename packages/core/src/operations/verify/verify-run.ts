import { createHash } from 'node:crypto';
import type { ProblemCode } from '../../events/index.js';
import { inOrder } from '../../flow/in-order.js';
import { oneAtATime, SortedCursor } from '../../flow/sorted-cursor.js';
import { isHoldfastError, throwIfAborted } from '../../holdfast-error.js';
import { HashingReader, PlainSnapshot, RESTORE_TEXT_KEY, readProven, SHA256SUMS_KEY } from '../../plain/index.js';
import {
  type Entry,
  type FileEntry,
  isRefused,
  type ObjectProof,
  type SnapshotCounts,
  type SnapshotRecord,
} from '../../snapshot/index.js';
import { contentsLine } from '../../snapshot/manifest.js';
import { type BackupTarget, isTargetError, type ObjectInfo } from '../../target/index.js';
import type { WholeSnapshot } from '../catalog-view.js';
import { countEntry, noCounts, storedAmount } from '../entry-counts.js';
import { Patience } from '../patience.js';
import type { Report } from '../report.js';
import { ProofTally } from './verify-proof.js';
import { FileSample } from './verify-sample.js';

export interface VerifySettings {
  readonly data: boolean;
  /** Without `data`: the part of the files that is read, above 0 and at most 1. */
  readonly sample?: number | undefined;
  /** It is the other target of a comparison: what is wrong there names it. */
  readonly isOther?: boolean | undefined;
  readonly signal: AbortSignal | undefined;
}

interface ListedFile {
  readonly entry: FileEntry;
  readonly key: string;
  readonly seen: ObjectInfo | undefined;
  /** Its bytes are to be read. */
  readonly isRead: boolean;
}

/** What was found for stored bytes that several names share. */
interface SharedFinding {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** One running check, over one or more snapshots of a target. */
export class VerifyRun {
  readonly counts = {
    snapshots: 0,
    damagedSnapshots: 0,
    files: 0,
    bytes: 0,
    readFiles: 0,
    readBytes: 0,
    sharedFiles: 0,
  };
  readonly proof: ProofTally = new ProofTally();
  readonly #target: BackupTarget;
  readonly #report: Report;
  readonly #settings: VerifySettings;
  /** By `sharedId`; only of bytes that have several names. */
  readonly #shared = new Map<string, Promise<SharedFinding>>();
  readonly #patience = new Patience();
  #sample: FileSample | undefined;
  #restoreTextsUnknown = 0;
  #residue = 0;
  #removed = 0;

  constructor(target: BackupTarget, report: Report, settings: VerifySettings) {
    this.#target = target;
    this.#report = report;
    this.#settings = settings;
  }

  /** A snapshot whose record cannot be read or understood. */
  checkUnreadable(id: string, reason: string): void {
    this.counts.snapshots += 1;
    this.counts.damagedSnapshots += 1;
    this.#problem('DAMAGED', id, id, reason);
  }

  /** A folder without a record: what an interrupted run left, or nothing of ours. */
  sawResidue(): void {
    this.#residue += 1;
  }

  /** A snapshot that was removed counts for nobody, and is not looked at. */
  sawRemoved(): void {
    this.#removed += 1;
  }

  /** A tombstone that cannot be read. The snapshot itself is checked like any other. */
  namedUnclear(id: string, reason: string): void {
    this.#problem('DAMAGED', id, `.holdfast/trash/${id}`, reason);
  }

  /** Checks one snapshot: manifest, checksums, and each file. */
  async check(whole: WholeSnapshot): Promise<void> {
    const { signal } = this.#settings;
    throwIfAborted(signal);
    this.#report.started(this.#target.url, whole.id);
    this.counts.snapshots += 1;
    const before = this.#report.trouble.problemCount;
    try {
      const snapshot = await PlainSnapshot.open(this.#target, whole.prefix, whole.record, { signal });
      try {
        await this.#checkEntries(snapshot);
        const { sha256sums, restoreText } = snapshot.record.envelope;
        await this.#checkText(snapshot, SHA256SUMS_KEY, sha256sums);
        if (restoreText === undefined) this.#restoreTextsUnknown += 1;
        else await this.#checkText(snapshot, RESTORE_TEXT_KEY, restoreText);
      } finally {
        await snapshot.close();
      }
    } catch (error) {
      if (!isHoldfastError(error, 'SNAPSHOT_DAMAGED')) throw error;
      this.#problem('DAMAGED', whole.id, whole.id, error.message);
    }
    if (this.#report.trouble.problemCount > before) this.counts.damagedSnapshots += 1;
  }

  /** What this check has not looked at. */
  notChecked(which: string | undefined): string[] {
    const sentences: string[] = [];
    const { data, sample } = this.#settings;
    const { readFiles, files } = this.counts;
    if (sample !== undefined && !data)
      sentences.push(
        `Of ${files} files the bytes of ${readFiles} were read, chosen at random: --data reads and hashes them all.`,
      );
    else if (!data) sentences.push('The bytes of the files were not read: --data reads and hashes them all.');
    if (this.#restoreTextsUnknown > 0)
      sentences.push(
        `RESTORE.txt was not compared in ${this.#restoreTextsUnknown} ${this.#restoreTextsUnknown === 1 ? 'snapshot, whose record holds' : 'snapshots, whose records hold'} no checksum of it.`,
      );
    if (which !== undefined) sentences.push('Only the snapshot named was looked at.');
    if (this.#target.capabilities.attributes) {
      sentences.push(
        'Modes, times, symlinks and empty folders as they lie in the store were not compared: a restore takes them from the manifest.',
      );
    }
    if (this.#removed > 0)
      sentences.push(
        `${this.#removed} removed ${this.#removed === 1 ? 'snapshot was' : 'snapshots were'} not looked at.`,
      );
    if (this.#residue > 0)
      sentences.push(
        `${this.#residue} ${this.#residue === 1 ? 'folder' : 'folders'} without a record (unfinished, or not Holdfast's) ${this.#residue === 1 ? 'was' : 'were'} left aside.`,
      );
    return sentences;
  }

  async #checkEntries(snapshot: PlainSnapshot): Promise<void> {
    const { data, sample } = this.#settings;
    const { payload } = snapshot.record;
    this.#sample =
      data || sample === undefined ? undefined : new FileSample(sample, storedAmount(payload.counts).files);
    const contents = createHash('sha256');
    const counts = noCounts();
    const files = this.#filesOf(snapshot, (entry) => {
      contents.update(contentsLine(entry));
      countEntry(counts, entry);
    });
    const concurrency = this.#target.capabilities.concurrency;
    for await (const _ of inOrder(files, concurrency, (file) => this.#checkFile(snapshot, file)));
    const fault = contentsFault(snapshot.record, contents.digest('hex'), counts);
    if (fault !== undefined) this.#problem('DAMAGED', snapshot.id, snapshot.id, fault);
  }

  /** The files, each with what the target's listing has under its key: one listing instead of a question a file. */
  async *#filesOf(snapshot: PlainSnapshot, meet: (entry: Entry) => void): AsyncGenerator<ListedFile> {
    const { signal } = this.#settings;
    const listing = new SortedCursor(oneAtATime(this.#target.list(snapshot.prefix, { signal })), ({ key }) =>
      Buffer.from(key),
    );
    try {
      for await (const item of snapshot.entries()) {
        throwIfAborted(signal);
        if (isRefused(item)) {
          this.#problem(item.code, snapshot.id, item.path, item.reason);
          continue;
        }
        const { entry } = item;
        meet(entry);
        if (entry.type !== 'file') continue;
        const key = snapshot.keyOf(entry);
        // Aliases are not in the order of the paths.
        const seen =
          entry.key === undefined ? await listing.find(Buffer.from(key)) : await this.#target.stat(key, { signal });
        yield { entry, key, seen, isRead: this.#settings.data || this.#sample?.takesNext() === true };
      }
    } finally {
      await listing.close();
    }
  }

  async #checkFile(snapshot: PlainSnapshot, { entry, key, seen, isRead }: ListedFile): Promise<void> {
    this.counts.files += 1;
    this.counts.bytes += entry.sizeBytes;
    let passedBytes = 0;
    if (seen === undefined) this.#problem('MISSING', snapshot.id, entry.path, 'its bytes are missing in the store');
    else if (seen.type !== 'file')
      this.#problem('DAMAGED', snapshot.id, entry.path, `a ${seen.type} lies in its place`);
    else if (seen.sizeBytes !== entry.sizeBytes) {
      this.#problem('DAMAGED', snapshot.id, entry.path, `it has ${seen.sizeBytes} bytes, not ${entry.sizeBytes}`);
    } else if (isRead) {
      this.counts.readFiles += 1;
      passedBytes = await this.#checkBytes(snapshot, entry, key, seen.sharedId);
    } else {
      if (seen.sharedId !== undefined) this.counts.sharedFiles += 1;
      this.proof.hear(entry, seen);
    }
    this.#report.file('verified', entry.path, entry.sizeBytes);
    this.#report.advance(1, Math.max(0, entry.sizeBytes - passedBytes), entry.path);
  }

  /** Gives how many bytes were read, and told as progress: none where a name that shares them came before. */
  async #checkBytes(
    snapshot: PlainSnapshot,
    entry: FileEntry,
    key: string,
    sharedId: string | undefined,
  ): Promise<number> {
    const isKnown = sharedId !== undefined && this.#shared.has(sharedId);
    try {
      const found = await this.#hashOnce(key, sharedId);
      this.#patience.succeeded();
      if (found.sha256 !== entry.sha256 || found.sizeBytes !== entry.sizeBytes) {
        const message = 'its bytes are not those that were stored: the checksum does not fit';
        this.#problem('DAMAGED', snapshot.id, entry.path, message);
      } else this.proof.prove(entry);
    } catch (error) {
      if (isTargetError(error, 'CORRUPT')) this.#problem('DAMAGED', snapshot.id, entry.path, error.reason);
      else if (isTargetError(error, 'NOT_FOUND'))
        this.#problem('MISSING', snapshot.id, entry.path, 'its bytes are missing in the store');
      else this.#problem('UNREADABLE', snapshot.id, entry.path, this.#patience.reasonToGoOn(error));
    }
    return isKnown ? 0 : entry.sizeBytes;
  }

  #hashOnce(key: string, sharedId: string | undefined): Promise<SharedFinding> {
    if (sharedId === undefined) return this.#hash(key);
    this.counts.sharedFiles += 1;
    const known = this.#shared.get(sharedId);
    if (known !== undefined) return known;
    const finding = this.#hash(key);
    this.#shared.set(sharedId, finding);
    return finding;
  }

  async #hash(key: string): Promise<SharedFinding> {
    const reader = new HashingReader();
    for await (const chunk of reader.through(this.#target.get(key, { signal: this.#settings.signal }))) {
      this.counts.readBytes += chunk.byteLength;
      this.#report.advance(0, chunk.byteLength);
    }
    return { sha256: reader.sha256(), sizeBytes: reader.sizeBytes };
  }

  async #checkText(snapshot: PlainSnapshot, key: string, proof: ObjectProof): Promise<void> {
    const found = await readProven(this.#target, snapshot.prefix + key, proof, { signal: this.#settings.signal });
    if (typeof found === 'string') this.#problem('DAMAGED', snapshot.id, key, found);
    else await found.close();
  }

  #problem(code: ProblemCode, snapshotId: string, path: string, message: string): void {
    const where = this.#settings.isOther === true ? `in ${this.#target.url}: ` : '';
    this.#report.problem({ code, path, message: where + message, snapshotId });
  }
}

/** Do the entries add up to what the record says? A manifest can be changed only together with its record's checksums. */
function contentsFault(record: SnapshotRecord, contentsSha256: string, counts: SnapshotCounts): string | undefined {
  const { payload } = record;
  if (contentsSha256 !== payload.contentsSha256) return 'the manifest does not hold what the record says';
  const names = ['files', 'directories', 'symlinks', 'bytes', 'exports', 'exportBytes'] as const;
  const differs = names.find((name) => (counts[name] ?? 0) !== (payload.counts[name] ?? 0));
  return differs === undefined
    ? undefined
    : `the record counts ${payload.counts[differs] ?? 0} ${differs}, the manifest has ${counts[differs] ?? 0}`;
}
