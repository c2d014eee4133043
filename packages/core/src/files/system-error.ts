import type { TargetErrorCode } from '../target/index.js';

/** What an error of the system means to the user of a target. */
export interface SystemFault {
  readonly code: TargetErrorCode;
  /** What happened, one sentence without a path. */
  readonly reason: string;
  /** What the user can do, where there is something. */
  readonly hint?: string;
}

/** By errno(3). */
const FAULTS: Readonly<Record<string, SystemFault>> = {
  ENOENT: { code: 'NOT_FOUND', reason: 'there is no such file' },
  ENOTDIR: {
    code: 'NOT_FOUND',
    reason: 'a part of the path is no folder',
    hint: 'Something else stands where a folder is expected: move it away.',
  },
  EEXIST: { code: 'ALREADY_EXISTS', reason: 'the name is taken' },
  ENOTEMPTY: { code: 'ALREADY_EXISTS', reason: 'the name is taken by a folder that is not empty' },
  EISDIR: { code: 'ALREADY_EXISTS', reason: 'the name is taken by a folder' },
  ENOSPC: { code: 'NO_SPACE', reason: 'the disk is full', hint: 'Free space on the disk, or choose another one.' },
  EDQUOT: { code: 'NO_SPACE', reason: 'the quota is used up', hint: 'Free space, or ask for a larger quota.' },
  EACCES: {
    code: 'ACCESS_DENIED',
    reason: 'the permissions forbid it',
    hint: 'Check the owner and the permissions of the folder and of the folders above it.',
  },
  EPERM: {
    code: 'ACCESS_DENIED',
    reason: 'the system does not permit it',
    hint: 'Check the owner of the file, and whether it is marked as immutable.',
  },
  EROFS: {
    code: 'ACCESS_DENIED',
    reason: 'the file system is mounted read-only',
    hint: 'Mount it writable; a disk with errors is often switched to read-only by the system: look at its log.',
  },
  EFBIG: { code: 'TOO_LARGE', reason: 'the file is larger than the file system can hold' },
  ENAMETOOLONG: { code: 'INVALID_KEY', reason: 'the name is too long for the file system' },
  EILSEQ: { code: 'INVALID_KEY', reason: 'the file system cannot hold this name' },
  EINVAL: { code: 'INVALID_KEY', reason: 'the file system cannot hold this name or value' },
  ELOOP: { code: 'NOT_FOUND', reason: 'a symbolic link stands in the way' },
  ENODEV: { code: 'TARGET_NOT_FOUND', reason: 'the disk is not there', hint: 'Connect the disk, and mount it.' },
  ENXIO: { code: 'TARGET_NOT_FOUND', reason: 'the disk is not there', hint: 'Connect the disk, and mount it.' },
  ESTALE: {
    code: 'UNAVAILABLE',
    reason: 'the server no longer knows the file',
    hint: 'The share was changed on the server: mount it again.',
  },
  EIO: {
    code: 'UNAVAILABLE',
    reason: 'the disk answers with an error',
    hint: 'The medium may be failing: look at the log of the system before you trust what is on it.',
  },
  EMFILE: {
    code: 'UNAVAILABLE',
    reason: 'this process has too many files open',
    hint: 'Raise the limit of open files (ulimit -n).',
  },
  ENFILE: { code: 'UNAVAILABLE', reason: 'the system has too many files open' },
  ENOMEM: { code: 'UNAVAILABLE', reason: 'the system is out of memory' },
  EBUSY: { code: 'UNAVAILABLE', reason: 'another program holds the file', hint: 'Close the program that uses it.' },
  ETXTBSY: { code: 'UNAVAILABLE', reason: 'another program holds the file', hint: 'Close the program that uses it.' },
  EAGAIN: { code: 'UNAVAILABLE', reason: 'the system asks to try again' },
  EINTR: { code: 'UNAVAILABLE', reason: 'the call was interrupted' },
  ETIMEDOUT: { code: 'UNAVAILABLE', reason: 'the file server does not answer' },
  EHOSTDOWN: { code: 'UNAVAILABLE', reason: 'the file server is not reachable' },
  EHOSTUNREACH: { code: 'UNAVAILABLE', reason: 'the file server is not reachable' },
  ENOTCONN: { code: 'UNAVAILABLE', reason: 'the file system has lost its connection', hint: 'Mount it again.' },
  EXDEV: { code: 'MISCONFIGURED', reason: 'a folder of the target lies on another file system' },
};

/**
 * What an error code of the system (`ENOSPC`, …) means to the user of a target. Pure. What is not in the table is
 * `UNAVAILABLE`: surely not done, cause unknown.
 */
export function systemFault(errno: string | undefined): SystemFault {
  const known = errno !== undefined && Object.hasOwn(FAULTS, errno) ? FAULTS[errno] : undefined;
  return known ?? { code: 'UNAVAILABLE', reason: `the system answers with ${errno ?? 'an unknown error'}` };
}
