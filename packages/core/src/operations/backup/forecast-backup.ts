import { PreviewTarget } from '../preview/preview-target.js';
import { PreviewWalk } from '../preview/preview-walk.js';
import { Report } from '../report.js';
import { copiesTakeSpace } from '../space-forecast.js';
import type { BackupLane } from './backup-lane.js';
import type { BackupSource } from './backup-sources.js';

/** What a backup that is about to store works with. */
export interface ForecastContext {
  readonly snapshotId: string;
  readonly sources: readonly BackupSource[];
  readonly lanes: readonly BackupLane[];
  readonly leaveOut: ReadonlySet<string>;
  readonly stateDirectory: string;
  readonly rehash: boolean;
  readonly signal: AbortSignal | undefined;
  readonly startedAtMs: number;
  readonly report: Report;
}

/** After so many entries of the walk, which is synchronous, signals get their turn. */
const SLICE = 200;

/**
 * Tells of each target in which every snapshot takes its full space what this one will take, before anything of it is sent. It costs a walk of the
 * sources, and is done only where there is such a target: there each file costs a request anyway.
 *
 * @returns whether the totals of the sources are known by it.
 */
export async function forecastBackup(context: ForecastContext): Promise<boolean> {
  const { lanes, report, snapshotId, startedAtMs } = context;
  const costly = lanes.filter(({ alive, target }) => alive && copiesTakeSpace(target.capabilities));
  if (costly.length === 0) return false;
  // What is wrong with the sources is told by the backup itself.
  const silent = new Report('backup', {});
  const targets = costly.map(({ target, parent }) => PreviewTarget.of(target, parent?.again(silent)));
  let steps = 0;
  const onItem = async (): Promise<void> => {
    steps += 1;
    if (steps % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  try {
    const walk = new PreviewWalk({ ...context, targets, report: silent, nowMs: startedAtMs, onItem });
    await walk.all();
    const { files, bytes } = walk.summary.counts;
    report.totals(files, bytes);
  } finally {
    for (const { parent } of targets) await parent?.close();
  }
  for (const { target, space, storedFiles, storedBytes, sharedFiles, sharedBytes } of targets) {
    if (space === undefined) continue;
    const parts = { storedFiles, storedBytes, sharedFiles, sharedBytes };
    report.emit({ type: 'forecast', operation: 'backup', snapshotId, target: target.url, ...space, ...parts });
  }
  return true;
}
