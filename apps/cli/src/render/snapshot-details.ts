import { displayName, flagsOf, type SnapshotPayload } from '@holdfast/core';
import type { Colours } from './colours.js';
import { countText, sizeText } from './quantities.js';
import { contentsText } from './summary/backup-summary.js';

/** The head of `holdfast show`: what a snapshot says of itself. */
export function snapshotDetails(payload: SnapshotPayload, colours: Colours): string[] {
  const { counts } = payload;
  const flags = flagsOf(payload, new Date());
  const left = [
    counts.skipped > 0 ? `${countText(counts.skipped, 'item')} could not be stored` : undefined,
    counts.unstable > 0 ? `${countText(counts.unstable, 'file')} changed while being read` : undefined,
  ].filter((part) => part !== undefined);
  const rows: [string, string | undefined][] = [
    ['snapshot', colours.bold(payload.id)],
    ['name', payload.name === undefined ? undefined : displayName(payload.name)],
    ['made', `${payload.createdAt} on ${displayName(payload.host)} by ${displayName(payload.user)}`],
    ['tags', payload.tags.length === 0 ? undefined : payload.tags.map(displayName).join(', ')],
    ['contents', contentsText(counts)],
    ['exports', counts.exports === undefined ? undefined : exportsText(counts)],
    ...payload.sources.map((source): [string, string] => [
      'source',
      `${displayName(source.name)}, from ${displayName(source.path)}`,
    ]),
    ['flags', flags.length === 0 ? undefined : colours.yellow(flags.map(displayName).join(', '))],
    ['left out', left.length === 0 ? undefined : colours.yellow(left.join(', '))],
  ];
  const lines = rows.flatMap(([label, value]) => (value === undefined ? [] : [`${label.padEnd(9)} ${value}`]));
  return [...lines, ''];
}

function exportsText({ exports = 0, exportBytes = 0 }: SnapshotPayload['counts']): string {
  return `${countText(exports, 'file')} (${sizeText(exportBytes)}) made of what is in the others`;
}
