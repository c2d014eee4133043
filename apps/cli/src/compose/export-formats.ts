import type { SourceSpec } from '@holdfast/core';
import { CliError } from '../cli-error.js';

/** What contents can be exported as. */
export const EXPORT_FORMATS = ['csv'] as const;

/**
 * The sources, each with the formats of `--export` beside those that the config says of it.
 *
 * @throws CliError `USAGE` for a format that is none
 */
export function withExportFormats(
  sources: readonly SourceSpec[],
  formats: readonly string[] | undefined,
): readonly SourceSpec[] {
  if (formats === undefined) return sources;
  const unknown = formats.find((format) => !EXPORT_FORMATS.some((known) => known === format));
  if (unknown !== undefined) {
    const message = `--export does not know "${unknown}"`;
    throw new CliError({ code: 'USAGE', message, hint: `It knows ${EXPORT_FORMATS.join(', ')}.` });
  }
  return sources.map((source) => ({ ...source, exports: [...new Set([...(source.exports ?? []), ...formats])] }));
}
