import { errorCode } from '../files/index.js';

/** What the system says, in words where it is common. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'ENAMETOOLONG') return 'its name or path is longer than the system takes';
  if (code === 'EIO') return 'the disk reports an error (EIO)';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code !== undefined) return code;
  return error instanceof Error ? error.message : String(error);
}
