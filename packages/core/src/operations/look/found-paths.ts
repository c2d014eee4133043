import type { Entry, LocatedEntry, SnapshotRecord } from '../../snapshot/index.js';
import type { Lack } from './lacking-sources.js';

/** Versions held at most: a few hundred bytes each. What comes after them is counted, and left out. */
export const MAX_FOUND_VERSIONS = 100_000;

/** One content that a path had, in one or more snapshots of its source that follow each other. */
export interface FoundVersion {
  /** As the last of these snapshots has it: what a restore from there would give. */
  readonly entry: Entry;
  readonly firstSnapshotId: string;
  /** When that was taken, ISO 8601 with the offset of the place. */
  readonly firstSnapshotAt: string;
  readonly lastSnapshotId: string;
  readonly lastSnapshotAt: string;
  /** How many snapshots hold it. */
  readonly snapshots: number;
  /** The newest snapshot of its source holds it. */
  readonly isCurrent: boolean;
  /** Why it may be in the source all the same, although the newest snapshot does not hold it. */
  readonly lack?: Lack;
}

/** A path with all its versions, oldest first. */
export interface FoundPath {
  readonly path: string;
  /** The identity of its source; empty where the record names none for it. */
  readonly sourceId: string;
  /** Host of the newest snapshot that holds it. */
  readonly host: string;
  readonly versions: readonly FoundVersion[];
}

interface Run {
  entry: Entry;
  readonly firstSnapshotId: string;
  readonly firstSnapshotAt: string;
  lastSnapshotId: string;
  lastSnapshotAt: string;
  snapshots: number;
  /** Which of its source's snapshots the last one is, so that a gap is seen. */
  lastNumber: number;
}

interface Gathered {
  readonly path: string;
  readonly pathBytes: Buffer;
  readonly sourceId: string;
  host: string;
  readonly runs: Run[];
}

/** Gathers what was found, snapshot after snapshot, and joins what stayed the same to one version. */
export class FoundPaths {
  readonly #paths = new Map<string, Gathered>();
  /** For each source how many of its snapshots have been entered. */
  readonly #numbers = new Map<string, number>();
  readonly #limit: number;
  #record: SnapshotRecord | undefined;
  #versions = 0;
  #omitted = 0;

  constructor(limit: number = MAX_FOUND_VERSIONS) {
    this.#limit = limit;
  }

  /** What is added from now on is of this snapshot; older ones come first. */
  enter(record: SnapshotRecord): void {
    this.#record = record;
    for (const { id } of record.payload.sources) this.#numbers.set(id, (this.#numbers.get(id) ?? 0) + 1);
  }

  /** Adds an entry of the snapshot that was entered. */
  add({ entry, pathBytes }: LocatedEntry, sourceId: string): void {
    const { id, host, createdAt: at } = this.#record?.payload ?? { id: '', host: '', createdAt: '' };
    const key = `${sourceId}\0${pathBytes.toString('latin1')}`;
    const gathered = this.#paths.get(key);
    const last = gathered?.runs.at(-1);
    const number = this.#numbers.get(sourceId) ?? 0;
    if (last !== undefined && last.lastNumber >= number - 1 && isSameContent(last.entry, entry)) {
      const snapshots = last.snapshots + 1;
      Object.assign(last, { entry, lastSnapshotId: id, lastSnapshotAt: at, snapshots, lastNumber: number });
      return;
    }
    if (this.#versions >= this.#limit) {
      this.#omitted += 1;
      return;
    }
    this.#versions += 1;
    const first = { firstSnapshotId: id, firstSnapshotAt: at };
    const run = { entry, ...first, lastSnapshotId: id, lastSnapshotAt: at, snapshots: 1, lastNumber: number };
    if (gathered === undefined) this.#paths.set(key, { path: entry.path, pathBytes, sourceId, host, runs: [run] });
    else {
      gathered.runs.push(run);
      gathered.host = host;
    }
  }

  /**
   * Everything that was found.
   *
   * @param newest for each source its newest snapshot.
   * @param lacking why the newest snapshot of a source may lack what was there; by the source.
   */
  result(
    newest: ReadonlyMap<string, string>,
    lacking: ReadonlyMap<string, Lack> = new Map(),
  ): { found: FoundPath[]; versions: number; omitted: number } {
    const sorted = [...this.#paths.values()].sort((left, right) => Buffer.compare(left.pathBytes, right.pathBytes));
    const found = sorted.map(({ path, sourceId, host, runs }) => ({
      path,
      sourceId,
      host,
      versions: runs.map(({ lastNumber: _, ...run }) => {
        const isCurrent = newest.get(sourceId) === run.lastSnapshotId;
        const lack = isCurrent ? undefined : lacking.get(sourceId);
        return { ...run, isCurrent, ...(lack === undefined ? {} : { lack }) };
      }),
    }));
    return { found, versions: this.#versions, omitted: this.#omitted };
  }
}

/** The same bytes, the same target of a link, or a folder both times: modes and times do not count. */
export function isSameContent(left: Entry, right: Entry): boolean {
  if (left.type === 'file')
    return right.type === 'file' && left.sizeBytes === right.sizeBytes && left.sha256 === right.sha256;
  if (left.type === 'directory') return right.type === 'directory';
  return (
    right.type === 'symlink' && left.linkTarget === right.linkTarget && left.linkTargetBytes === right.linkTargetBytes
  );
}
