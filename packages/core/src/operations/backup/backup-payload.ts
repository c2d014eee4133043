import { hostname } from 'node:os';
import type { SnapshotCounts, SnapshotPayload, SnapshotSource } from '../../snapshot/index.js';
import { isoWithOffset } from '../../snapshot/snapshot-id.js';
import { userName } from '../labels.js';
import type { Report } from '../report.js';
import { type BackupSource, recordedSource } from './backup-sources.js';
import type { TargetSurvey } from './survey-target.js';

/** What a payload is made from. */
export interface PayloadFacts {
  readonly id: string;
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly program: string | undefined;
  readonly startedAt: Date;
  readonly sources: readonly BackupSource[];
  readonly surveys: readonly TargetSurvey[];
  readonly counts: SnapshotCounts;
  /** A source was a folder with nothing in it. */
  readonly hasEmptySource: boolean;
  /** Sources taken over from the snapshot before, as its record has them; and whether something is missing in them. */
  readonly carried: readonly SnapshotSource[];
  readonly isCarriedIncomplete: boolean;
  /** A content that was sound is broken. */
  readonly isSuspect: boolean;
  /** What the rules left out of a source (`SnapshotSource.leftOut`). */
  readonly leftOutOf: (from: BackupSource) => Readonly<Record<string, number>>;
  readonly contentsSha256: string;
}

/** What the new snapshot says of itself, in every target alike. */
export function payloadOf(facts: PayloadFacts, report: Report): SnapshotPayload {
  const { id, name, startedAt, counts } = facts;
  const isIncomplete = counts.skipped > 0 || facts.hasEmptySource || facts.isCarriedIncomplete;
  const previous = newestOf(facts.surveys);
  const lastSequence = Math.max(0, ...facts.surveys.map((survey) => survey.lastSequence));
  const clockBack = previous !== undefined && Date.parse(previous.createdAt) > startedAt.getTime();
  if (clockBack) {
    report.note(
      'CLOCK_BACK',
      `this machine's clock stands before the previous snapshot's (${previous.createdAt}); the new one counts as newer all the same`,
    );
  }
  return {
    id,
    ...(name === undefined ? {} : { name }),
    createdAt: isoWithOffset(startedAt),
    // Whatever a record claims, there must be a number behind it; equal ones are told apart by their ids.
    sequence: Math.min(lastSequence, Number.MAX_SAFE_INTEGER - 1) + 1,
    host: hostname(),
    user: userName(),
    program: facts.program ?? 'holdfast',
    sources: [...facts.sources.map((from) => recordedSource(from, facts.leftOutOf(from))), ...facts.carried],
    tags: facts.tags,
    counts,
    ...(previous === undefined ? {} : { parent: previous.id }),
    flags: [
      ...(isIncomplete ? ['incomplete'] : []),
      ...(facts.isSuspect ? ['suspect'] : []),
      ...(clockBack ? ['clock'] : []),
    ],
    contentsSha256: facts.contentsSha256,
  };
}

/** Of the newest relatives in each target the one with the largest number. */
function newestOf(surveys: readonly TargetSurvey[]): SnapshotPayload | undefined {
  const newest = surveys.flatMap(({ relatives }) => relatives.slice(0, 1)).map(({ record }) => record.payload);
  return newest.sort((left, right) => right.sequence - left.sequence)[0];
}
