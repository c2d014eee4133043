import { displayName, type EntryContent, type InspectedContent } from '@holdfast/core';
import type { Colours } from './colours.js';
import type { ListedItem } from './output.js';

/** What is in a file, a line each: what is wrong with it first, then its facts. */
export function contentWords({ content, lines }: InspectedContent, colours: Colours): string[] {
  const fault = faultText(content, colours);
  return [...(fault === undefined ? [] : [fault]), ...lines.map(displayName)];
}

/** Why a content is not sound, in words; nothing of one that is. */
export function faultText(
  { status, fault }: Pick<EntryContent, 'status' | 'fault'>,
  colours: Colours,
): string | undefined {
  if (status === 'sound') return undefined;
  const why = `${displayName(fault?.message ?? 'nobody has said why')} (${fault?.code ?? 'UNKNOWN'})`;
  return status === 'broken' ? colours.red(`broken: ${why}`) : colours.yellow(`not looked into: ${why}`);
}

/** Below the line of an entry. */
const BELOW_ENTRY = ' '.repeat(12);

/** What is in a file of a snapshot, as an item of a listing. */
export function contentItem(
  path: string,
  inspected: InspectedContent,
  colours: Colours,
  indent: string = BELOW_ENTRY,
): ListedItem {
  const { content, lines, isRecorded } = inspected;
  return {
    text: contentWords(inspected, colours)
      .map((line) => indent + line)
      .join('\n'),
    json: { type: 'content', path, content, isRecorded, words: lines },
  };
}
