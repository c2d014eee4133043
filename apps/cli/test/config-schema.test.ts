/** The published schema and the program judge a config the same way; what only the program can know is said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { composeConfigSchema } from '../schema/compose-config.mjs';
import { checkConfigFile } from '../src/config/check-config-file.js';
import { readJsonText } from '../src/config/json-text.js';
import { REPOSITORY } from './docs/pages.js';

const PAGE = readFileSync(join(REPOSITORY, 'docs/config.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => text);

const GOOD = [
  '{}',
  '{"$schema": ""}',
  '{"sources": {}, "targets": {}, "mirrors": [], "hooks": {}}',
  '{"sources": {"a": ".", "é ü": {"path": "/x"}}}',
  '{"sources": {"a": {"path": "x", "include": ["*.npy"], "exclude": [], "excludeFiles": ["f"]}}}',
  '{"sources": {"a": {"path": "x", "excludeLargerThan": "1.5GiB", "excludeSmallerThan": "0", "includeCaches": true, "oneFileSystem": false}}}',
  '{"sources": {"a": {"path": "x", "exports": ["csv"]}, "b": {"path": "x", "exports": []}}}',
  '{"targets": {"a": "b", "c-1._": {"url": "s3://b", "format": "plain", "region": "r", "endpoint": "http://localhost:9000", "pathStyle": true, "profile": "p", "createIfAbsent": false}}}',
  '{"targets": {"a": "b"}, "defaultTarget": "a", "mirrors": [{"from": "a", "to": "./c"}]}',
  '{"targets": {"a": "b"}, "exports": [{"to": "{id}.zip"}, {"to": "x.ZIP", "from": "a", "patterns": ["*.npy"], "replace": true}]}',
  '{"hooks": {"before": "x", "after": ["x", "y"], "failed": {"command": ["x"], "timeoutSeconds": 1.5}}}',
];

const BAD = [
  '[]',
  '7',
  'null',
  '{"source": {}}',
  '{"sources": []}',
  '{"sources": {"a": 1}}',
  '{"sources": {"a": ""}}',
  '{"sources": {"a": {}}}',
  '{"sources": {"a/b": "x"}}',
  '{"sources": {"a\\\\b": "x"}}',
  '{"sources": {"": "x"}}',
  '{"sources": {"..": "x"}}',
  '{"sources": {".holdfast": "x"}}',
  '{"sources": {"a": {"path": "x", "exlude": []}}}',
  '{"sources": {"a": {"path": "x", "exclude": "*.tmp"}}}',
  '{"sources": {"a": {"path": "x", "excludeLargerThan": 5}}}',
  '{"sources": {"a": {"path": "x", "excludeLargerThan": "much"}}}',
  '{"sources": {"a": {"path": "x", "exports": "csv"}}}',
  '{"sources": {"a": {"path": "x", "exports": ["pdf"]}}}',
  '{"targets": {"1a": "x"}}',
  '{"targets": {"a b": "x"}}',
  '{"targets": {"a.zip": "x"}}',
  '{"targets": {"a": {"url": "x", "format": "vault"}}}',
  '{"targets": {"a": {"url": "x", "encryption": {}}}}',
  '{"targets": {"a": {"url": "s3://b", "endpoint": "s3.example.org"}}}',
  '{"targets": {"a": {"url": "s3://b", "endpoint": "https://k:s@s3.example.org"}}}',
  '{"targets": {"a": {"url": "s3://b", "pathStyle": "yes"}}}',
  '{"mirrors": {}}',
  '{"mirrors": [{"from": "a"}]}',
  '{"mirrors": [{"from": "a", "to": "b", "when": "x"}]}',
  '{"exports": {}}',
  '{"exports": [{}]}',
  '{"exports": [{"to": "x.tar"}]}',
  '{"exports": [{"to": "{id}.zip", "patterns": "x"}]}',
  '{"hooks": []}',
  '{"hooks": {"beforre": "x"}}',
  '{"hooks": {"before": []}}',
  '{"hooks": {"before": [""]}}',
  '{"hooks": {"before": {"command": "x", "timeoutSeconds": 0}}}',
  '{"hooks": {"before": {"timeoutSeconds": 1}}}',
  '{"guard": {"onFailure": "panic"}}',
];

/** Names that have to be elsewhere in the file, and settings that fit an address: no schema can say that. */
const ONLY_THE_PROGRAM = [
  '{"targets": {"a": "b"}, "defaultTarget": "c"}',
  '{"targets": {"a": {"url": "./b", "region": "r"}}}',
  '{"mirrors": [{"from": "a", "to": "a"}]}',
  '{"exports": [{"to": "x.zip"}]}',
  '{"exports": [{"to": "{id}.zip", "from": "a"}]}',
];

const validate = new Ajv({ allowUnionTypes: true, strict: true }).compile(composeConfigSchema());

/** What the program finds wrong. */
function faults(text: string): readonly string[] {
  const json = readJsonText(text);
  if ('message' in json) return [json.message];
  const checked = checkConfigFile(json);
  return Array.isArray(checked) ? checked.map(({ message }) => message) : [];
}

describe('the published schema of a config and the program', () => {
  test.each([...GOOD, ...EXAMPLES])('both take %s', (text) => {
    expect(faults(text)).toEqual([]);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each(BAD)('both refuse %s', (text) => {
    expect(faults(text)).not.toEqual([]);
    expect(validate(JSON.parse(text))).toBe(false);
  });

  test.each(ONLY_THE_PROGRAM)('only the program can refuse %s', (text) => {
    expect(faults(text)).toHaveLength(1);
    expect(validate(JSON.parse(text))).toBe(true);
  });

  test('docs/config.md has an example, and explains every member', () => {
    expect(EXAMPLES.length).toBeGreaterThan(0);
    const missing = [...namesIn(composeConfigSchema())].filter((name) => !new RegExp(`[\`.]${name}\``).test(PAGE));
    expect(missing).toEqual([]);
  });

  test('the schema is a file of the build', () => {
    const file = join(REPOSITORY, 'apps/cli/dist/config.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8')), 'run the build').toEqual(composeConfigSchema());
  });
});

/** The names of all members, at any depth. */
function namesIn(schema: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties = {} } = value as { properties?: Record<string, unknown> };
    for (const name of Object.keys(properties)) names.add(name.replace('$', '\\$'));
    for (const inner of Object.values(value)) walk(inner);
  };
  walk(schema);
  return names;
}
