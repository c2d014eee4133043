import { displayName, type Problem, type Trouble } from '@holdfast/core';
import { countText, numberText } from './quantities.js';

const SHOWN_PROBLEMS = 10;

/** One problem as a line: what, what happened to it, and the code to look up. */
export function problemText(problem: Problem): string {
  const { path, snapshotId } = problem;
  const where = snapshotId === undefined || snapshotId === path ? '' : ` in ${displayName(snapshotId)}`;
  return `${displayName(path) || 'the snapshot'}${where}: ${displayName(problem.message)} (${problem.code})`;
}

/** A heading, the first ten problems, and how many more there were. Empty without any. */
export function problemLines(trouble: Trouble): string[] {
  if (trouble.problemCount === 0) return [];
  // Files are worked on side by side, so problems come in no order that a reader could follow.
  const shown = [...trouble.problems].sort(byPath).slice(0, SHOWN_PROBLEMS);
  const more = trouble.problemCount - shown.length;
  const lines = [
    `${countText(trouble.problemCount, 'problem')}:`,
    ...shown.map((problem) => `  ${problemText(problem)}`),
  ];
  if (more > 0) lines.push(`  and ${numberText(more)} more (--verbose names each)`);
  return lines;
}

function byPath(left: Problem, right: Problem): number {
  if (left.path === right.path) return 0;
  return left.path < right.path ? -1 : 1;
}
