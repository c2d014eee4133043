import type * as SheetJs from 'xlsx';
import { ContentError } from '../content-error.js';

/** Record types of [MS-XLS]: the stream is a row of records, each with its type and its length. */
const RECORD_FILEPASS = 0x2f;
const RECORD_EOF = 0x0a;
const RECORD_HEADER_BYTES = 4;

/** What an OLE container holds beside workbooks, by the name of its stream. */
const OTHERS: readonly (readonly [stream: RegExp, what: string])[] = [
  [/^WordDocument$/i, 'a Word document (.doc)'],
  [/^PowerPoint Document$/i, 'a PowerPoint presentation (.ppt)'],
  [/^__properties_version1\.0$/i, 'a message of Outlook (.msg)'],
  [/^VisioDocument$/i, 'a Visio drawing'],
];

/** The same words wherever it is noticed. */
export const PASSWORD = 'it is protected by a password';

/** What SheetJS gives of a container; its own types do not say. */
interface Container {
  readonly FileIndex: readonly {
    readonly name: string;
    readonly size: number;
    readonly content?: Uint8Array | readonly number[];
  }[];
}

/** What is in the container of a workbook, seen before all of it is parsed. */
export interface WorkbookStream {
  readonly hasMacros: boolean;
}

/**
 * Looks into an OLE container.
 *
 * @throws ContentError `ENCRYPTED` also for a newer workbook with a password, which lies in such a container; `MISNAMED`, `TRUNCATED`
 */
export function workbookStream(bytes: Buffer, { CFB }: typeof SheetJs): WorkbookStream {
  const container = open(bytes, CFB);
  const names = container.FileIndex.map(({ name }) => name);
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/^EncryptedPackage$/i)) throw new ContentError('ENCRYPTED', PASSWORD);
  const entry = container.FileIndex.find(({ name }) => /^(?:Workbook|Book)$/i.test(name));
  if (entry === undefined) {
    const other = OTHERS.find(([stream]) => has(stream));
    throw new ContentError('MISNAMED', `it is ${other?.[1] ?? 'an OLE container'}, not a workbook`);
  }
  checkRecords(Buffer.from(entry.content ?? []), entry.size);
  return { hasMacros: has(/^_VBA_PROJECT(?:_CUR)?$/i) };
}

function open(bytes: Buffer, { read }: typeof SheetJs.CFB): Container {
  try {
    return read(bytes, { type: 'buffer' });
  } catch {
    throw new ContentError('TRUNCATED', 'its container cannot be opened: parts of it are missing');
  }
}

/** Goes from record to record: a password is said before what it hides, and the end must be there. */
function checkRecords(stream: Buffer, sizeBytes: number): void {
  let at = 0;
  let last = -1;
  while (at + RECORD_HEADER_BYTES <= stream.length) {
    const type = stream.readUInt16LE(at);
    // Behind the last record a stream is filled up.
    if (type === 0 && last === RECORD_EOF) return;
    if (type === RECORD_FILEPASS) throw new ContentError('ENCRYPTED', PASSWORD);
    at += RECORD_HEADER_BYTES + stream.readUInt16LE(at + 2);
    last = type;
  }
  if (stream.length < sizeBytes || at > stream.length || last !== RECORD_EOF) {
    throw new ContentError('TRUNCATED', 'its last records are missing');
  }
}
