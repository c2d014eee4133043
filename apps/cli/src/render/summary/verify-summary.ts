import { displayName, type VerifySummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, sizeText } from '../quantities.js';

/** What a verification found, in plain words; also what it did not look at. */
export function verifyLines(summary: VerifySummary, address: string, colours: Colours): string[] {
  const checked = `${countText(summary.snapshots, 'snapshot')} in ${displayName(address)}`;
  const lines = [`Checked ${checked} in ${durationText(summary.durationMs)}: ${verdict(summary, colours)}`];
  const files = `${countText(summary.files, 'file')} (${sizeText(summary.bytes)})`;
  if (summary.data) lines.push(`  ${files}; ${sizeText(summary.readBytes)} read and compared with the checksums`);
  else lines.push(`  ${files} present with the right size; --data reads their content as well`);
  if (summary.sharedFiles > 0) {
    lines.push(
      `  ${countText(summary.sharedFiles, 'file')} kept once for several snapshots: read once, and lost together`,
    );
  }
  for (const sentence of summary.notChecked) lines.push(`  not checked: ${displayName(sentence)}`);
  return lines;
}

function verdict(summary: VerifySummary, colours: Colours): string {
  if (summary.snapshots === 0) return colours.red('there is nothing that could be restored');
  if (summary.whole) return colours.green(summary.snapshots === 1 ? 'it is whole' : 'all are whole');
  const { damagedSnapshots } = summary;
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
    readBytes: summary.readBytes,
    sharedFiles: summary.sharedFiles,
    notChecked: summary.notChecked,
    durationMs: Math.round(summary.durationMs),
  };
}
