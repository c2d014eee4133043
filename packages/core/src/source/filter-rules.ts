import { PatternFault } from './ignore-name.js';
import { type IgnorePattern, parseIgnorePattern } from './ignore-pattern.js';
import { nameText } from './name-text.js';

/** Where a rule stands: the line of a file, or the options. */
export interface RulePlace {
  /** The rule as it was written. */
  readonly rule: string;
  /** The file it stands in; absent where it was given as an option. */
  readonly file?: string;
  /** Its line there, from 1. */
  readonly line?: number;
}

/** One rule: what fits is left out, or with `!` taken all the same. */
export interface FilterRule extends RulePlace {
  readonly pattern: IgnorePattern;
  readonly negated: boolean;
  /** Why what fits is left out, where it is not for the wish of somebody. */
  readonly reason?: 'transient';
}

/** A rule that could never match, and why. */
export interface RuleFault extends RulePlace {
  readonly reason: string;
}

/**
 * Reads one rule: a pattern, with `!` before it if it takes back what others leave out.
 *
 * @throws PatternFault if it could never match.
 */
export function parseRule(place: RulePlace): FilterRule {
  const negated = place.rule.startsWith('!');
  return { ...place, negated, pattern: parseIgnorePattern(negated ? place.rule.slice(1) : place.rule) };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads the rules of a file as gitignore(5) has them: empty lines and those that begin with `#` are none, spaces at the end
 * do not count unless a backslash stands before them, `\#` and `\!` begin a pattern. A byte order mark and CR LF are no part of it.
 */
export function parseRuleFile(bytes: Buffer, file: string): { rules: FilterRule[]; faults: RuleFault[] } {
  const rules: FilterRule[] = [];
  const faults: RuleFault[] = [];
  const text = nameText(bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes);
  for (const [index, raw] of text.split('\n').entries()) {
    if (raw.startsWith('#')) continue;
    const rule = withoutEndingSpaces(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
    if (rule === '') continue;
    const place = { rule, file, line: index + 1 };
    try {
      rules.push(parseRule(place));
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error;
      faults.push({ ...place, reason: error.message });
    }
  }
  return { rules, faults };
}

function withoutEndingSpaces(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === ' ') continue;
    if (line[at] === '\\') at += 1;
    end = at + 1;
  }
  return line.slice(0, end);
}
