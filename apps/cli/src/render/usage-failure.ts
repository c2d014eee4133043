import { displayName } from '@holdfast/core';
import type { ExitStatus } from '../exit-status.js';
import { JSON_SCHEMA_VERSION } from './event-json.js';
import { printableJson } from './printable.js';

/** Tells of words that the parser did not take; with `--json` among them also as lines, because a program reads along. */
export function usageFailure(
  host: NodeJS.Process,
  words: readonly string[],
  parserMessage: string,
  { results, exitStatus }: { readonly results: NodeJS.WritableStream; readonly exitStatus: ExitStatus },
): void {
  const message = parserMessage.replace(/^error: /, '').replace(/\n.*/s, '');
  const suggestion = /\(Did you mean ([^?]+)\?\)/.exec(parserMessage)?.[1];
  const command = words.find((word) => /^[a-z]+$/.test(word));
  const help =
    command === undefined || /unknown command/.test(message) ? 'holdfast --help' : `holdfast ${command} --help`;
  const hint = suggestion === undefined ? `"${help}" lists the words there are.` : `Did you mean ${suggestion}?`;
  host.stderr.write(`holdfast: ${displayName(message)} (USAGE)\n  hint: ${displayName(hint)}\n`);
  if (!words.includes('--json')) return;
  const summary = {
    type: 'summary',
    command: command ?? null,
    schemaVersion: JSON_SCHEMA_VERSION,
    exitStatus,
  };
  results.write(`${printableJson({ type: 'error', code: 'USAGE', message, hint })}\n`);
  results.write(`${printableJson({ ...summary, error: 'USAGE' })}\n`);
}
