import type { FileSystem } from '../../files/index.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { isRefused } from '../../snapshot/index.js';
import { type Walked, walkSource } from '../../source/index.js';
import type { BackupTarget } from '../../target/index.js';
import { realPlace } from '../backup/backup-sources.js';
import type { Report } from '../report.js';
import type { Selection } from '../selection.js';
import { foldersOfChangedRules } from './changed-rule-files.js';
import { DeletionList } from './deletion-list.js';
import { DeletionPlan, type RecordedPath } from './deletion-plan.js';
import { isHoldfastPlace } from './holdfast-places.js';
import { refuseIncomplete } from './incomplete-grounds.js';
import { type LiveSource, liveSources } from './live-source.js';
import type { RestorePlace } from './restore-places.js';

/** What a restore is to delete: listed before it does anything. */
export interface Deletions {
  readonly list: DeletionList;
  readonly sources: readonly LiveSource[];
}

/** What is looked at to find it. */
export interface DeletionsContext {
  readonly snapshot: PlainSnapshot;
  readonly selection: Selection;
  readonly places: readonly RestorePlace[];
  readonly target: BackupTarget;
  readonly stateDirectory: string | undefined;
  /** Rules for what is neither restored nor deleted. */
  readonly exclude: readonly string[];
  /** Also where the snapshot may lack what was there. */
  readonly evenIncomplete: boolean;
  /** What the file system at a path can do. */
  readonly fileSystemOf: (path: string) => Promise<FileSystem>;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds what is there and not in the snapshot.
 *
 * @throws HoldfastError `INCOMPLETE` where the snapshot is known to lack what was there.
 */
export async function findDeletions(context: DeletionsContext): Promise<Deletions> {
  const { snapshot, places, target, stateDirectory, report, signal } = context;
  const sources = liveSources(snapshot.record, places, context.exclude);
  if (!context.evenIncomplete) refuseIncomplete(snapshot, new Set(sources.map(({ resolved }) => resolved.name)));
  const spared = await foldersOfChangedRules(snapshot, sources, signal);
  for (const folder of spared) {
    const message =
      'nothing is deleted in it: its rules are not those of then; they come back now, and the next restore can go by them';
    report.problem({ code: 'NOT_DELETED', path: folder.toString('utf8'), message });
  }
  const own = stateDirectory === undefined ? [] : [realPlace(stateDirectory)];
  const leaveOut = new Set([...target.localPaths, ...own]);
  const list = new DeletionList();
  const problem: Report['problem'] = (found) => report.problem(found);
  try {
    const sparedPlace = (place: string): void =>
      report.note(
        'STORE_SPARED',
        `${place} is spared, with all that is in it: Holdfast keeps something of its own there`,
      );
    const recorded = (): AsyncIterable<RecordedPath> => recordedIn(snapshot);
    const walk = ({ resolved }: LiveSource): Iterable<Walked> => walkSource(resolved, leaveOut);
    const chooses = (path: string, isFolder: boolean): boolean => context.selection.chooses(path, isFolder);
    const plan = { recorded, sources, walk, chooses, isHoldfastPlace, list, problem, sparedPlace, signal };
    await new DeletionPlan(plan, spared).make();
  } catch (error) {
    await list.close();
    throw error;
  }
  for (const { resolved } of sources) {
    if ((await context.fileSystemOf(resolved.realPath)).caseSensitive) continue;
    return { list: await list.without(recordedPaths(snapshot)), sources };
  }
  return { list, sources };
}

async function* recordedIn(snapshot: PlainSnapshot): AsyncGenerator<RecordedPath> {
  for await (const item of snapshot.entries())
    if (!isRefused(item)) yield { pathBytes: item.pathBytes, isFolder: item.entry.type === 'directory' };
}

/** The paths of everything in a snapshot. */
export async function* recordedPaths(snapshot: PlainSnapshot): AsyncGenerator<string> {
  for await (const item of snapshot.entries()) if (!isRefused(item)) yield item.entry.path;
}
