import type { ContentInspector } from '../inspect/index.js';
import { displayName, isWord } from '../snapshot/index.js';

/**
 * Why an inspector cannot be asked, or `undefined`: what it is called stands in every entry, and a manifest that could not be read for it would be a
 * snapshot lost.
 */
export function inspectorFault({ kind, version }: Pick<ContentInspector, 'kind' | 'version'>): string | undefined {
  if (isWord(kind) && Number.isSafeInteger(version) && version >= 0) return undefined;
  return `"${displayName(String(kind))}" with version ${version} cannot stand in a manifest`;
}

/** What its files can be exported as: those formats that can be the ending of a name. */
export function formatsOf({ exportFormats = [] }: Pick<ContentInspector, 'exportFormats'>): readonly string[] {
  return exportFormats.filter(isWord);
}
