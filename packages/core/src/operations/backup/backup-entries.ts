import type { BigIntStats } from 'node:fs';
import { SortedCursor } from '../../flow/sorted-cursor.js';
import { textOf } from '../../snapshot/entry.js';
import type { Entry, FileEntry } from '../../snapshot/index.js';
import { type Walked, type WalkedEntry, walkSource } from '../../source/index.js';
import type { FileVersion, LeftJournal } from '../../state/index.js';
import type { BackupContents, PlannedLook } from './backup-contents.js';
import type { BackupLane } from './backup-lane.js';
import type { BackupSource } from './backup-sources.js';
import { type StagedVersion, StagedVersions } from './staged-versions.js';

/** An entry that has met, in order, everything that depends on order: keys, local state, parents. */
export interface PlannedEntry {
  readonly from: BackupSource;
  readonly walked: WalkedEntry;
  /** The entry as the walk saw it; a file's hash is filled in when it has been read. */
  readonly draft: Entry;
  /** The version of the file that the local state remembers for its path. */
  readonly version: FileVersion | undefined;
  /** The version of the file as a backup that was killed has staged it: the live file is still this version. */
  readonly staged?: StagedVersion | undefined;
  /** For each lane the key below its snapshot, or `undefined` where the entry stands in the manifest alone. */
  readonly keys: readonly (string | undefined)[];
  /** For each lane the parent's file of this path. */
  readonly parents: readonly (FileEntry | undefined)[];
  /** Of a file that is to be looked into. */
  readonly look?: PlannedLook | undefined;
}

/** Walks all sources in the order of the manifest, and plans what it meets. */
export async function* planEntries(
  sources: readonly BackupSource[],
  lanes: readonly BackupLane[],
  leaveOut: ReadonlySet<string>,
  tell: (walked: Exclude<Walked, WalkedEntry>) => void,
  left: readonly LeftJournal[] = [],
  contents?: BackupContents,
): AsyncGenerator<PlannedEntry> {
  for (const from of sources) {
    if (from.source.type === 'missing') continue;
    const versions = new SortedCursor(from.versions.read(), ({ pathBytes }) => pathBytes);
    const staged = left.length === 0 ? undefined : new StagedVersions(left, from.id);
    try {
      for (const walked of walkSource(from.source, leaveOut)) {
        if (!('pathBytes' in walked)) {
          tell(walked);
          continue;
        }
        const isFile = walked.type === 'file';
        const draft = draftEntry(walked);
        const keys = lanes.map((lane) => lane.writer.plan(draft));
        const parents: (FileEntry | undefined)[] = [];
        for (const lane of lanes) {
          const parent = isFile ? lane.parent?.file(walked.pathBytes) : undefined;
          parents.push(parent instanceof Promise ? await parent : parent);
        }
        const found = isFile ? versions.find(walked.pathBytes) : undefined;
        const version = found instanceof Promise ? await found : found;
        const look = isFile ? contents?.lookAt(from, draft.path) : undefined;
        const planned: PlannedEntry = { from, walked, draft, version, keys, parents };
        // Without a wait where there is nothing to wait for: that would cost more than the rest.
        if (look !== undefined) Object.assign(planned, { look: await withParents(look, lanes, walked.pathBytes) });
        yield staged === undefined || !isFile ? planned : { ...planned, staged: await staged.find(walked) };
      }
    } finally {
      await versions.close();
      await staged?.close();
    }
  }
}

/** With the exports that the parents have. */
async function withParents(
  look: Omit<PlannedLook, 'parentExports'>,
  lanes: readonly BackupLane[],
  pathBytes: Buffer,
): Promise<PlannedLook> {
  if (look.formats.length === 0) return { ...look, parentExports: [] };
  const parentExports: (readonly FileEntry[])[] = [];
  for (const { parent } of lanes) parentExports.push((await parent?.exportsOf(pathBytes)) ?? []);
  return { ...look, parentExports };
}

const NO_HASH = '0'.repeat(64);

/** The draft of a file as the walk saw it. */
export function fileDraft({ draft }: Pick<PlannedEntry, 'draft'>): FileEntry {
  if (draft.type !== 'file') throw new Error('only files are read');
  return draft;
}

/** The draft of a file as it was seen again, when it was opened. */
export function redraft(planned: Pick<PlannedEntry, 'draft' | 'walked'>, stats: BigIntStats): FileEntry {
  const draft = fileDraft(planned);
  // Seen only once: nothing can be other than the walk saw it.
  if (stats === planned.walked.stats) return draft;
  const { sparse: _asWalked, ...rest } = draft;
  return { ...rest, ...attributesOf(stats), sizeBytes: Number(stats.size), ...sparseness(stats) };
}

/** The entry of what was met, before its content is known. */
export function draftEntry(walked: WalkedEntry): Entry {
  const { stats } = walked;
  const { text, base64 } = textOf(walked.pathBytes);
  const common = { path: text, ...(base64 === undefined ? {} : { pathBytes: base64 }), ...attributesOf(stats) };
  if (walked.type === 'directory') return { ...common, type: 'directory' };
  if (walked.type === 'file')
    return {
      ...common,
      type: 'file',
      sizeBytes: Number(stats.size),
      sha256: NO_HASH,
      stable: true,
      ...sparseness(stats),
    };
  const link = textOf(walked.linkTarget ?? Buffer.alloc(0));
  return {
    ...common,
    type: 'symlink',
    linkTarget: link.text,
    ...(link.base64 === undefined ? {} : { linkTargetBytes: link.base64 }),
  };
}

/** Holes below this are not worth a word: some file systems keep small files without any block. */
const MIN_SPARSE_BYTES = 1024n * 1024n;
/** Of `st_blocks`, whatever the file system's own blocks are (POSIX `sys/stat.h`, as Linux, macOS and libuv have it). */
const STAT_BLOCK_BYTES = 512n;

/** Does the file take less space than its length? Then it has holes, or is compressed by its file system. */
function sparseness({ size, blocks }: BigIntStats): { readonly sparse?: true } {
  return size > MIN_SPARSE_BYTES && blocks * STAT_BLOCK_BYTES < size ? { sparse: true } : {};
}

function attributesOf(stats: BigIntStats): Pick<Entry, 'mode' | 'mtimeNs' | 'uid' | 'gid'> {
  const mode = modeText(Number(stats.mode) & 0o7777);
  const common = { mode, mtimeNs: String(stats.mtimeNs) };
  // Windows has no numbers for owners; Node says 0 there.
  return process.platform === 'win32' ? common : { ...common, uid: Number(stats.uid), gid: Number(stats.gid) };
}

/** By the mode: there are few, and they come again and again. */
const MODE_TEXTS: string[] = [];

function modeText(mode: number): string {
  MODE_TEXTS[mode] ??= mode.toString(8).padStart(4, '0');
  return MODE_TEXTS[mode];
}

/** Files and bytes in all, counted beside the backup so that progress has totals. Gives up soon after the signal. */
export async function countSources(
  sources: readonly BackupSource[],
  leaveOut: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<{ files: number; bytes: number }> {
  let files = 0;
  let bytes = 0;
  let steps = 0;
  for (const { source } of sources) {
    if (source.type === 'missing') continue;
    for (const walked of walkSource(source, leaveOut)) {
      if (signal?.aborted === true) return { files, bytes };
      if ('pathBytes' in walked && walked.type === 'file') {
        files += 1;
        bytes += Number(walked.stats.size);
      }
      steps += 1;
      // The walk is synchronous: let the backup itself go on.
      if (steps % COUNT_SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { files, bytes };
}

const COUNT_SLICE = 200;
