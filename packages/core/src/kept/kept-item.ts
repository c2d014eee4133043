import { type BigIntStats, readlinkSync } from 'node:fs';
import { readLines } from '../flow/read-lines.js';

/** Attributes of something that stood: what undo gives back. */
export interface KeptAttributes {
  /** Permission bits. */
  readonly mode: number;
  /** Nanoseconds since 1970, as a decimal number. */
  readonly mtimeNs: string;
  readonly uid: number;
  readonly gid: number;
  /** Extended attributes as a snapshot has them; only where they are about to be changed. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** What stood at a path before it was changed. */
export type Before =
  | { readonly type: 'absent' }
  | ({ readonly type: 'directory' } & KeptAttributes)
  | ({
      /** `other`: a pipe, a socket, a device. */
      readonly type: 'file' | 'other';
      readonly sizeBytes: number;
      /** Which file it was: what is kept of it is called by it, and so is what never was replaced. */
      readonly device: string;
      readonly inode: string;
      /** Its content stays where it is, and only attributes are changed: nothing is kept beside this line. */
      readonly isOnlySet: boolean;
    } & KeptAttributes)
  | ({
      readonly type: 'symlink';
      readonly device: string;
      readonly inode: string;
      /** Where it points, base64: it need not be text. */
      readonly linkTarget: string;
    } & KeptAttributes);

/** What was put at a path, as far as it tells whether somebody has changed it since. */
export type After =
  | { readonly type: 'absent' | 'other' }
  | { readonly type: 'directory'; readonly mtimeNs?: string }
  | { readonly type: 'symlink'; readonly linkTarget: string }
  | { readonly type: 'file'; readonly sizeBytes: number; readonly mtimeNs: string };

/** One path that is changed: what stood there, and what is put there. */
export interface KeptItem {
  /** Which of the record's roots it lies below. */
  readonly root: number;
  /** Its path below the root; empty for the root itself. */
  readonly path: Buffer;
  /** Which of the segment's volumes it is on. */
  readonly volume: number;
  readonly before: Before;
  /** Absent where that is not known. */
  readonly after?: After;
}

/** Paths are at most 4,096 bytes on Linux, trees may be deeper; attributes are some kilobytes. */
const MAX_LINE_BYTES = 1024 * 1024;

/** One line of a list of items. */
export function itemLine({ root, path, volume, before, after }: KeptItem): string {
  return `${JSON.stringify([root, path.toString('base64'), volume, before, ...(after === undefined ? [] : [after])])}\n`;
}

/** Reads a list of items. @throws Error where it is not what {@link itemLine} wrote. */
export async function* readItems(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<KeptItem> {
  for await (const line of readLines(bytes, MAX_LINE_BYTES, () => new Error('a line of kept items is too long'))) {
    const [root, path, volume, before, after] = JSON.parse(line.toString('utf8')) as [
      number,
      string,
      number,
      Before,
      After | undefined,
    ];
    const item = { root, path: Buffer.from(path, 'base64'), volume, before };
    yield after === undefined ? item : { ...item, after };
  }
}

/** What stands at an address, as a line of a list has it. */
export function beforeOf(stats: BigIntStats | undefined, address: Buffer | string, isOnlySet: boolean): Before {
  if (stats === undefined) return { type: 'absent' };
  const attributes = attributesOf(stats);
  if (stats.isDirectory()) return { type: 'directory', ...attributes };
  const identity = { device: String(stats.dev), inode: String(stats.ino) };
  if (stats.isSymbolicLink())
    return {
      type: 'symlink',
      ...identity,
      linkTarget: readlinkSync(address, 'buffer').toString('base64'),
      ...attributes,
    };
  const type = stats.isFile() ? 'file' : 'other';
  return { type, sizeBytes: Number(stats.size), ...identity, isOnlySet, ...attributes };
}

function attributesOf(stats: BigIntStats): KeptAttributes {
  return {
    mode: Number(stats.mode & 0o7777n),
    mtimeNs: String(stats.mtimeNs),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
}

/** What is to be put back, as that which is put there. */
export function afterOf(before: Before): After {
  switch (before.type) {
    case 'file':
      return { type: 'file', sizeBytes: before.sizeBytes, mtimeNs: before.mtimeNs };
    case 'directory':
      return { type: 'directory', mtimeNs: before.mtimeNs };
    case 'symlink':
      return { type: 'symlink', linkTarget: before.linkTarget };
    default:
      return { type: before.type };
  }
}

/** Does this have content that is kept beside the line? */
export function hasContent(before: Before): boolean {
  return before.type === 'symlink' || ((before.type === 'file' || before.type === 'other') && !before.isOnlySet);
}
