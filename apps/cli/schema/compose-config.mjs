// The JSON schema of holdfast.config.json, made from the schema that the program itself validates with.
import { toJsonSchema } from '@valibot/to-json-schema';
import { configFileSchema } from '../dist/config/config-file-schema.js';
import { CONFIG_SCHEMA_URL } from '../dist/config/config-schema-url.js';

/** @returns {Record<string, unknown>} */
export function composeConfigSchema() {
  const { $schema, ...schema } = toJsonSchema(configFileSchema, { typeMode: 'input' });
  return { $schema, $id: CONFIG_SCHEMA_URL, title: 'holdfast.config.json', ...schema };
}
