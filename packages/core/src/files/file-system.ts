import { type BigIntStats, lstatSync, opendirSync, realpathSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Durability } from '../target/index.js';
import { errorCode } from './node-error.js';

export type FileSystemKind =
  | 'ext'
  | 'xfs'
  | 'btrfs'
  | 'zfs'
  | 'f2fs'
  | 'bcachefs'
  | 'tmpfs'
  | 'overlay'
  | 'fat'
  | 'exfat'
  | 'ntfs'
  | 'fuse'
  | 'nfs'
  | 'smb'
  | 'unknown';

/** What a file system can promise, as far as Node lets one find out. */
export interface FileSystem {
  readonly kind: FileSystemKind;
  /** How much of "durable" an fsync of each file and folder gives here. */
  readonly durability: Durability;
  /** Names that differ only in case or in Unicode normalisation are different names. */
  readonly caseSensitive: boolean;
  /** Two changes within this many nanoseconds may carry the same time. 2 s where it is not known. */
  readonly timestampStepNs: bigint;
  /** Names must obey the rules of Windows. */
  readonly windowsNames: boolean;
  /** Has hard links, so that create-if-absent can be decided by it. */
  readonly hardLinks: boolean;
  /** Keeps permission bits and symlinks. */
  readonly posixAttributes: boolean;
  /** Largest file in bytes, `Infinity` where only space limits it. */
  readonly maxFileBytes: number;
  /** For how many milliseconds another machine's new names may stay unseen. */
  readonly listDelayMs: number;
}

/**
 * `f_type` of statfs on Linux: `include/uapi/linux/magic.h`, or where that has none the file named beside it.
 */
const LINUX_MAGIC: ReadonlyMap<bigint, FileSystemKind> = new Map<bigint, FileSystemKind>([
  [0xef53n, 'ext'], // EXT2_SUPER_MAGIC, EXT3_SUPER_MAGIC and EXT4_SUPER_MAGIC are one number
  [0x58465342n, 'xfs'], // XFS_SUPER_MAGIC
  [0x9123683en, 'btrfs'], // BTRFS_SUPER_MAGIC
  [0x2fc12fc1n, 'zfs'], // ZFS_SUPER_MAGIC, OpenZFS include/sys/fs/zfs.h
  [0xf2f52010n, 'f2fs'], // F2FS_SUPER_MAGIC
  [0xca451a4en, 'bcachefs'], // BCACHEFS_STATFS_MAGIC, fs/bcachefs/bcachefs_format.h
  [0x01021994n, 'tmpfs'], // TMPFS_MAGIC
  [0x858458f6n, 'tmpfs'], // RAMFS_MAGIC
  [0x794c7630n, 'overlay'], // OVERLAYFS_SUPER_MAGIC
  [0x4d44n, 'fat'], // MSDOS_SUPER_MAGIC
  [0x2011bab0n, 'exfat'], // EXFAT_SUPER_MAGIC
  [0x5346544en, 'ntfs'], // NTFS_SB_MAGIC, fs/ntfs/ntfs.h
  [0x7366746en, 'ntfs'], // ntfs3, fs/ntfs3/super.c
  [0x65735546n, 'fuse'], // FUSE_SUPER_MAGIC
  [0x6969n, 'nfs'], // NFS_SUPER_MAGIC
  [0x517bn, 'smb'], // SMB_SUPER_MAGIC
  [0xff534d42n, 'smb'], // CIFS_SUPER_MAGIC
  [0xfe534d42n, 'smb'], // SMB2_SUPER_MAGIC
]);

/** A kernel tick: times are taken from the coarse clock, which moves by at most 1/100 s (`CONFIG_HZ=100`). */
const KERNEL_TICK_NS = 10_000_000n;
/** FAT keeps modification times to two seconds; nothing in use is coarser. */
const COARSEST_STEP_NS = 2_000_000_000n;
/** A FAT directory entry holds the size in 32 bits. */
const FAT_MAX_FILE_BYTES = 0xffff_ffff;
/** `acdirmax`, the longest that NFS (nfs(5)) and SMB (mount.cifs(8)) clients keep a directory, 60 s. */
const NETWORK_LIST_DELAY_MS = 60_000;

const TICKS: ReadonlySet<FileSystemKind> = new Set([
  'ext',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'bcachefs',
  'tmpfs',
  'overlay',
]);
const LOGGED: ReadonlySet<FileSystemKind> = new Set(['ext', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'overlay']);
const MAYBE_FOLDING: ReadonlySet<FileSystemKind> = new Set(['fuse', 'nfs', 'unknown', 'ntfs']);

/**
 * What the file system at `path` can do; where nothing stands yet, that of the nearest ancestor. Writes nothing.
 *
 * Only Linux tells the kind. Elsewhere it is `unknown`, with the usual facts of the platform: on Windows and macOS names
 * fold case and durability is `ordered` (NTFS and APFS keep order; Node cannot see a FAT stick there).
 *
 * @throws the error of the system: `EACCES`, `ENOTDIR`, `EIO`, …
 */
export async function fileSystemOf(path: string, platform: NodeJS.Platform = process.platform): Promise<FileSystem> {
  const standing = await nearestStanding(resolve(path));
  const { type } = await statfs(standing, { bigint: true });
  // `f_type` is a signed long where long has 32 bits: the low 32 are what the header means.
  const kind = platform === 'linux' ? (LINUX_MAGIC.get(BigInt.asUintN(32, type)) ?? 'unknown') : 'unknown';
  const { ctimeNs } = await stat(standing, { bigint: true });
  return factsOf(kind, platform, {
    foldsCase: foldsCaseIfSeen(standing),
    wholeSeconds: ctimeNs % 1_000_000_000n === 0n,
  });
}

/** What was seen at the path itself. */
export interface SeenAtPath {
  /** Does the path answer to its name in the other case? `undefined` if that could not be tried. */
  readonly foldsCase: boolean | undefined;
  /** Its change time has no fraction: ext with 128-byte inodes keeps seconds only. */
  readonly wholeSeconds: boolean;
}

/** The facts of a kind of file system. Pure. */
export function factsOf(kind: FileSystemKind, platform: NodeJS.Platform, seen: SeenAtPath): FileSystem {
  const fat = kind === 'fat' || kind === 'exfat';
  const windows = platform === 'win32';
  const folds = windows || platform === 'darwin' || fat || kind === 'smb';
  return Object.freeze({
    kind,
    durability: durabilityOf(kind, platform),
    caseSensitive: !folds && !(MAYBE_FOLDING.has(kind) && seen.foldsCase === true),
    timestampStepNs: TICKS.has(kind) && !seen.wholeSeconds ? KERNEL_TICK_NS : COARSEST_STEP_NS,
    windowsNames: windows || fat || kind === 'smb',
    hardLinks: !fat,
    posixAttributes: !windows && !fat && kind !== 'smb',
    maxFileBytes: kind === 'fat' ? FAT_MAX_FILE_BYTES : Number.POSITIVE_INFINITY,
    listDelayMs: kind === 'nfs' || kind === 'smb' ? NETWORK_LIST_DELAY_MS : 0,
  });
}

/**
 * `full` where fsync of files and folders is known to reach the medium. NTFS, and an NFS server (which answers for its own
 * disk), keep order. FAT, FUSE (the kernel answers without asking), SMB, tmpfs and the unknown promise nothing.
 */
function durabilityOf(kind: FileSystemKind, platform: NodeJS.Platform): Durability {
  if (platform !== 'linux') return platform === 'win32' || platform === 'darwin' ? 'ordered' : 'processCrash';
  if (LOGGED.has(kind)) return 'full';
  return kind === 'ntfs' || kind === 'nfs' ? 'ordered' : 'processCrash';
}

async function nearestStanding(path: string): Promise<string> {
  for (let standing = path; ; standing = dirname(standing)) {
    try {
      await stat(standing);
      return standing;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || dirname(standing) === standing) throw error;
    }
  }
}

/** An unreadable folder is no reason not to open a target: then it stays unknown. */
function foldsCaseIfSeen(path: string): boolean | undefined {
  try {
    return foldsCase(path);
  } catch {
    return undefined;
  }
}

/** How many names inside a folder are tried before it stays unknown whether it folds case. */
const MAX_NAMES_TRIED = 16;

/** Looks a name of this file system up in the other case: the path's own, or at the top of a mount one inside it. */
function foldsCase(path: string): boolean | undefined {
  const real = realpathSync(path);
  const [self, parent] = [lstatSync(real), lstatSync(dirname(real))];
  if (self.dev === parent.dev && dirname(real) !== real) return answersInOtherCase(real);
  if (!self.isDirectory()) return undefined;
  const folder = opendirSync(real);
  try {
    for (let tried = 0; tried < MAX_NAMES_TRIED; tried++) {
      const entry = folder.readSync();
      if (entry === null) return undefined;
      const answer = answersInOtherCase(join(real, entry.name));
      if (answer !== undefined) return answer;
    }
    return undefined;
  } finally {
    folder.closeSync();
  }
}

function answersInOtherCase(path: string): boolean | undefined {
  const name = basename(path);
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  if (other === name) return undefined;
  const self = lstatIfThere(path);
  if (self === undefined) return undefined;
  const twin = lstatIfThere(join(dirname(path), other));
  return twin !== undefined && twin.ino === self.ino && twin.dev === self.dev;
}

function lstatIfThere(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
