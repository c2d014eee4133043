import { displayName, type ExportSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, durationText, sizeText } from '../quantities.js';

/** What an export wrote, in plain words. */
export function exportLines(summary: ExportSummary, file: string, colours: Colours): string[] {
  const what = `${summary.part ? 'a part of ' : ''}snapshot ${colours.bold(summary.snapshotId)}`;
  return [
    `Exported ${what} to ${displayName(file)} in ${durationText(summary.durationMs)}`,
    `  ${countText(summary.files, 'file')}, ${sizeText(summary.bytes)}, compared with the checksums at both ends`,
  ];
}

/** Members of the summary line of `export --json`. */
export function exportMembers(summary: ExportSummary, file: string): Record<string, unknown> {
  const { snapshotId, exportedId, part, files, bytes } = summary;
  return { snapshotId, exportedId, file, part, files, bytes, durationMs: Math.round(summary.durationMs) };
}
