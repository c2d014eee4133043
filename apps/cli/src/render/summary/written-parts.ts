import { relative } from 'node:path';
import { displayName, type WrittenPart } from '@holdfast/core';
import type { ContentFacts } from '@holdfast/core/inspect';
import { countText, sizeText } from '../quantities.js';

/** Which sheets went where, in plain words. */
export function writtenPartLines(file: string, parts: readonly WrittenPart[], facts: ContentFacts): string[] {
  const lines = [
    `Wrote ${countText(parts.length, 'sheet')} of ${displayName(file)}:`,
    ...parts.map(({ name, path, sizeBytes }) => `  ${shortPath(path)}  "${displayName(name)}", ${sizeText(sizeBytes)}`),
  ];
  const { guardedCells } = facts;
  if (typeof guardedCells === 'number' && guardedCells > 0) {
    lines.push(
      `  ${countText(guardedCells, 'text')} would run as a formula in a spreadsheet, and got a ' in front (--csv-raw leaves them)`,
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
