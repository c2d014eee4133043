/** Where editors find the schema of a config: the file of the published package, as npm's mirrors serve it. */
export const CONFIG_SCHEMA_URL = 'https://unpkg.com/@holdfast/cli/dist/config.schema.json';
