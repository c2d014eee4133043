// Writes the schema of holdfast.config.json, which editors use: dist/config.schema.json. Part of the build, after the compiler.
import { writeFileSync } from 'node:fs';
import { composeConfigSchema } from './compose-config.mjs';

const file = new URL('../dist/config.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(composeConfigSchema(), undefined, 2)}\n`);
