import { relative } from 'node:path';
import { displayName, type EntryContent, type WrittenPart } from '@holdfast/core';
import { countText, sizeText } from '../quantities.js';

/** Which sheets went where, in plain words. */
export function writtenPartLines(
  file: string,
  parts: readonly WrittenPart[],
  facts: NonNullable<EntryContent['facts']>,
  raw: boolean,
): string[] {
  const lines = [
    `Wrote ${countText(parts.length, 'sheet')} of ${displayName(file)}:`,
    ...parts.map(({ name, path, sizeBytes }) => `  ${shortPath(path)}  "${displayName(name)}", ${sizeText(sizeBytes)}`),
  ];
  const { formulaLikeTexts: count } = facts;
  if (!raw && typeof count === 'number' && count > 0) {
    lines.push(
      `  ${countText(count, 'text')} of the workbook would run as a formula in a spreadsheet: in CSV with a ' in front (--csv-raw leaves it out)`,
    );
  }
  return lines;
}

/** Members of the summary line of `csv --json`. */
export function writtenPartMembers(parts: readonly WrittenPart[]): Record<string, unknown> {
  return { parts: parts.map(({ name, path, sizeBytes }) => ({ name, path, sizeBytes })) };
}

/** A path as short as it can be said from here. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return displayName(short.startsWith('..') ? path : short);
}
