import type { BackupTarget, CallOptions } from '../target/index.js';
import { CLOCK_KEY, TRASH_PREFIX } from './layout.js';
import { writeControlObject } from './write-control-object.js';

/** When a tombstone came, milliseconds since 1970 on the store's own clock; `undefined` where the store does not say, or it is gone. */
export async function tombstoneTimeMs(
  target: BackupTarget,
  id: string,
  options: CallOptions,
): Promise<number | undefined> {
  return (await target.stat(TRASH_PREFIX + id, { ...options, storedAt: true }))?.storedAtMs;
}

/** What time it is in the store: that of an object just written. `undefined` where the store does not say. @throws TargetError where nothing can be written */
export async function storeTimeMs(target: BackupTarget, options: CallOptions): Promise<number | undefined> {
  await writeControlObject(target, CLOCK_KEY, Buffer.from('\n'), options);
  const info = await target.stat(CLOCK_KEY, { ...options, storedAt: true });
  await target.delete([CLOCK_KEY], options);
  return info?.storedAtMs;
}
