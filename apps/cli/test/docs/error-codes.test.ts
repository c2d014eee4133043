import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const PAGE = readFileSync(join(REPOSITORY, 'docs/errors.md'), 'utf8');

/** Each section of the page, and the union of codes in the source that it has to list. */
const SECTIONS = [
  { heading: 'Errors of the command line', file: 'apps/cli/src/cli-error.ts', start: 'type CliErrorCode =' },
  { heading: 'Errors of an operation', file: 'packages/core/src/holdfast-error.ts', start: 'type HoldfastErrorCode =' },
  {
    heading: 'Errors of a target',
    file: 'packages/core/src/target/errors.ts',
    start: 'type TargetErrorCode =',
    told: ['ABORTED'],
  },
  { heading: 'Problems', file: 'packages/core/src/events/events.ts', start: 'type ProblemCode =' },
  { heading: 'Notes', file: 'packages/core/src/events/events.ts', start: 'interface Note {' },
];

describe('docs/errors.md lists each code with its cure, and no other', () => {
  for (const { heading, file, start, told = [] } of SECTIONS) {
    test(heading, () => {
      expect([...listedCodes(heading), ...told].sort()).toEqual(codesIn(file, start).sort());
    });
  }
});

function codesIn(file: string, start: string): string[] {
  const text = readFileSync(join(REPOSITORY, file), 'utf8');
  const union = text.slice(text.indexOf(start)).split(';')[0] ?? '';
  const codes = [...union.replace(/\/\*\*.*?\*\//gs, '').matchAll(/'([A-Z_]+)'/g)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(3);
  return codes;
}

function listedCodes(heading: string): string[] {
  const section = PAGE.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code);
}
