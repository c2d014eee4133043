import { randomUUID } from 'node:crypto';
import type { Note } from '../../events/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import { resolveSources } from '../../source/index.js';
import { knownSourceIdentity } from '../../state/index.js';
import { type BackupOptions, transientNames } from '../backup/backup.js';
import {
  identifySources,
  noteMisplacedPatterns,
  placesToLeaveOut,
  realPlace,
  refuseIfAllMissing,
} from '../backup/backup-sources.js';
import { systemClock, type Trouble } from '../options.js';
import { Report } from '../report.js';
import type { SpaceForecast } from '../space-forecast.js';
import { stoppable } from '../stoppable.js';
import { PreviewTarget } from './preview-target.js';
import { type PreviewCounts, type PreviewItem, PreviewWalk } from './preview-walk.js';

export interface PreviewOptions
  extends Pick<
    BackupOptions,
    'sources' | 'targets' | 'stateDirectory' | 'adoptPlace' | 'rehash' | 'clock' | 'signal' | 'onEvent' | 'inspectors'
  > {
  /** Hears of each thing, in the order of the manifest; the walk goes on when it has resolved. */
  readonly onItem?: ((item: PreviewItem) => Promise<void> | void) | undefined;
  /** Asked before each thing: does nobody listen any more? Then the preview ends there. */
  readonly isOver?: (() => boolean) | undefined;
}

/** What one target would get. */
export interface PreviewTargetSummary {
  readonly url: string;
  /** The backup would make it. */
  readonly isNew: boolean;
  readonly storedFiles: number;
  readonly storedBytes: number;
  readonly sharedFiles: number;
  readonly sharedBytes: number;
  /** Where every snapshot takes its full space: files and bytes sent and copied together, and about how many requests they take. */
  readonly space?: SpaceForecast;
  /** Why it would have no snapshot. */
  readonly error?: unknown;
}

/** What a backup would do, as far as can be told without reading a file. */
export interface PreviewSummary extends Trouble, PreviewCounts {
  readonly targets: readonly PreviewTargetSummary[];
  readonly notes: readonly Note[];
  readonly durationMs: number;
}

/**
 * Tells what a backup of these sources would take, what not and why, and what each target would store. Writes nothing: no
 * target, no state, no staging. What a file holds is not read, so one of which the times have changed and not the content is told as changed.
 *
 * @throws what `backup` throws before it stores anything.
 */
export async function previewBackup(options: PreviewOptions): Promise<PreviewSummary> {
  return stoppable(options, preview);
}

async function preview(options: PreviewOptions): Promise<PreviewSummary> {
  const { signal, clock = systemClock } = options;
  const report = new Report('backup', options);
  const startedAt = clock.now();
  const resolved = resolveSources(options.sources, transientNames(options.inspectors));
  refuseIfAllMissing(resolved);
  noteMisplacedPatterns(resolved, report);
  const leaveOut = placesToLeaveOut(resolved, options.targets);
  leaveOut.add(realPlace(options.stateDirectory));
  const mintNothing = async (...known: Parameters<typeof knownSourceIdentity>): Promise<string> =>
    (await knownSourceIdentity(...known)) ?? randomUUID();
  const sources = await identifySources(resolved, options.stateDirectory, mintNothing);
  const sourceIds = new Set(sources.map(({ id }) => id));
  if (options.targets.length === 0) throw new HoldfastError({ code: 'NOT_A_TARGET', message: 'no target was named' });
  const targets: PreviewTarget[] = [];
  try {
    const wanted = { sourceIds, adoptPlace: options.adoptPlace === true };
    for (const target of options.targets) targets.push(await PreviewTarget.look(target, wanted, report, { signal }));
    const living = targets.filter(({ error }) => error === undefined);
    if (living.length === 0) throw targets[0]?.error;
    const walk = new PreviewWalk({
      ...options,
      sources,
      targets: living,
      leaveOut,
      report,
      nowMs: startedAt.getTime(),
    });
    await walk.all();
    return {
      ...walk.summary,
      targets: targets.map(({ target, isNew, storedFiles, storedBytes, sharedFiles, sharedBytes, space, error }) => {
        const counts = { url: target.url, isNew, storedFiles, storedBytes, sharedFiles, sharedBytes };
        if (error !== undefined) return { ...counts, error };
        return space === undefined ? counts : { ...counts, space };
      }),
      notes: report.notes,
      durationMs: clock.now().getTime() - startedAt.getTime(),
      ...report.trouble,
    };
  } finally {
    for (const { parent } of targets) await parent?.close();
    for (const { versions } of sources) await versions.close();
  }
}
