import { limited } from '../../decorators/index.js';
import { HoldfastError } from '../../holdfast-error.js';
import { type BackupTarget, type CallOptions, isTargetError } from '../../target/index.js';
import type { Report } from '../report.js';
import { BackupLane } from './backup-lane.js';
import { surveyTarget, type TargetSurvey } from './survey-target.js';

interface Refused {
  readonly target: BackupTarget;
  readonly error: unknown;
}

/** What the lanes are opened for. */
export interface LanesToOpen {
  readonly targets: readonly BackupTarget[];
  readonly snapshotId: string;
  readonly sourceIds: ReadonlySet<string>;
  readonly adoptPlace: boolean;
  /** Ids of snapshots whose writing was killed: what they have staged is taken over. */
  readonly adopt: readonly string[];
  /** What the parents say of contents is to be known. */
  readonly contents: boolean;
}

/** One target of a backup: its lane, or why it takes no part. */
export type TargetPart =
  | { readonly target: BackupTarget; readonly survey: TargetSurvey; readonly lane: BackupLane }
  | Refused;

/**
 * Looks at every target, and only then begins a batch in each. A target that fails is left out while others take part; what
 * makes a target the wrong place altogether ends the backup before anything is written.
 *
 * @returns for each target its part, in the order of the targets.
 * @throws HoldfastError `FORMAT_UNSUPPORTED`, `TARGET_NOT_EMPTY`; the TargetError of the first target when every one failed.
 */
export async function openLanes(wanted: LanesToOpen, report: Report, options: CallOptions): Promise<TargetPart[]> {
  const { targets, snapshotId, sourceIds, adoptPlace, adopt, contents } = wanted;
  if (targets.length === 0) throw new HoldfastError({ code: 'NOT_A_TARGET', message: 'no target was named' });
  const orError = async <Result>(target: BackupTarget, work: () => Promise<Result>): Promise<Result | Refused> => {
    try {
      return await work();
    } catch (error) {
      if (!isTargetError(error) || options.signal?.aborted === true) throw error;
      return { target, error };
    }
  };

  const surveyed: { target: BackupTarget; survey: TargetSurvey | Refused }[] = [];
  for (const target of targets) {
    // Files go to all targets at once, as many as suit the fastest: the others must not get more than they said.
    const used = targets.length === 1 ? target : limited(target);
    surveyed.push({
      target,
      survey: await orError(target, () => surveyTarget(used, sourceIds, adoptPlace, options)),
    });
  }
  const parts: TargetPart[] = [];
  try {
    for (const { target, survey } of surveyed) {
      if ('error' in survey) {
        parts.push(survey);
        continue;
      }
      const open = async (): Promise<TargetPart> => {
        const lane = await BackupLane.open(survey, snapshotId, report, options, { adopt, contents });
        report.started(target.url, snapshotId);
        return { target, survey, lane };
      };
      parts.push(await orError(target, open));
    }
    const refused = parts.flatMap((part) => ('error' in part ? [part.error] : []));
    if (refused.length === parts.length) throw refused[0];
    return parts;
  } catch (error) {
    for (const part of parts) if ('lane' in part) await part.lane.close(false);
    throw error;
  }
}
