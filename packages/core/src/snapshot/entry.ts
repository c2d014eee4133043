import * as v from 'valibot';
import { canonicalFault } from './canonical-json.js';
import { contentSchema, type EntryContent, type EntryPart, partSchema } from './entry-content.js';
import { areXattrs, type Xattrs } from './xattrs.js';

interface EntryCommon {
  /** `/`-separated; bytes that are not UTF-8 appear as U+FFFD and stand truly in `pathBytes`. */
  readonly path: string;
  /** Base64 of the path's bytes, only where they are not valid UTF-8. */
  readonly pathBytes?: string;
  /** Permission bits, four octal digits. */
  readonly mode: string;
  /** Nanoseconds since 1970, decimal: it does not fit a JSON number. */
  readonly mtimeNs: string;
  /** Owner and group as numbers, where the system has them. */
  readonly uid?: number;
  readonly gid?: number;
  /** Of files and folders, where there are some. Names that this version does not keep are carried along, and not given back. */
  readonly xattrs?: Xattrs;
  /**
   * Of files and folders that no source has: the path of the file that this is an export of, or of the folder whose files' exports lie in this
   * folder. Nothing that has it is ever compared with a source, deleted from one, or restored unless it is named.
   */
  readonly exportOf?: string;
}

export interface FileEntry extends EntryCommon {
  readonly type: 'file';
  readonly sizeBytes: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** False when the file changed during both readings: the content is what was read, perhaps of no one moment. */
  readonly stable: boolean;
  /** True where the file took less space than its length when it was stored: blocks of zeros are holes again when it is restored. */
  readonly sparse?: boolean;
  /** Files of one number were one file under several names. */
  readonly hardLink?: number;
  /** What an inspector has said of the content, where one was asked. */
  readonly content?: EntryContent;
  /** Of an export: which part of the file it is. */
  readonly part?: EntryPart;
  /** Where the bytes are stored, below the snapshot, if not under `path`. The target's own; not part of the contents hash. */
  readonly key?: string;
  /** What the target's own digest of the stored bytes was when they were stored. The target's own; not part of the contents hash. */
  readonly storeDigest?: string;
}

export interface DirectoryEntry extends EntryCommon {
  readonly type: 'directory';
}

export interface SymlinkEntry extends EntryCommon {
  readonly type: 'symlink';
  readonly linkTarget: string;
  /** Base64 of the link's bytes, only where they are not valid UTF-8. */
  readonly linkTargetBytes?: string;
}

/** One file, folder or symlink of a snapshot, exactly as a line of the manifest holds it (`docs/format.md`, "Manifest"). */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry;

/** Its kind, a colon, and what is told apart by nothing but being equal. */
const STORE_DIGEST = /^[a-z0-9]{1,20}:[0-9a-z-]{1,200}$/;

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/));
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** 32 bits, and the largest means "no change" (chown(2)). */
export const MAX_OWNER_NUMBER: number = 2 ** 32 - 2;
const ownerNumber = v.pipe(natural, v.maxValue(MAX_OWNER_NUMBER));

const common = {
  path: v.string(),
  pathBytes: v.exactOptional(base64),
  mode: v.pipe(v.string(), v.regex(/^[0-7]{4}$/)),
  mtimeNs: v.pipe(v.string(), v.regex(/^-?\d{1,20}$/)),
  uid: v.exactOptional(ownerNumber),
  gid: v.exactOptional(ownerNumber),
  xattrs: v.exactOptional(v.custom<Xattrs>(areXattrs, 'names and values are expected, all texts')),
  exportOf: v.exactOptional(v.string()),
};

const entrySchema: v.GenericSchema<unknown, Entry> = v.variant('type', [
  v.looseObject({
    ...common,
    type: v.literal('file'),
    sizeBytes: natural,
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    stable: v.boolean(),
    sparse: v.exactOptional(v.boolean()),
    hardLink: v.exactOptional(natural),
    content: v.exactOptional(contentSchema),
    part: v.exactOptional(partSchema),
    key: v.exactOptional(v.pipe(v.string(), v.regex(/^\.holdfast\/alias\/[0-9a-f]{64}$/))),
    storeDigest: v.exactOptional(v.pipe(v.string(), v.regex(STORE_DIGEST))),
  }),
  v.looseObject({ ...common, type: v.literal('directory') }),
  v.looseObject({
    ...common,
    type: v.literal('symlink'),
    linkTarget: v.string(),
    linkTargetBytes: v.exactOptional(base64),
  }),
]);

/** Checks one parsed line of a manifest. Says what is wrong as a string; unknown members are kept, so that a mirror passes them on. */
export function readEntry(value: unknown): Entry | string {
  const fault = canonicalFault(value);
  if (fault !== undefined) return fault;
  const result = v.safeParse(entrySchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  return `${v.getDotPath(issue) ?? 'line'}: ${issue.message}`;
}

/** The bytes of an entry's path. */
export function pathBytesOf(entry: { readonly path: string; readonly pathBytes?: string }): Buffer {
  return entry.pathBytes === undefined ? Buffer.from(entry.path, 'utf8') : Buffer.from(entry.pathBytes, 'base64');
}

/** The bytes of a symlink's target. */
export function linkTargetBytesOf(entry: SymlinkEntry): Buffer {
  return entry.linkTargetBytes === undefined
    ? Buffer.from(entry.linkTarget, 'utf8')
    : Buffer.from(entry.linkTargetBytes, 'base64');
}

/** Bytes as text and, only where they are not valid UTF-8, as base64 beside it. */
export function textOf(bytes: Buffer): { text: string; base64?: string } {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { text, base64: bytes.toString('base64') };
}
