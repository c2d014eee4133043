// What there is in a schema, as short lines: `file.sizeBytes`, and `file.sizeBytes always` where it is required.
import { readParts } from './compose.mjs';

/** @returns {string[]} one for each member of each line and summary, sorted */
export function membersOfSchema() {
  const { lines, summaries, shared } = readParts();
  const found = [];
  for (const [name, part] of Object.entries(lines)) collect(name, part, shared, found);
  for (const [name, part] of Object.entries(summaries)) collect(`summary of ${name}`, part, shared, found);
  return found.sort();
}

function collect(path, part, shared, found) {
  const schema = part.$ref === undefined ? part : shared[part.$ref.replace('#/$defs/', '')];
  if (schema.type === 'array') return collect(`${path}[]`, schema.items, shared, found);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const isAlways = schema.required?.includes(name) === true;
    found.push(`${path}.${name} ${kindOf(inner, shared)}${isAlways ? ' always' : ''}`);
    collect(`${path}.${name}`, inner, shared, found);
  }
}

function kindOf(part, shared) {
  const schema = part.$ref === undefined ? part : shared[part.$ref.replace('#/$defs/', '')];
  return schema.enum === undefined ? [schema.type].flat().join('|') : 'string';
}
