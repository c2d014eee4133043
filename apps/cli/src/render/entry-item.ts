import { displayName, type Entry, type RefusedEntry } from '@holdfast/core';
import type { Colours } from './colours.js';
import { padded } from './display-width.js';
import type { ListedItem } from './output.js';
import { fileTimeText, sizeText } from './quantities.js';

const TYPE_LETTER: Readonly<Record<Entry['type'], string>> = { file: '-', directory: 'd', symlink: 'l' };

/** One line of `holdfast show`: mode, size, time and path, as `ls -l` has them; with `checksum` the SHA-256 below it, and the names of extended attributes. */
export function entryItem(entry: Entry, options: { readonly checksum: boolean }): ListedItem {
  const size = entry.type === 'file' ? sizeText(entry.sizeBytes) : '-';
  const marks = [
    entry.type === 'directory' ? '/' : '',
    entry.type === 'symlink' ? ` -> ${displayName(entry.linkTarget)}` : '',
    entry.type === 'file' && !entry.stable ? '  (changed while it was read)' : '',
    entry.exportOf === undefined ? '' : `  (export of ${displayName(entry.exportOf)})`,
    entry.type === 'file' && entry.content?.status === 'broken' ? '  (broken in itself)' : '',
  ].join('');
  const columns = [
    modeText(entry),
    padded(size, 8, 'right'),
    fileTimeText(BigInt(entry.mtimeNs)),
    displayName(entry.path),
  ];
  const checksum = options.checksum && entry.type === 'file' ? `\n            sha256 ${entry.sha256}` : '';
  const names = options.checksum ? Object.keys(entry.xattrs ?? {}).map(displayName) : [];
  const xattrs = names.length === 0 ? '' : `\n            attributes ${names.join(', ')}`;
  return { text: columns.join('  ') + marks + checksum + xattrs, json: { type: 'entry', entry } };
}

/** The line of something in a manifest that must not be acted upon. */
export function refusedItem(item: RefusedEntry, colours: Colours): ListedItem {
  return {
    text: colours.red(`refused     ${displayName(item.path)}: ${displayName(item.reason)} (${item.code})`),
    json: { type: 'refused', path: item.path, code: item.code, reason: item.reason },
  };
}

/** `-rw-r--r--`, with `s` and `t` where set-id and sticky bits are. */
function modeText(entry: Entry): string {
  const mode = Number.parseInt(entry.mode, 8);
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = mode >> shift;
    const execute = (bits & 1) !== 0;
    const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
  };
  return (
    TYPE_LETTER[entry.type] +
    triple(6, (mode & 0o4000) !== 0, 's') +
    triple(3, (mode & 0o2000) !== 0, 's') +
    triple(0, (mode & 0o1000) !== 0, 't')
  );
}
