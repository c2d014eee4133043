import type { BackupTarget } from '@holdfast/core';
import { checked, retrying } from '@holdfast/core/decorators';

/** A target as the commands use it: arguments checked before any I/O, and what is worth a retry tried again. */
export function decorated(target: BackupTarget): BackupTarget {
  return checked(retrying(target));
}
