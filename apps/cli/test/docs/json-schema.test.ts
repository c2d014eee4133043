import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeSchema, readParts } from '../../schema/compose.mjs';
import { membersOfSchema } from '../../schema/members.mjs';
import { JSON_SCHEMA_VERSION } from '../../src/render/event-json.js';
import { lineFaults, newAjv } from '../script/json-lines.js';
import { REPOSITORY } from './pages.js';

const PAGE = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8');
const JSON_SECTION = PAGE.split(/^## /m).find((part) => part.startsWith('JSON\n')) ?? '';
const { lines, summaries, shared } = readParts();
const PARTS = [
  ...Object.entries(lines).map(([name, part]) => ({ heading: name, part })),
  ...Object.entries(summaries).map(([name, part]) => ({ heading: `summary of ${name}`, part })),
];
const COMMITTED = { type: 'committed', snapshotId: 'a', target: 'file:///x', durableBy: 'fsync' };

describe('docs/cli.md and apps/cli/schema say the same', () => {
  test('each type of line and each summary has a section, and no other has one', () => {
    const headings = [...JSON_SECTION.matchAll(/^#### (.*)$/gm)].map(([, heading = '']) => heading);
    expect(headings.sort()).toEqual(PARTS.map(({ heading }) => heading).sort());
  });

  test('each section names every member', () => {
    const missing = PARTS.flatMap(({ heading, part }) => {
      const section = JSON_SECTION.split(/^#{3,4} /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
      return namesIn(part)
        .filter((name) => !section.includes(`\`${name}\``))
        .map((name) => `#### ${heading}: ${name}`);
    });
    expect(missing, 'docs/cli.md does not name these').toEqual([]);
  });

  test('each word that a member can be stands there', () => {
    const { entry: _fromTheManifest, ...others } = shared;
    const words = wordsIn([lines, summaries, others]);
    const missing = words.filter((word) => !JSON_SECTION.includes(`\`${word}\``));
    expect(missing, 'docs/cli.md, ## JSON, does not explain these').toEqual([]);
  });
});

describe('the published schema', () => {
  const validate = newAjv().compile(composeSchema('open'));

  test('has the version that summaries print', () => {
    expect(composeSchema('open').$id).toBe(`urn:holdfast:json-output:${JSON_SCHEMA_VERSION}`);
  });

  test('accepts types, members and words of later versions, and only those', () => {
    expect(validate(COMMITTED)).toBe(true);
    expect(validate({ ...COMMITTED, durableBy: 'something new', andMore: 1 })).toBe(true);
    expect(validate({ type: 'something new' })).toBe(true);
    expect(validate({ ...COMMITTED, target: 7 })).toBe(false);
    expect(validate({ type: 'committed', snapshotId: 'a' })).toBe(false);
    expect(validate({ type: 'summary', command: 'list', schemaVersion: 1, exitStatus: 0 })).toBe(false);
    expect(validate({ type: 'summary', command: 'list', schemaVersion: 1, exitStatus: 1, error: 'USAGE' })).toBe(true);
  });

  test('is a file of the build', () => {
    const file = join(REPOSITORY, 'apps/cli/dist/output.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8')), 'run the build').toEqual(composeSchema('open'));
  });
});

test('what this version prints is held to it strictly: no unknown type, member or word', () => {
  expect(lineFaults(COMMITTED)).toEqual([]);
  expect(lineFaults({ ...COMMITTED, extra: 1 })[0]).toContain('lines/committed.json: the line has a member "extra"');
  expect(lineFaults({ ...COMMITTED, durableBy: 'hope' })[0]).toContain('/durableBy is none of');
  expect(lineFaults({ type: 'unheard', path: 'x' })[0]).toContain('schema/lines/unheard.json is missing');
  expect(lineFaults({ type: 'summary', command: 'dance' })[0]).toContain('schema/summaries/dance.json is missing');
});

test('what was released stays: no type or member goes, becomes another kind, or is no longer always there', () => {
  const now = new Set(membersOfSchema());
  const released = readFileSync(join(REPOSITORY, 'apps/cli/schema/released.txt'), 'utf8').trim().split('\n');
  expect(released.length).toBeGreaterThan(100);
  expect(released.filter((member) => !now.has(member) && !now.has(`${member} always`))).toEqual([]);
});

/** The names of all members, also of objects and lists within. What a manifest's line holds is for docs/format.md. */
function namesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { $ref, properties, items } = part as { $ref?: string; properties?: object; items?: unknown };
  const referred = $ref?.replace('#/$defs/', '');
  if (referred !== undefined) return referred === 'entry' ? [] : namesIn(shared[referred]);
  const inner = Object.entries(properties ?? {}).flatMap(([name, value]) => [name, ...namesIn(value)]);
  return [...inner, ...namesIn(items)];
}

/** Every word of every `enum`. */
function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'enum' ? (inner as string[]) : wordsIn(inner)));
}
