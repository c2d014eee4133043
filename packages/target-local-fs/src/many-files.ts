import { type ThreadJob, threadJob } from '@holdfast/core/files';

/** Many small files to make. Parallel lists and one memory for all bytes: a message costs by the object. */
export interface FilesToWrite {
  readonly openFlags: number;
  /** Joined by NUL. */
  readonly paths: string;
  /** Where the bytes of a file begin in `memory`, and behind the last one where they end. */
  readonly starts: readonly number[];
  readonly memory: ArrayBufferLike;
  /** Permission bits. */
  readonly modes: readonly number[];
  /** Bits that the system takes away from the mode of a new file. */
  readonly umask: number;
  /** As `secondsOf` gives them; `null` leaves the time of the writing. */
  readonly times: readonly (number | Date | null)[];
  /** Leave the descriptors open, for whoever flushes by them; they belong to the process. */
  readonly keepOpen: boolean;
}

/** What became of a file: its descriptor where that is kept open, `null` where it is closed, or the error of the system. */
export type WrittenFile = number | null | { readonly message: string; readonly code: string | undefined };

/**
 * Makes many small files as `writeWhole` does: new, never over anything; sizes compared; time, and mode where the umask asks for it,
 * through the descriptor. The staging folder is closed to others, so a file may have its mode from the beginning. Of a file that fails nothing is left.
 */
export const WRITE_FILES: ThreadJob<FilesToWrite, WrittenFile[]> = threadJob(
  'write files',
  `(require) => {
    const { closeSync, fchmodSync, fstatSync, futimesSync, openSync, unlinkSync, writeSync } = require('node:fs');
    const fault = (message) => Object.assign(new Error('EIO: ' + message), { code: 'EIO' });
    const write = (path, { openFlags, starts, modes, umask, times, keepOpen }, all, index) => {
      const mode = modes[index];
      const descriptor = openSync(path, openFlags, mode);
      try {
        const start = starts[index];
        const sizeBytes = starts[index + 1] - start;
        for (let done = 0; done < sizeBytes; ) {
          const count = writeSync(descriptor, all, start + done, sizeBytes - done);
          if (count === 0) throw fault('a write took no bytes');
          done += count;
        }
        const stored = fstatSync(descriptor).size;
        if (stored !== sizeBytes) throw fault(stored + ' of ' + sizeBytes + ' bytes arrived');
        if ((mode & umask) !== 0) fchmodSync(descriptor, mode);
        const time = times[index];
        if (time !== null) futimesSync(descriptor, time, time);
      } catch (error) {
        closeSync(descriptor);
        try { unlinkSync(path); } catch {}
        throw error;
      }
      if (keepOpen) return descriptor;
      closeSync(descriptor);
      return null;
    };
    return (files) => {
      const all = new Uint8Array(files.memory);
      return files.paths.split('\\0').map((path, index) => {
        try {
          return write(path, files, all, index);
        } catch (error) {
          return { message: error.message, code: error.code };
        }
      });
    };
  }`,
);

/** Many files that are to get a further name; parallel lists. */
export interface FilesToLink {
  /** Joined by NUL. */
  readonly from: string;
  readonly to: string;
  /** What the linked file must have, so that it is the file that was asked for. */
  readonly modes: readonly number[];
  readonly times: BigInt64Array;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly toleranceNs: bigint;
}

/**
 * Gives many files a further name, where the file is equal in every way to what was asked for. The answer says of each whether it
 * has been done; what has not been is left to `copyFileCheaply`, which says why.
 */
export const LINK_FILES: ThreadJob<FilesToLink, boolean[]> = threadJob(
  'link files',
  `(require) => {
    const { linkSync, lstatSync, unlinkSync } = require('node:fs');
    const bigint = { bigint: true };
    return ({ from, to, modes, times, uid, gid, toleranceNs }) => {
      const names = to.split('\\0');
      return from.split('\\0').map((path, index) => {
        try {
          const stats = lstatSync(path, bigint);
          if (!stats.isFile() || stats.uid !== uid || stats.gid !== gid) return false;
          if (Number(stats.mode & 0o7777n) !== modes[index]) return false;
          const apart = stats.mtimeNs - times[index];
          if (apart > toleranceNs || -apart > toleranceNs) return false;
          const name = names[index];
          linkSync(path, name);
          const linked = lstatSync(name, bigint);
          if (linked.ino === stats.ino && linked.dev === stats.dev) return true;
          unlinkSync(name);
          return false;
        } catch {
          return false;
        }
      });
    };
  }`,
);
