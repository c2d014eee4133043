import { type AgainstSummary, displayName, type VerifySummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, numberText, recordedTimeText, sizeText } from '../quantities.js';

/** The targets of a verification, as they were named. */
export interface VerifiedPlaces {
  readonly from: string;
  readonly against?: string | undefined;
}

/** What a verification found, in plain words; also what it did not look at. */
export function verifyLines(summary: VerifySummary, places: VerifiedPlaces, colours: Colours): string[] {
  const { against } = summary;
  const checked = `${countText(summary.snapshots, 'snapshot')} in ${displayName(places.from)}`;
  const lines = [`Checked ${checked} in ${durationText(summary.durationMs)}: ${verdict(summary, colours)}`];
  lines.push(`  ${filesText(summary, summary.data)}${exceptions(isWholeHere(summary))}`);
  if (summary.sharedFiles > 0) {
    lines.push(
      `  ${countText(summary.sharedFiles, 'file')} kept once for several snapshots: read once, and lost together`,
    );
  }
  for (const sentence of summary.notChecked) lines.push(`  not checked: ${displayName(sentence)}`);
  if (against === undefined) return lines;
  lines.push(`Compared with ${displayName(places.against ?? against.url)}: ${comparison(against, colours)}`);
  if (against.files > 0) lines.push(`  there ${filesText(against, summary.data)}`);
  for (const sentence of against.notChecked) lines.push(`  not checked there: ${displayName(sentence)}`);
  return lines;
}

/** The counts are of all files that were looked at. */
function exceptions(isWhole: boolean): string {
  return isWhole ? '' : '; all this but for the problems named';
}

type Checked = Pick<VerifySummary, 'files' | 'bytes' | 'readFiles' | 'readBytes' | 'provenFiles' | 'provenBytes'>;

function filesText(checked: Checked, data: boolean): string {
  const { readFiles, readBytes, provenFiles, provenBytes } = checked;
  const files = `${countText(checked.files, 'file')} (${sizeText(checked.bytes)})`;
  if (data) return `${files}; ${sizeText(readBytes)} read and compared with the checksums`;
  const present = `${files} present with the right size`;
  if (provenFiles === 0 && readFiles === 0) return `${present}; --data reads their content as well`;
  const read =
    readFiles === 0 ? '' : `; ${numberText(readFiles)} (${sizeText(readBytes)}) read and compared with the checksums`;
  const how = readFiles === 0 ? "by the store's own checksums" : 'in all';
  const proven = `${numberText(provenFiles)} proven ${how} (${sizeText(provenBytes)})`;
  const restFiles = checked.files - provenFiles;
  const rest =
    restFiles === 0 ? '' : `, ${numberText(restFiles)} not proven (${sizeText(checked.bytes - provenBytes)})`;
  return `${present}${read}; ${proven}${rest}`;
}

function comparison(against: AgainstSummary, colours: Colours): string {
  const { snapshots, equalSnapshots, missingSnapshots, removedSnapshots, differingSnapshots } = against;
  if (snapshots === 0) return colours.red('there is nothing to compare');
  if (equalSnapshots === snapshots)
    return colours.green(
      snapshots === 1 ? 'it is there and equal' : `all ${numberText(snapshots)} are there and equal`,
    );
  const parts = [`${numberText(equalSnapshots)} of ${countText(snapshots, 'snapshot')} there and equal`];
  if (differingSnapshots > 0) parts.push(`${numberText(differingSnapshots)} different or damaged`);
  if (missingSnapshots > 0) parts.push(`${numberText(missingSnapshots)} missing (taken ${spanText(against)})`);
  if (removedSnapshots > 0) parts.push(`${numberText(removedSnapshots)} removed there`);
  const text = parts.join(', ');
  return missingSnapshots + differingSnapshots === 0 ? text : colours.red(text);
}

function spanText({ missingFrom = '', missingTo = missingFrom }: AgainstSummary): string {
  const [from, to] = [missingFrom, missingTo].map(recordedTimeText);
  return from === to ? `${from}` : `${from} to ${to}`;
}

/** Where it was compared with another target, what is amiss there is told with the comparison. */
function isWholeHere({ whole, damagedSnapshots, against }: VerifySummary): boolean {
  return whole || (against !== undefined && damagedSnapshots === 0);
}

function verdict(summary: VerifySummary, colours: Colours): string {
  if (summary.snapshots === 0) return colours.red('there is nothing that could be restored');
  const { damagedSnapshots } = summary;
  if (isWholeHere(summary)) return colours.green(summary.snapshots === 1 ? 'it is whole' : 'all are whole');
  if (damagedSnapshots === 0) return colours.red('the snapshots are whole, but what is named is not');
  return colours.red(`${countText(damagedSnapshots, 'snapshot')} ${damagedSnapshots === 1 ? 'is' : 'are'} damaged`);
}

/** Members of the summary line of `verify --json`. */
export function verifyMembers(summary: VerifySummary): Record<string, unknown> {
  return {
    whole: summary.whole,
    snapshots: summary.snapshots,
    damagedSnapshots: summary.damagedSnapshots,
    files: summary.files,
    bytes: summary.bytes,
    data: summary.data,
    readFiles: summary.readFiles,
    readBytes: summary.readBytes,
    provenFiles: summary.provenFiles,
    provenBytes: summary.provenBytes,
    changedDigests: summary.changedDigests,
    sharedFiles: summary.sharedFiles,
    notChecked: summary.notChecked,
    ...(summary.against === undefined ? {} : { against: summary.against }),
    durationMs: Math.round(summary.durationMs),
  };
}
