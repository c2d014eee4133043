import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { FileSystemKind } from './file-system-facts.js';
import { runInThread, type ThreadJob, threadJob } from './threads.js';

/** What decides whether one flush of a whole file system may stand for many fsyncs; by parameter so that a test can bend it. */
export interface WholeSyncSystem {
  readonly platform: NodeJS.Platform;
  /** Of the kernel, as `uname -r` says it. */
  readonly release: string;
  /** What `sync --version` prints; empty where it has no such option. */
  syncVersion(): Promise<string>;
  /** Bytes that wait to be written, of everybody; `undefined` if that cannot be known. */
  dirtyBytes(): number | undefined;
  /** Flushes the file system that holds `path`. Rejects if a write to it has failed. */
  syncWhole(path: string): Promise<void>;
}

/** `sync` with these arguments, and what it prints. In a thread: starting a process keeps its thread for 10 ms and more (measured). */
const RUN_SYNC: ThreadJob<readonly string[], string> = threadJob(
  'run sync',
  `(require) => {
    const { execFileSync } = require('node:child_process');
    return (args) => execFileSync('sync', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }`,
);

/** The machine this runs on. */
export function thisSystem(): WholeSyncSystem {
  return {
    platform: process.platform,
    release: release(),
    syncVersion,
    dirtyBytes,
    async syncWhole(path) {
      try {
        await runInThread(RUN_SYNC, ['-f', '--', path], { urgent: true });
      } catch (error) {
        // Its exit status tells no cause; what makes syncfs fail is a write that failed.
        throw Object.assign(new Error('the file system could not be flushed', { cause: error }), { code: 'EIO' });
      }
    },
  };
}

/** Where syncfs(2) writes everything back and waits for it. Not FUSE: the kernel answers 0 without asking the daemon. */
const WHOLE_SYNC_KINDS: ReadonlySet<FileSystemKind> = new Set(['ext', 'xfs', 'btrfs', 'zfs', 'f2fs']);
/** syncfs(2), "Versions": since Linux 5.8 it reports errors of writes that happened before. */
const FIRST_RELEASE: readonly [number, number] = [5, 8];
/** Others' unwritten bytes are flushed too; above this it could take minutes. */
export const MAX_DIRTY_BYTES: number = 1024 ** 3;

/** Could a whole flush be trusted on this kernel and file system? Asks nobody; `sync` itself is looked at by {@link hasTrustedSync}. */
export function mayTrustWholeSync(system: WholeSyncSystem, kind: FileSystemKind): boolean {
  if (system.platform !== 'linux' || !WHOLE_SYNC_KINDS.has(kind)) return false;
  const [major, minor] = system.release.split('.').map((part) => Number.parseInt(part, 10));
  if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor)) return false;
  const [firstMajor, firstMinor] = FIRST_RELEASE;
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}

/** Only GNU coreutils' `sync -f` is known to call syncfs and to report its error; others ignore the option, and exit 0. */
export async function hasTrustedSync(system: WholeSyncSystem): Promise<boolean> {
  return /\bGNU coreutils\b/.test(await system.syncVersion());
}

/** Would a whole flush end soon? */
export function isLittleDirty(system: WholeSyncSystem): boolean {
  const dirty = system.dirtyBytes();
  return dirty !== undefined && dirty < MAX_DIRTY_BYTES;
}

async function syncVersion(): Promise<string> {
  try {
    return await runInThread(RUN_SYNC, ['--version'], { urgent: true });
  } catch {
    return '';
  }
}

/** `Dirty` in proc_meminfo(5), in KiB there. */
function dirtyBytes(): number | undefined {
  try {
    const kib = /^Dirty:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
