import type { Problem, Trouble } from '@holdfast/core';
import { printable } from './printable.js';
import { countText, numberText } from './quantities.js';

const SHOWN_PROBLEMS = 10;

/** One problem as a line: what, what happened to it, and the code to look up. */
export function problemText(problem: Problem): string {
  return `${printable(problem.path)}: ${printable(problem.message)} (${problem.code})`;
}

/** A heading, the first ten problems, and how many more there were. Empty without any. */
export function problemLines(trouble: Trouble): string[] {
  if (trouble.problemCount === 0) return [];
  const shown = trouble.problems.slice(0, SHOWN_PROBLEMS);
  const more = trouble.problemCount - shown.length;
  const lines = [
    `${countText(trouble.problemCount, 'problem')}:`,
    ...shown.map((problem) => `  ${problemText(problem)}`),
  ];
  if (more > 0) lines.push(`  and ${numberText(more)} more (--verbose names each)`);
  return lines;
}
