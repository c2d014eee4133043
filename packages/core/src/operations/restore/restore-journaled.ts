import type { Problem } from '../../events/index.js';
import type { KeptJob } from '../../kept/index.js';
import { abandonRestore, beginRestore, endRestore } from '../../state/index.js';
import type { BackupTarget } from '../../target/index.js';
import type { Report } from '../report.js';
import { placePath, type RestorePlace } from './restore-places.js';
import type { RestoreTally } from './restore-tally.js';

/** What of the options of a restore says which one it is. */
interface JobOptions {
  readonly target: Pick<BackupTarget, 'url'>;
  readonly into?: string | undefined;
  readonly to?: Readonly<Record<string, string>> | undefined;
  readonly stateDirectory?: string | undefined;
  readonly patterns?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly delete?: boolean | undefined;
  readonly evenIncomplete?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** The operation announces by itself that it is under way. */
  readonly hasOwnJournal?: boolean;
}

interface Placed {
  readonly snapshot: { readonly id: string };
  readonly places: readonly RestorePlace[];
}

/** What a restore finds before it writes that keeps it from deleting all it was to delete. */
const UNDONE: ReadonlySet<Problem['code']> = new Set(['NOT_DELETED', 'UNREADABLE']);

/** What makes it the same restore, when it is run again. */
export function jobOf(
  { target, patterns = [], exclude = [], ...options }: JobOptions,
  { snapshot, places }: Placed,
): KeptJob {
  return {
    snapshotId: snapshot.id,
    target: target.url,
    places: places.map(placePath),
    patterns,
    exclude,
    deletes: options.delete === true,
  };
}

/** In place, what is under way is noted for as long as it is: interrupted, it is announced until it is run again and does all it is to do. */
export async function withJournal<Result>(
  options: JobOptions,
  prepared: Placed & { readonly tally: RestoreTally; readonly report: Report },
  work: () => Promise<Result>,
): Promise<Result> {
  const { into, to, stateDirectory, dryRun = false, hasOwnJournal = false } = options;
  const { tally, report } = prepared;
  // Where the places were named anew, whoever named them runs it again.
  if (into !== undefined || to !== undefined || dryRun || stateDirectory === undefined || hasOwnJournal) return work();
  const journal = {
    ...jobOf(options, prepared),
    ...(options.evenIncomplete === true ? { evenIncomplete: true } : {}),
    startedAt: new Date().toISOString(),
  };
  const file = await beginRestore(stateDirectory, journal);
  try {
    const result = await work();
    if (tally.misses || report.trouble.problems.some(({ code }) => UNDONE.has(code)))
      await abandonRestore(stateDirectory, file, { ...journal, missed: true });
    else await endRestore(stateDirectory, file, journal);
    return result;
  } catch (error) {
    await abandonRestore(stateDirectory, file, journal).catch(() => undefined);
    throw error;
  }
}
