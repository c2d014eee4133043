import { type BackupSummary, type BackupTargetSummary, displayName, type SnapshotCounts } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { displayWidth, padded } from '../display-width.js';
import { errorReport } from '../error-report.js';
import { leftOutCounts } from '../left-out-text.js';
import { countText, durationText, numberText, sizeText } from '../quantities.js';
import { shellWord } from '../shell-word.js';
import { durabilityText } from './durability-text.js';

/** A target as the user named it. */
export interface BackupPlace {
  readonly address: string;
  /** `capabilities.copyShares`: what is shared with the last snapshot takes no space of its own. */
  readonly copyShares: boolean;
}

/**
 * What a backup did, in plain words. `places` are its targets in the summary's order: as the user named them, and whether a
 * copy within it takes no space.
 */
export function backupLines(summary: BackupSummary, places: readonly BackupPlace[], colours: Colours): string[] {
  const committed = summary.targets.filter((target) => target.committed);
  const title = committed.length === 0 ? 'No snapshot was saved' : `Saved snapshot ${colours.bold(summary.snapshotId)}`;
  const name = summary.name === undefined ? '' : ` "${displayName(summary.name)}"`;
  const present = summary.sources.filter((source) => source.type !== 'missing');
  const names = present.map((source) => displayName(source.name)).join(', ');
  const labels = places.map(({ address }) => `to ${displayName(address)}`);
  const width = Math.max(0, ...labels.map(displayWidth));
  const unchanged = unchangedText(summary);
  const leftOut = leftOutCounts(summary.leftOut);
  const lines = [
    `${title}${name} in ${durationText(summary.durationMs)}`,
    `  ${contentsText(summary.counts)} from ${names}`,
    ...(unchanged === undefined ? [] : [`  ${unchanged}`]),
    ...(leftOut === undefined ? [] : [`  ${leftOut}`]),
    ...lookedIntoLines(summary, colours),
    ...summary.targets.map(
      (target, index) =>
        `  ${padded(labels[index] ?? '', width)}  ${targetText(target, places[index]?.copyShares === true, colours)}`,
    ),
  ];
  const first = summary.targets.findIndex((target) => target.committed);
  if (summary.parent === undefined && first !== -1) {
    const from = shellWord(places[first]?.address ?? '');
    lines.push(colours.dim(`  Get it back with: holdfast restore --from ${from} --into FOLDER`));
  }
  return lines;
}

/** `12 files (1.2 MiB), 2 folders, 1 link` */
export function contentsText(counts: SnapshotCounts): string {
  const parts = [`${countText(counts.files, 'file')} (${sizeText(counts.bytes)})`];
  if (counts.directories > 0) parts.push(countText(counts.directories, 'folder'));
  if (counts.symlinks > 0) parts.push(countText(counts.symlinks, 'link'));
  return parts.join(', ');
}

/** What was not read again; nothing where everything was read. */
function unchangedText(summary: BackupSummary): string | undefined {
  const unchanged = summary.counts.files - summary.readFiles - summary.adoptedFiles;
  if (unchanged <= 0) return undefined;
  const read = `${countText(summary.readFiles, 'file')} read (${sizeText(summary.readBytes)})`;
  return `${read}, ${numberText(unchanged)} unchanged since the last snapshot and not read again`;
}

/** What was found in workbooks and arrays, and what was made of them; nothing where they were not looked into. */
function lookedIntoLines({ contents, counts }: BackupSummary, colours: Colours): string[] {
  if (contents === undefined) return [];
  const { sound, broken, opaque } = contents;
  const parts = [`looked into ${countText(sound + broken + opaque, 'workbook or array', 'workbooks and arrays')}`];
  if (broken > 0) parts.push(colours.yellow(`${numberText(broken)} broken, stored as they are`));
  if (opaque > 0) parts.push(`${numberText(opaque)} that cannot be looked into`);
  const { exports = 0, exportBytes = 0 } = counts;
  if (exports > 0) parts.push(`${countText(exports, 'export')} (${sizeText(exportBytes)}) beside them`);
  return [`  ${parts.join(', ')}`];
}

function targetText(target: BackupTargetSummary, copyShares: boolean, colours: Colours): string {
  if (!target.committed) {
    const report = errorReport(target.error);
    return colours.red(`failed: ${displayName(report.message)} (${report.code})`);
  }
  const parts: string[] = [];
  if (target.storedFiles > 0 || (target.sharedFiles === 0 && target.adoptedFiles === 0)) {
    parts.push(`stored ${countText(target.storedFiles, 'file')} (${sizeText(target.storedBytes)})`);
  }
  if (target.sharedFiles > 0) {
    const shared = `${countText(target.sharedFiles, 'file')} (${sizeText(target.sharedBytes)})`;
    parts.push(copyShares ? `shared ${shared} with the last snapshot` : `copied ${shared} within the store`);
  }
  if (target.adoptedFiles > 0) {
    const adopted = `${countText(target.adoptedFiles, 'file')} (${sizeText(target.adoptedBytes)})`;
    parts.push(`took over ${adopted} from an interrupted backup`);
  }
  return `${parts.join(', ')}; ${durabilityText(target.durability, target.durableBy ?? 'unknown')}`;
}

/** Members of the summary line of `backup --json`. */
export function backupMembers(summary: BackupSummary, addresses: readonly string[]): Record<string, unknown> {
  return {
    snapshotId: summary.snapshotId,
    name: summary.name ?? null,
    createdAt: summary.createdAt,
    files: summary.counts.files,
    directories: summary.counts.directories,
    symlinks: summary.counts.symlinks,
    bytes: summary.counts.bytes,
    skipped: summary.counts.skipped,
    unstable: summary.counts.unstable,
    leftOut: summary.leftOut,
    readFiles: summary.readFiles,
    readBytes: summary.readBytes,
    ...(summary.contents === undefined
      ? {}
      : {
          contents: summary.contents,
          exportedFiles: summary.counts.exports ?? 0,
          exportedBytes: summary.counts.exportBytes ?? 0,
        }),
    flags: summary.flags,
    parent: summary.parent ?? null,
    targets: summary.targets.map((target, index) => targetMembers(target, addresses[index] ?? target.url)),
    durationMs: Math.round(summary.durationMs),
  };
}

function targetMembers(target: BackupTargetSummary, address: string): Record<string, unknown> {
  return {
    address,
    url: target.url,
    committed: target.committed,
    durability: target.durability,
    durableBy: target.durableBy,
    storedFiles: target.storedFiles,
    storedBytes: target.storedBytes,
    sharedFiles: target.sharedFiles,
    sharedBytes: target.sharedBytes,
    adoptedFiles: target.adoptedFiles,
    adoptedBytes: target.adoptedBytes,
    error: target.error === undefined ? undefined : errorMembers(target.error),
  };
}

/** An error as a member of a summary line. */
export function errorMembers(error: unknown): Record<string, unknown> {
  const { code, message, hint } = errorReport(error);
  return { code, message, hint };
}
