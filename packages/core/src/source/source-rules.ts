import { HoldfastError } from '../holdfast-error.js';
import { type FilterRule, parseRule, parseRuleFile, type RuleFault } from './filter-rules.js';
import type { FilterSpec } from './filter-spec.js';
import { PatternFault } from './ignore-name.js';
import { parseIgnorePattern } from './ignore-pattern.js';
import { readRuleFile } from './rule-file.js';
import type { SourceRules } from './source-filter.js';

/**
 * Makes the rules of a source from what its caller gave. A pattern that can never match is refused here: whoever gave it
 * meant to leave something out.
 *
 * @param transientNames patterns of marks that applications make: they count least.
 * @throws HoldfastError `BAD_PATTERN`; `EXCLUDE_FILE` if a file of patterns cannot be read.
 */
export function sourceRules(spec: FilterSpec, transientNames: readonly string[] = []): SourceRules {
  const { include = [], exclude = [], excludeFiles = [], excludeLines = [] } = spec;
  return {
    include: include.map((pattern) => orRefuse(pattern, () => parseInclude(pattern))),
    exclude: exclude.map((rule) => orRefuse(rule, () => parseRule({ rule }))),
    excludeFiles: [
      ...transientNames.flatMap(transientRule),
      ...excludeFiles.flatMap(rulesOfFile),
      ...excludeLines.map((rule) => orRefuse(rule, () => parseRule({ rule }))),
    ],
    takeCaches: spec.takeCaches === true,
    oneFileSystem: spec.oneFileSystem === true,
    largerThanBytes: sizeLimit(spec.excludeLargerThanBytes),
    smallerThanBytes: sizeLimit(spec.excludeSmallerThanBytes),
  };
}

/** One that can match nothing is nobody's wish: it leaves nothing out. */
function transientRule(rule: string): FilterRule[] {
  try {
    return [{ ...parseRule({ rule }), reason: 'transient' }];
  } catch (error) {
    if (error instanceof PatternFault) return [];
    throw error;
  }
}

function sizeLimit(bytes: number | undefined): bigint | undefined {
  return bytes === undefined ? undefined : BigInt(Math.trunc(bytes));
}

function parseInclude(pattern: string): ReturnType<typeof parseIgnorePattern> {
  if (pattern.startsWith('!')) {
    throw new PatternFault(
      'an include cannot be turned round with "!"; exclude says what is left out (and "\\!" is the character)',
    );
  }
  return parseIgnorePattern(pattern);
}

function orRefuse<Result>(pattern: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PatternFault) throw badPattern({ rule: pattern, reason: error.message });
    throw error;
  }
}

function badPattern({ rule, file, line, reason }: RuleFault): HoldfastError {
  const place = file === undefined ? '' : ` (${file}:${line})`;
  return new HoldfastError({
    code: 'BAD_PATTERN',
    message: `the pattern "${rule}"${place} can match nothing: ${reason}`,
    hint: 'Patterns are those of .gitignore, counted from the top of each source; a backslash takes a character as it is.',
  });
}

function rulesOfFile(file: string): FilterRule[] {
  const read = readRuleFile(file);
  if (!('bytes' in read)) {
    throw new HoldfastError({
      code: 'EXCLUDE_FILE',
      message: `the file of patterns ${file} cannot be read: ${read.fault}`,
      hint: 'Nothing was saved: without it more would be taken than was meant.',
      cause: read.cause,
    });
  }
  const { rules, faults } = parseRuleFile(read.bytes, file);
  const [fault] = faults;
  if (fault !== undefined) throw badPattern(fault);
  return rules;
}
