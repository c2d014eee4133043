import {
  type BigIntStats,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { isSystemError, NotAFolder } from '../destination/index.js';
import type { Problem } from '../events/index.js';
import { errorCode, secondsOf, systemFault } from '../files/index.js';
import { throwIfAborted } from '../holdfast-error.js';
import { giveKeptAttributes } from './give-kept-attributes.js';
import { COPY } from './keeper.js';
import { type Before, hasContent, type KeptItem } from './kept-item.js';
import type { KeptSegment } from './kept-record.js';
import type { LivePaths, LiveThing } from './live-paths.js';
import { hasKeptAttributes, isChangedSince, needOf, setsTimes } from './needs.js';
import { haveSameBytes } from './same-bytes.js';
import { inodeKey } from './written-now.js';

/** What was done with a path. */
export type PutBackAction = 'restored' | 'replaced' | 'adjusted' | 'deleted';

/** What things are put back with. */
export interface PutBackContext {
  readonly segment: KeptSegment;
  readonly items: () => AsyncIterable<KeptItem>;
  readonly paths: LivePaths;
  /** Is what stands there now kept, so that it can go? */
  readonly mayGo: (stats: BigIntStats, address: Buffer | string) => boolean;
  readonly told: (
    action: PutBackAction,
    type: 'file' | 'directory' | 'symlink',
    location: Buffer,
    sizeBytes: number,
  ) => void;
  readonly problem: (problem: Problem) => void;
  readonly signal: AbortSignal | undefined;
  /**
   * A later segment has been put back already: what is not what this one's restore had put there was changed in between, by somebody whose
   * work that is. It stays.
   */
  readonly isOlder: boolean;
}

/** In a home: what is on its way to its place. */
const STAGED = 'staged';

/**
 * Makes the paths of a segment what they were before. What was absent goes first, what a folder holds before the folder; then files and links
 * come, each in one step; folders get their attributes last. Stopped anywhere and done again, it goes on: what is as it was is left alone.
 */
export async function putBack(context: PutBackContext): Promise<void> {
  const left = new Set<number>();
  for (const phase of [takeAway, bring, finishFolder]) {
    let position = 0;
    for await (const item of context.items()) {
      throwIfAborted(context.signal);
      position += 1;
      try {
        if (context.isOlder && phase === takeAway && wasChangedBetween(item, context)) left.add(position);
        if (left.has(position)) continue;
        await phase(item, context);
      } catch (error) {
        if (!isSystemError(error) && !(error instanceof NotAFolder)) throw error;
        fail(item, context, 'UNWRITABLE', `not as before: ${reasonOf(error)}`, error);
      }
    }
    context.paths.close();
  }
}

/** What is gone is put back all the same: nothing is lost by it. */
function wasChangedBetween(item: KeptItem, context: PutBackContext): boolean {
  const live = context.paths.look(item);
  // A folder has nothing of its own that could be lost: it goes only when it is empty.
  if (live.stats === undefined || live.stats.isDirectory()) return false;
  if (needOf(item, live) === 'nothing' || !isChangedSince(item, live)) return false;
  fail(item, context, 'EXISTS', 'it stays as it was before the restore was run again: somebody had changed it by then');
  return true;
}

/** What was not there, or stands where something of another kind was. */
function takeAway(item: KeptItem, context: PutBackContext): void {
  const { paths, told } = context;
  const { before } = item;
  const live = paths.look(item);
  const need = needOf(item, live);
  const isFolder = live.stats?.isDirectory() === true;
  const isOtherKind = need === 'replace' && (before.type === 'directory' || isFolder);
  if (live.stats === undefined || (need !== 'remove' && !isOtherKind)) return;
  if (!isFolder && !assertKept(item, live, context)) return;
  const { size } = live.stats;
  const type = isFolder ? 'directory' : live.stats.isSymbolicLink() ? 'symlink' : 'file';
  try {
    paths.change(item, isFolder ? rmdirSync : unlinkSync);
  } catch (error) {
    if (!isFolder || !FULL_FOLDER.has(errorCode(error))) throw error;
    fail(item, context, 'EXISTS', 'it stays: something is in it that was not put there by what is undone');
    return;
  }
  if (need === 'remove') told('deleted', type, paths.location(item), isFolder ? 0 : Number(size));
}

/** `rmdir` of a folder that is not empty: rmdir(2) allows both. */
const FULL_FOLDER: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST']);

/** Files and links. */
async function bring(item: KeptItem, context: PutBackContext): Promise<void> {
  const { paths, told } = context;
  const { before } = item;
  if (before.type === 'absent' || before.type === 'directory') return;
  const live = paths.look(item);
  const need = needOf(item, live);
  const type = before.type === 'symlink' ? 'symlink' : 'file';
  const sizeBytes = before.type === 'symlink' ? 0 : before.sizeBytes;
  if (need === 'leave') {
    fail(item, context, 'EXISTS', 'its mode and time stay: it is another file by now, or has other content');
  } else if (need === 'set') {
    await giveKeptAttributes(live.address, before);
    told('adjusted', type, paths.location(item), sizeBytes);
  } else if (need === 'make' || need === 'replace') {
    // What should have gone by now is told of already.
    if (live.stats?.isDirectory() === true || !assertKept(item, live, context)) return;
    if (!(await place(item, before, live, context))) return;
    told(need === 'make' ? 'restored' : 'replaced', type, paths.location(item), sizeBytes);
  }
}

async function place(
  item: KeptItem,
  before: Extract<Before, { inode: string }>,
  live: LiveThing,
  context: PutBackContext,
): Promise<boolean> {
  const { paths, segment } = context;
  const home = hasContent(before) ? segment.volumes[item.volume]?.home : undefined;
  const kept = home === undefined ? undefined : await keptFile(home, before);
  if (home === undefined || kept === undefined) {
    fail(item, context, 'MISSING', 'what was kept of it is gone');
    return false;
  }
  if (live.stats?.ino === lstatSync(kept, { bigint: true }).ino) return false;
  const staged = join(home, STAGED);
  unlinkIfThere(staged);
  if (before.type === 'symlink') {
    symlinkSync(Buffer.from(before.linkTarget, 'base64'), staged);
    attempt(() => lchownSync(staged, before.uid, before.gid));
    const seconds = secondsOf(BigInt(before.mtimeNs));
    attempt(() => lutimesSync(staged, seconds, seconds));
  } else {
    try {
      linkSync(kept, staged);
    } catch (error) {
      if (isSystemError(error) && errorCode(error) === 'ENOENT') throw error;
      // No further name here: it goes as it is.
      renameSync(kept, staged);
    }
  }
  paths.change(item, (address) => renameSync(staged, address));
  const now = paths.look(item);
  if (before.type !== 'symlink' && now.stats !== undefined && !hasKeptAttributes(now.stats, before, true))
    await giveKeptAttributes(now.address, before);
  return true;
}

/** The file itself, or its copy where it has other bytes by now. */
async function keptFile(home: string, before: Extract<Before, { inode: string }>): Promise<string | undefined> {
  const file = join(home, inodeKey({ dev: BigInt(before.device), ino: BigInt(before.inode) }));
  const seen = lstatSync(file, { throwIfNoEntry: false });
  const copy = file + COPY;
  if (lstatSync(copy, { throwIfNoEntry: false }) === undefined) return seen === undefined ? undefined : file;
  return seen !== undefined && (await haveSameBytes(file, copy)) ? file : copy;
}

/** Folders: made where they are missing, and their attributes. */
async function finishFolder(item: KeptItem, context: PutBackContext): Promise<void> {
  const { paths, told } = context;
  const { before, after } = item;
  if (before.type !== 'directory') return;
  const live = paths.look(item);
  const need = needOf(item, live);
  if (need !== 'make' && need !== 'set') return;
  const times = setsTimes(after, live.stats);
  if (need === 'make') paths.change(item, (address) => mkdirSync(address, { mode: 0o700 }));
  const { address } = paths.look(item);
  await giveKeptAttributes(address, before, times);
  told(after?.type === 'directory' ? 'adjusted' : 'restored', 'directory', paths.location(item), 0);
}

/** What came after everything was looked at is nobody's to take away. */
function assertKept(item: KeptItem, { stats, address }: LiveThing, context: PutBackContext): boolean {
  if (stats === undefined || context.mayGo(stats, address)) return true;
  // A link that points where it was made to point is nobody's work; a later segment may have put it back just now, with its times.
  if (stats.isSymbolicLink() && item.after?.type === 'symlink' && !isChangedSince(item, { stats, address }))
    return true;
  fail(item, context, 'EXISTS', 'it has changed while this ran, and stays; run it again');
  return false;
}

function fail(item: KeptItem, context: PutBackContext, code: Problem['code'], message: string, cause?: unknown): void {
  context.problem({ code, path: context.paths.location(item).toString('utf8'), message, cause });
}

function reasonOf(error: unknown): string {
  return error instanceof NotAFolder ? error.message : systemFault(errorCode(error)).reason;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** What this user or this place cannot is left as it is. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {}
}
