import type { FileEntry } from '../../snapshot/index.js';
import type { ObjectInfo } from '../../target/index.js';
import type { Report } from '../report.js';

/** Of how many files it is proven, and not only likely, that a target holds what was stored. */
export interface ProofCounts {
  /** Read and hashed, or the store's own digest of its bytes is the one of when they were stored. */
  readonly provenFiles: number;
  readonly provenBytes: number;
  /** Files of which the store gives another digest than when they were stored: other bytes, or the same ones stored in another way. */
  readonly changedDigests: number;
}

/** Counts what is proven. */
export class ProofTally {
  readonly counts = { provenFiles: 0, provenBytes: 0, changedDigests: 0 };
  /** The path of the first file with another digest. */
  firstChanged: string | undefined;

  prove(entry: FileEntry): void {
    this.counts.provenFiles += 1;
    this.counts.provenBytes += entry.sizeBytes;
  }

  /** Takes the store's word for a file that was not read: it proves, or it does not. */
  hear(entry: FileEntry, { digest }: ObjectInfo): void {
    if (entry.storeDigest === undefined || digest === undefined) return;
    if (digest === entry.storeDigest) {
      this.prove(entry);
      return;
    }
    this.counts.changedDigests += 1;
    this.firstChanged ??= entry.path;
  }
}

/** Says that a store gives other digests than it did: whether the bytes are others, only reading them tells. */
export function noteChangedDigests(report: Report, url: string, { counts, firstChanged }: ProofTally): void {
  if (firstChanged === undefined) return;
  const others = counts.changedDigests === 1 ? '' : ` and ${counts.changedDigests - 1} more`;
  report.note(
    'DIGEST_CHANGED',
    `${url} gives another checksum than when it was stored for ${firstChanged}${others}: the bytes are others, or were stored in another way; --data tells`,
  );
}
