import { type ThreadJob, threadJob } from '@holdfast/core/files';

/** Files that a killed batch had staged, and where they go; parallel lists. */
export interface FilesToAdopt {
  /** Joined by NUL. */
  readonly from: string;
  readonly to: string;
  readonly sizesBytes: readonly number[];
  /** Hex. */
  readonly sha256s: readonly string[];
  /** As they must stand: what a put would have given them. */
  readonly modes: readonly number[];
  /** `null` where any time will do. */
  readonly times: readonly (bigint | null)[];
  readonly uid: bigint;
  readonly gid: bigint;
  readonly toleranceNs: bigint;
  /** Shared: its one number is set to 1 to have it stop soon. */
  readonly stop: Int32Array;
  /** Leave the descriptor open, for whoever flushes by it; it belongs to the process. */
  readonly keepOpen: readonly boolean[];
}

/**
 * What became of a file: its descriptor where that is kept open, `null` where it is closed; why it is not taken, and has been removed
 * (`difference`); that there is none; that it was stopped, and is where it was; or the error of the system.
 */
export type AdoptedFile =
  | number
  | null
  | { readonly difference: string }
  | 'absent'
  | 'stopped'
  | { readonly message: string; readonly code: string | undefined };

/**
 * Takes over files: each is read as a whole, and moved only if it is what was asked for in every way. Nobody else
 * writes in the staging of a living batch, so a name that is free stays free.
 */
export const ADOPT_FILES: ThreadJob<FilesToAdopt, AdoptedFile[]> = threadJob(
  'adopt files',
  `(require) => {
    const { closeSync, constants, fstatSync, lstatSync, openSync, readSync, renameSync, unlinkSync } = require('node:fs');
    const { createHash } = require('node:crypto');
    const bigint = { bigint: true };
    const differenceOf = (stats, wanted, index) => {
      if (!stats.isFile()) return 'it is no file';
      if (stats.nlink !== 1n) return 'it has further names';
      if (stats.size !== BigInt(wanted.sizesBytes[index])) return 'its size is another';
      if (Number(stats.mode & 0o7777n) !== wanted.modes[index]) return 'its permissions are others';
      if (stats.uid !== wanted.uid || stats.gid !== wanted.gid) return 'its owner is another';
      const time = wanted.times[index];
      const apart = time === null ? 0n : stats.mtimeNs - time;
      return apart > wanted.toleranceNs || -apart > wanted.toleranceNs ? 'its time is another' : undefined;
    };
    const digestOf = (descriptor, buffer, stop) => {
      const hash = createHash('sha256');
      for (;;) {
        if (Atomics.load(stop, 0) === 1) return undefined;
        const count = readSync(descriptor, buffer, 0, buffer.length, null);
        if (count === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, count));
      }
    };
    const check = (path, wanted, buffer, index) => {
      const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (named === undefined) return 'absent';
      const early = differenceOf(named, wanted, index);
      if (early !== undefined) return { difference: early };
      const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const stats = fstatSync(descriptor, bigint);
        const difference = differenceOf(stats, wanted, index);
        const digest = difference === undefined ? digestOf(descriptor, buffer, wanted.stop) : '';
        if (digest === wanted.sha256s[index]) return descriptor;
        closeSync(descriptor);
        return digest === undefined ? 'stopped' : { difference: difference ?? 'its bytes are others' };
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    };
    const remove = (path) => {
      try { unlinkSync(path); } catch {}
    };
    // A network file system may repeat a rename whose answer was lost, and then does not find what it has moved.
    const hasMoved = (descriptor, name) => {
      try {
        const [opened, named] = [fstatSync(descriptor, bigint), lstatSync(name, bigint)];
        return opened.ino === named.ino && opened.dev === named.dev;
      } catch {
        return false;
      }
    };
    return (wanted) => {
      const buffer = Buffer.allocUnsafeSlow(512 * 1024);
      const names = wanted.to.split('\\0');
      return wanted.from.split('\\0').map((path, index) => {
        let checked;
        try {
          checked = check(path, wanted, buffer, index);
        } catch (error) {
          // It cannot be read: so it is not known to be what was asked for.
          checked = error.code === 'ENOENT' ? 'absent' : { difference: 'it cannot be read (' + error.code + ')' };
        }
        if (typeof checked !== 'number') {
          if (typeof checked === 'object') remove(path);
          return checked;
        }
        try {
          if (lstatSync(names[index], { throwIfNoEntry: false }) !== undefined)
            throw Object.assign(new Error('EEXIST: the name is taken'), { code: 'EEXIST' });
          renameSync(path, names[index]);
        } catch (error) {
          if (!hasMoved(checked, names[index])) {
            closeSync(checked);
            return { message: error.message, code: error.code };
          }
        }
        if (wanted.keepOpen[index]) return checked;
        closeSync(checked);
        return null;
      });
    };
  }`,
);
