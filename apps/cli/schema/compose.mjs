// The schema of what `--json` prints, put together from one file for each kind of line and each summary.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The version the schema describes; `src/render/event-json.ts` prints the same in each summary (a test compares them). */
export const SCHEMA_VERSION = 1;

const FOLDER = import.meta.dirname;

/** Members of every summary. */
const SUMMARY_MEMBERS = {
  command: { type: ['string', 'null'], description: 'The command; null where the words named none.' },
  schemaVersion: { const: SCHEMA_VERSION },
  exitStatus: { type: 'integer', minimum: 0, maximum: 255, description: 'The exit status of the process.' },
};

/**
 * Composes the whole schema.
 *
 * `open` is what is published: members, types and words may come that it does not know, as the promise in docs/cli.md has it.
 * `closed` is what this version prints and nothing else: tests hold the program to it.
 *
 * @param {'open' | 'closed'} kind
 * @returns {Record<string, unknown>}
 */
export function composeSchema(kind) {
  const { lines, summaries, shared } = readParts();
  const definitions = { ...shared };
  for (const [name, part] of Object.entries(lines)) definitions[`${name}-line`] = lineSchema(name, part);
  for (const [name, part] of Object.entries(summaries)) definitions[`${name}-summary`] = summarySchema(name, part);
  definitions['failure-summary'] = summarySchema(undefined, {
    description: 'The end of a command that failed or was stopped.',
    required: ['error'],
    properties: { error: { $ref: '#/$defs/code' } },
  });
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:holdfast:json-output:${SCHEMA_VERSION}`,
    title: 'One line of what holdfast prints with --json',
    type: 'object',
    required: ['type'],
    properties: { type: { type: 'string' } },
    allOf: [
      ...Object.keys(lines).map((name) => when({ type: { const: name } }, `${name}-line`)),
      when({ type: { const: 'summary' }, error: true }, 'failure-summary'),
      ...Object.keys(summaries).map((name) =>
        when({ type: { const: 'summary' }, command: { const: name } }, `${name}-summary`, 'error'),
      ),
    ],
    $defs: definitions,
  };
  return kind === 'open' ? opened(schema) : closed(schema);
}

/** The files, by the name of the line or of the command. */
export function readParts() {
  return { lines: readFolder('lines'), summaries: readFolder('summaries'), shared: readJson('shared.json') };
}

function readFolder(name) {
  const files = readdirSync(join(FOLDER, name)).sort();
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readJson(join(name, file))]));
}

function readJson(path) {
  return JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
}

function lineSchema(name, { description, required = [], properties }) {
  return {
    type: 'object',
    description,
    required: ['type', ...required],
    properties: { type: { const: name }, ...properties },
  };
}

function summarySchema(command, part) {
  const { description, required, properties } = lineSchema('summary', part);
  const ofCommand = command === undefined ? {} : { command: { const: command } };
  return {
    type: 'object',
    description,
    required: [...required, ...Object.keys(SUMMARY_MEMBERS)],
    properties: { ...SUMMARY_MEMBERS, ...ofCommand, ...properties },
  };
}

/** A line with these members is of that definition; `without` names a member that must not be there. */
function when(properties, definition, without) {
  return {
    if: {
      properties,
      required: Object.keys(properties),
      ...(without === undefined ? {} : { not: { required: [without] } }),
    },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: { $ref: `#/$defs/${definition}` },
  };
}

/** Words that may grow are any text, with the ones of today as examples. */
function opened(schema) {
  return mapped(schema, ({ 'x-mayGrow': mayGrow, enum: words, ...rest }) => ({
    ...rest,
    ...(words === undefined ? {} : mayGrow ? { type: 'string', examples: words } : { enum: words }),
  }));
}

/** Objects have no member that is not named, and lines no type that is not. */
function closed(schema) {
  const { lines } = readParts();
  const strict = mapped(schema, ({ 'x-mayGrow': _, ...rest }) =>
    rest.type === 'object' && rest.properties !== undefined && rest.allOf === undefined
      ? { ...rest, additionalProperties: false }
      : rest,
  );
  return { ...strict, properties: { type: { enum: [...Object.keys(lines), 'summary'] } } };
}

/** The schema with each object in it, from the inside out, replaced. */
function mapped(value, replace) {
  if (Array.isArray(value)) return value.map((item) => mapped(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return replace(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, replace)])));
}
