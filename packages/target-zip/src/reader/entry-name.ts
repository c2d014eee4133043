import { isAscii, isUtf8 } from 'node:buffer';
import { keyFault, type ObjectType } from '@holdfast/core/target';
import { type ExtraField, getFileNameLowLevel } from 'yauzl';
import {
  FLAG_UTF8,
  HOST_MACOS,
  HOST_UNIX,
  TYPE_FILE,
  TYPE_FOLDER,
  TYPE_MASK,
  TYPE_SYMLINK,
} from '../format/numbers.js';

/** What the directory says of an entry's name and type. */
export interface NamedEntry {
  readonly nameBytes: Buffer;
  readonly flags: number;
  readonly extraFields: readonly ExtraField[];
  readonly versionMadeBy: number;
  readonly externalAttributes: number;
}

/** An entry as an object: its key and type, or why it can be none. */
export type ReadName =
  | { readonly key: string; readonly kind: ObjectType; readonly fault?: undefined }
  | { readonly key: string; readonly fault: string };

const DRIVE = /^[a-z]:/i;
const UNICODE_PATH = 0x7075;

/**
 * The key and the type of an entry. Names that some program could follow out of the folder it unpacks into (`../`, `/x`,
 * `C:x`, `a\b` on Windows) are faults, and so is what a key cannot be.
 */
export function readName(entry: NamedEntry): ReadName {
  const name = decodeName(entry);
  const isFolder = name.endsWith('/');
  const key = isFolder ? name.slice(0, -1) : name;
  const fault = nameFault(key, entry);
  if (fault !== undefined) return { key: name, fault };
  const kind = kindOf(entry, isFolder);
  return kind === undefined ? { key, fault: 'the entry is neither a file nor a link nor a folder' } : { key, kind };
}

/**
 * Names without the UTF-8 flag: ASCII is ASCII (yauzl would take control characters for the pictures of code page 437), and
 * Info-ZIP on Linux and macOS writes the bytes of the file system, which are UTF-8 where they can be. The rest is code page 437.
 */
function decodeName({ nameBytes, flags, extraFields, versionMadeBy }: NamedEntry): string {
  const named = extraFields.some(({ id }) => id === UNICODE_PATH);
  const bytesOfFileSystem = isUnix(versionMadeBy) && isUtf8(nameBytes);
  if (!named && (isAscii(nameBytes) || bytesOfFileSystem)) return nameBytes.toString('utf8');
  return getFileNameLowLevel(flags, nameBytes, [...extraFields], true);
}

function isUnix(versionMadeBy: number): boolean {
  const host = versionMadeBy >>> 8;
  return host === HOST_UNIX || host === HOST_MACOS;
}

function nameFault(key: string, entry: NamedEntry): string | undefined {
  const saysUtf8 = (entry.flags & FLAG_UTF8) !== 0 && !entry.extraFields.some(({ id }) => id === UNICODE_PATH);
  if (saysUtf8 && !isUtf8(entry.nameBytes)) return 'the name is not the UTF-8 that it says it is';
  if (key.startsWith('/')) return 'the name is an absolute path';
  if (DRIVE.test(key)) return 'the name begins with the letter of a drive';
  if (key.includes('\\')) return 'the name holds a backslash, which Windows takes for a folder';
  return keyFault(key)?.replace('the key', 'the name');
}

/** `undefined`: a device, a socket, or a link whose name says that it is a folder. */
function kindOf(entry: NamedEntry, isFolder: boolean): ObjectType | undefined {
  const type = isUnix(entry.versionMadeBy) ? (entry.externalAttributes >>> 16) & TYPE_MASK : 0;
  if (type === 0) return isFolder ? 'directory' : 'file';
  if (isFolder) return type === TYPE_FOLDER ? 'directory' : undefined;
  if (type === TYPE_FILE) return 'file';
  return type === TYPE_SYMLINK ? 'symlink' : undefined;
}
