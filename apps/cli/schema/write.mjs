// Writes the schema that is published: dist/output.schema.json. Part of the build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { composeSchema } from './compose.mjs';

const dist = new URL('../dist/', import.meta.url);
mkdirSync(dist, { recursive: true });
writeFileSync(new URL('output.schema.json', dist), `${JSON.stringify(composeSchema('open'), undefined, 2)}\n`);
