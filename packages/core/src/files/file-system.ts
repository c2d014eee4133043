import { type BigIntStats, lstatSync, opendirSync, realpathSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type FileSystem, type FileSystemKind, factsOf } from './file-system-facts.js';
import { errorCode } from './node-error.js';

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
