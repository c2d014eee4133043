import { type LeftJournal, leftJournals, StagingJournal } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';

/** So many killed backups are taken over from, the newest; each of them noted what it had itself taken over. */
const MAX_LEFT = 4;

/** The notes of this backup, and of those before it that were killed. */
export interface LeftBackups {
  /** Killed backups to any of these targets, the newest first. */
  readonly left: readonly LeftJournal[];
  /** The notes of this one; none where no target would take anything over. */
  readonly journal: StagingJournal | undefined;
  /**
   * This backup has ended, and its targets hold nothing unfinished of it.
   *
   * @param committed the targets that have its snapshot: what was killed on the way to these is history.
   */
  end(committed: readonly BackupTarget[]): void;
}

/** What a backup can take over, and what it notes so that another can take over from it. */
export function leftBackups(wanted: {
  readonly stateDirectory: string;
  readonly snapshotId: string;
  readonly sourceIds: ReadonlySet<string>;
  readonly targets: readonly BackupTarget[];
  /** Everything is to be read: then nothing is taken over. */
  readonly rehash: boolean;
}): LeftBackups {
  const { stateDirectory, snapshotId, sourceIds, rehash } = wanted;
  const urls = wanted.targets.flatMap(({ url, capabilities }) => (capabilities.adopts === true ? [url] : []));
  if (urls.length === 0) return { left: [], journal: undefined, end: () => undefined };
  const journals = leftJournals(stateDirectory, sourceIds);
  const journal = new StagingJournal(stateDirectory, snapshotId, urls);
  const concerned = journals.filter(({ targets }) => targets.some((url) => urls.includes(url)));
  return {
    left: rehash ? [] : concerned.slice(0, MAX_LEFT),
    journal,
    end(committed) {
      journal.end();
      const done = new Set(committed.map(({ url }) => url));
      for (const killed of journals) if (killed.targets.every((url) => done.has(url))) killed.forget();
    },
  };
}
