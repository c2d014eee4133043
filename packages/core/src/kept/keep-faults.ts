import { statfsSync } from 'node:fs';
import { NotAFolder } from '../destination/index.js';
import { errorCode, systemFault } from '../files/index.js';
import { HoldfastError } from '../holdfast-error.js';

/** @throws HoldfastError `NO_ROOM` where the disk of a folder has not so many bytes left. */
export function assertRoom(path: string, sizeBytes: bigint): void {
  const { bavail, bsize } = statfsSync(path, { bigint: true });
  if (sizeBytes > bavail * bsize) throw noRoom(`the copy of what is replaced needs ${sizeBytes} bytes there`, path);
}

/** There is not enough room to keep what is replaced. */
export function noRoom(what: string, path: string, cause?: unknown): HoldfastError {
  return new HoldfastError({
    code: 'NO_ROOM',
    message: `there is no room on the disk of ${path}: ${what}; nothing was changed`,
    hint: 'Make room there; or add --no-undo: what is replaced is not kept then, and cannot be brought back.',
    cause,
  });
}

/** What an error says that came when something was to be kept. */
export function cannotKeep(location: Buffer, cause: unknown): unknown {
  const code = errorCode(cause);
  const reason = cause instanceof NotAFolder ? cause.message : code && systemFault(code).reason;
  if (reason === undefined) return cause;
  const path = location.toString('utf8');
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom('what is replaced could not be kept', path, cause);
  return new HoldfastError({
    code: 'NOT_KEPT',
    message: `${path} cannot be kept before it is replaced: ${reason}; nothing was changed`,
    hint: 'Make it readable for this user, or leave it out (--exclude); with --no-undo it is replaced for good.',
    cause,
  });
}
