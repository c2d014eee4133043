/** A source of a guarded run, as it stood when the run began. */
export interface GuardedSource {
  readonly name: string;
  /** As it was given, absolute. */
  readonly path: string;
  readonly realPath: string;
  readonly type: 'directory' | 'file';
  /** Where its entries begin in the snapshot. */
  readonly entryPath: string;
  /** Its rules keep it on its own file system. */
  readonly oneFileSystem?: boolean;
}

/**
 * How far a guarded run has come. `preparing`: nothing was begun; `running`: the action may have changed things; `kept`: it failed, and
 * what it left was to stay for now; `rollingBack`; `notRolledBack`: a roll back came to its end, and could not give everything back;
 * `over`: only its snapshot is to go still.
 */
export type GuardPhase = 'preparing' | 'running' | 'kept' | 'rollingBack' | 'notRolledBack' | 'over';

/** What is known of a guarded run, from before its snapshot to its end. */
export interface GuardRecord {
  /** Its snapshot's id, and its own. */
  readonly id: string;
  /** The url of the target that has the snapshot. */
  readonly target: string;
  /** How whoever began it named that target, and where: an address may count from a folder. */
  readonly address?: string;
  readonly folder?: string;
  /** The target is kept for guarded runs and nothing else: nothing is remembered there of a snapshot that goes. */
  readonly isOwnTarget?: boolean;
  readonly sources: readonly GuardedSource[];
  /** What is run, in words; for people. */
  readonly action?: string;
  readonly phase: GuardPhase;
  /** The snapshot stays also when it is needed no more. */
  readonly keep: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Mount points at or below the sources, where the system tells. */
  readonly mounts?: readonly string[];
  /** File systems that the sources lie on. */
  readonly devices?: readonly string[];
}

/** Is what this run guards the same as what another one does, or part of it? */
export function guardsTheSame(one: Pick<GuardRecord, 'sources'>, other: Pick<GuardRecord, 'sources'>): boolean {
  return one.sources.some((mine) =>
    other.sources.some((theirs) => lies(mine.realPath, theirs.realPath) || lies(theirs.realPath, mine.realPath)),
  );
}

function lies(path: string, folder: string): boolean {
  return path === folder || path.startsWith(/[/\\]$/.test(folder) ? folder : `${folder}${SEPARATOR}`);
}

const SEPARATOR = process.platform === 'win32' ? '\\' : '/';
