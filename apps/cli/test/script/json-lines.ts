import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { composeSchema, readParts } from '../../schema/compose.mjs';

type Line = Record<string, unknown>;

const { lines: LINES, summaries: SUMMARIES } = readParts();

/**
 * Holds an output of `--json` to the schema: each line is an object of a type, with members, that `apps/cli/schema` has, and
 * nothing else; the last one is the summary with the exit status. `said` is what a failure shows besides.
 */
export function expectJsonLines(stdout: string, exitStatus: number | null, said: string): void {
  const lines = jsonLines(stdout);
  const faults = lines.flatMap(lineFaults);
  expect(faults, `${faults.join('\n')}\n${HELP}\n${said}`).toEqual([]);
  const types = lines.map((line) => line.type);
  expect(types.indexOf('summary'), `the summary is the last line; ${said}`).toBe(lines.length - 1);
  expect(lines.at(-1), said).toMatchObject({ exitStatus });
}

const HELP = `
What a line of --json may be is written in apps/cli/schema, and published. To add to it:
  a new type of line    schema/lines/TYPE.json, and a section "#### TYPE" in docs/cli.md
  a new command         schema/summaries/COMMAND.json, and a section "#### summary of COMMAND" in docs/cli.md
  a new member or word  in the file of its type or command; words used by several are in schema/shared.json
A member or type that was released never goes and never changes its meaning. CONTRIBUTING.md, "Add to the JSON", says more.
`;

/** The lines of an output. */
export function jsonLines(stdout: string): Line[] {
  const texts = stdout.trimEnd().split('\n');
  return texts.map((text) => JSON.parse(text) as Line);
}

/** What is wrong with one line, each as a sentence. */
export function lineFaults(line: Line): string[] {
  const { type, command, error } = line;
  if (typeof type !== 'string') return [`a line has no type: ${JSON.stringify(line)}`];
  const isSummary = type === 'summary';
  if (!isSummary && LINES[type] === undefined) {
    return [`no schema for lines of type "${type}": apps/cli/schema/lines/${type}.json is missing`];
  }
  if (isSummary && error === undefined && SUMMARIES[String(command)] === undefined) {
    return [`no schema for the summary of "${command}": apps/cli/schema/summaries/${command}.json is missing`];
  }
  const failure = isSummary && error !== undefined;
  const definition = failure ? 'failure-summary' : isSummary ? `${command}-summary` : `${type}-line`;
  const file = failure ? 'compose.mjs' : isSummary ? `summaries/${command}.json` : `lines/${type}.json`;
  const validate = validatorOf(definition);
  if (validate(line)) return [];
  return (validate.errors ?? []).map(
    (fault) => `apps/cli/schema/${file}: ${faultText(fault)} in ${JSON.stringify(line)}`,
  );
}

function faultText({ instancePath, keyword, message, params }: ErrorObject): string {
  const where = instancePath === '' ? 'the line' : instancePath;
  if (keyword === 'additionalProperties')
    return `${where} has a member "${params.additionalProperty}" that it does not name`;
  if (keyword === 'enum') return `${where} is none of ${JSON.stringify(params.allowedValues)}`;
  return `${where} ${message ?? keyword}`;
}

let ajv: Ajv2020 | undefined;

/** One definition of the closed schema, compiled when it is first used. */
function validatorOf(definition: string): ValidateFunction {
  if (ajv === undefined) {
    ajv = newAjv();
    ajv.addSchema(composeSchema('closed'), 'output');
  }
  const validate = ajv.getSchema(`output#/$defs/${definition}`);
  if (validate === undefined) throw new Error(`no definition ${definition}`);
  return validate;
}

/** A validator that knows the formats which the schema uses, and complains of every keyword it does not know. */
export function newAjv(): Ajv2020 {
  const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  return new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: true, formats: { 'date-time': dateTime } });
}
