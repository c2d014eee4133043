import {
  type BackupTarget,
  type RequestSizes,
  requestsOfCopy,
  requestsOfList,
  requestsOfPut,
  type TargetCapabilities,
} from '../target/index.js';

/** What a snapshot will take of a target, said before it is stored. */
export interface SpaceForecast {
  /** Files and bytes that take space there, sent or copied. */
  readonly files: number;
  readonly bytes: number;
  /** About how many requests that takes; absent where nobody counts them. */
  readonly requests?: number;
}

/** Manifest, checksums, RESTORE.txt. */
const OBJECTS_OF_A_SNAPSHOT = 3;

/**
 * Does every snapshot take its full space here, though what is unchanged need not be sent? Then that is said before it starts. Where nothing can be
 * copied at all (an archive), everybody knows.
 */
export function copiesTakeSpace({ copy, copyShares }: TargetCapabilities): boolean {
  return copy && !copyShares;
}

/** Adds up what one snapshot will take of one target. */
export class SpaceTally {
  readonly #sizes: RequestSizes | undefined;
  #files = 0;
  #bytes = 0;
  #requests = 0;

  constructor(target: Pick<BackupTarget, 'capabilities'>) {
    this.#sizes = target.capabilities.requests;
  }

  /** A file that is sent, or copied within the target. */
  take(sizeBytes: number, isCopied: boolean): void {
    this.#files += 1;
    this.#bytes += sizeBytes;
    if (this.#sizes === undefined) return;
    this.#requests += isCopied ? requestsOfCopy(this.#sizes, sizeBytes) : requestsOfPut(this.#sizes, sizeBytes);
  }

  get forecast(): SpaceForecast {
    const counts = { files: this.#files, bytes: this.#bytes };
    if (this.#sizes === undefined) return counts;
    return { ...counts, requests: this.#requests + requestsOfCommit(this.#sizes, this.#files) };
  }
}

/**
 * The most that files of these counts can take as a snapshot of a target: how large each is, is not known before its manifest is read.
 *
 * @param counts of each snapshot.
 */
export function spaceAtMost(
  target: Pick<BackupTarget, 'capabilities'>,
  counts: readonly { readonly files: number; readonly bytes: number }[],
): SpaceForecast {
  const sizes = target.capabilities.requests;
  let files = 0;
  let bytes = 0;
  let requests = 0;
  for (const snapshot of counts) {
    files += snapshot.files;
    bytes += snapshot.bytes;
    if (sizes === undefined) continue;
    // So many can be too large for one request, and all full parts together are no more than this.
    const inParts = Math.min(snapshot.files, Math.floor(snapshot.bytes / (sizes.singlePutBytes + 1)));
    const parts = inParts === 0 ? 0 : Math.floor(snapshot.bytes / sizes.putPartBytes);
    requests += snapshot.files + inParts * sizes.aroundParts + parts + requestsOfCommit(sizes, snapshot.files);
  }
  return sizes === undefined ? { files, bytes } : { files, bytes, requests };
}

/** What describes the snapshot, one more look at everything, and the record. */
function requestsOfCommit(sizes: RequestSizes, files: number): number {
  return OBJECTS_OF_A_SNAPSHOT + requestsOfList(sizes, files + OBJECTS_OF_A_SNAPSHOT) + 1;
}
