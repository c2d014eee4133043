import { displayName, type PreviewItem } from '@holdfast/core';
import { leftOutText } from './left-out-text.js';
import type { ListedItem } from './output.js';
import { sizeText } from './quantities.js';

/** One thing that a backup would take, or leave out. */
export function previewItem(item: PreviewItem): ListedItem {
  const json = { ...item, operation: 'backup' };
  if (item.type === 'leftOut') return { text: line('left out', leftOutText(item)), json };
  const name = displayName(item.path);
  if (item.entryType === 'directory') return { text: line('folder', `${name}/`), json };
  if (item.entryType === 'symlink') return { text: line('link', name), json };
  return { text: line(item.change ?? 'new', `${name}  ${sizeText(item.sizeBytes ?? 0)}`), json };
}

function line(word: string, rest: string): string {
  return `${word.padEnd('unchanged'.length)}  ${rest}`;
}
