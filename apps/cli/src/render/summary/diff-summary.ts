import type { Diff, DiffSummary } from '@holdfast/core';
import type { Colours } from '../colours.js';
import { countText, numberText, sizeText } from '../quantities.js';

/** What a comparison found, in one line for the counts. */
export function diffLines({ before, after, summary }: Diff, colours: Colours): string[] {
  const sides = `${before.payload.id} -> ${after?.payload.id ?? 'the live files'}`;
  const lines = [`${sides}: ${countsText(summary)}`];
  if (summary.notCompared > 0) {
    const were = summary.notCompared === 1 ? 'was' : 'were';
    lines.push(colours.yellow(`${countText(summary.notCompared, 'entry', 'entries')} ${were} not compared`));
  }
  if (!summary.movesSearched) {
    lines.push('So many files came and went that it was not looked which of them were moved.');
  }
  return lines;
}

function countsText(summary: DiffSummary): string {
  const { added, removed, changed, moved, metadata, unchanged, bytesBefore, bytesAfter } = summary;
  const differences = [
    [added, 'added'],
    [removed, 'removed'],
    [changed, 'changed'],
    [moved, 'moved'],
    [metadata, 'only metadata'],
  ] as const;
  const parts = differences.flatMap(([count, word]) => (count === 0 ? [] : [`${numberText(count)} ${word}`]));
  const all = [...(parts.length === 0 ? ['no differences'] : parts), `${numberText(unchanged)} unchanged`].join(', ');
  const growth = bytesAfter - bytesBefore;
  if (growth === 0) return all;
  return `${all}; ${growth > 0 ? '+' : '-'}${sizeText(Math.abs(growth))}`;
}

/** Members of the summary line of `diff --json`. */
export function diffMembers({ before, after, summary }: Diff): Record<string, unknown> {
  const { problemCount: _count, problems: _problems, ...counts } = summary;
  return { beforeId: before.payload.id, afterId: after?.payload.id ?? null, ...counts };
}
