import type { WorkbookFormat } from './workbook.js';

/** What the first bytes of a file say it is. */
export type ContentKind = 'zip' | 'ole' | 'empty' | 'zeros' | { readonly other: string };

const SIGNATURES: readonly (readonly [bytes: string, what: string])[] = [
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'a rich text document (.rtf)'],
  ['\x89PNG', 'a picture (.png)'],
  ['\xff\xd8\xff', 'a picture (.jpg)'],
  ['GIF8', 'a picture (.gif)'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['\x1f\x8b', 'a gzip file'],
  ['SQLite format 3', 'a database (SQLite)'],
  ['\x93NUMPY', 'a NumPy array (.npy)'],
];
/** A workbook that is older than Excel 5 has no container: it begins with its BOF record, of 4, 6 or 8 bytes. */
function isOldExcel([type = 0, version = 0, lengthBytes = 0, high = 1]: Uint8Array): boolean {
  return type === 9 && [0, 2, 4].includes(version) && [4, 6, 8].includes(lengthBytes) && high === 0;
}

/** Looks at the beginning of a file; `head` is at least its first 512 bytes, where there are so many. */
export function contentKind(head: Uint8Array): ContentKind {
  if (head.length === 0) return 'empty';
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip';
  if (text.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return 'ole';
  if (head.every((byte) => byte === 0)) return 'zeros';
  const known = SIGNATURES.find(([bytes]) => text.startsWith(bytes));
  if (known !== undefined) return { other: known[1] };
  if (isOldExcel(head)) return { other: 'a workbook of Excel 4 or older' };
  return { other: textKind(text) };
}

function textKind(text: string): string {
  const begin = text.replace(/^(?:\xef\xbb\xbf)?\s*/, '').toLowerCase();
  if (/^(?:<!doctype html|<html|<head|<table|<meta)/.test(begin)) return 'a web page (.html)';
  if (begin.startsWith('<?xml') && begin.includes('schemas-microsoft-com:office:spreadsheet'))
    return 'an XML spreadsheet of 2003';
  if (begin.startsWith('<?xml')) return 'an XML file';
  if (Buffer.from(text, 'latin1').some(isControl)) return 'a file of a kind that is not known here';
  const line = begin.split(/[\r\n]/, 1)[0] ?? '';
  return /[,;\t]/.test(line) ? 'a text with separators (.csv)' : 'a text';
}

/** No text has it: not tab, line feed, form feed or carriage return. */
function isControl(byte: number): boolean {
  return byte < 0x09 || (byte > 0x0d && byte < 0x20);
}

/** What a name says. */
export function formatOfName(name: string): WorkbookFormat | undefined {
  const [, extension] = /\.(xlsx|xlsm|xls|ods)$/i.exec(name) ?? [];
  return extension?.toLowerCase() as WorkbookFormat | undefined;
}
