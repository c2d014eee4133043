import type { Durability } from '../target/index.js';

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
