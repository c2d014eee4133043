import type { BackupTarget, CallOptions } from '../target/index.js';

/** Writes one small object of the target's own, whole and durable or not at all; it replaces what was there. */
export async function writeControlObject(
  target: BackupTarget,
  key: string,
  body: Uint8Array,
  options: CallOptions,
): Promise<void> {
  const batch = await target.begin(options);
  try {
    await batch.commit({ key, body }, options);
  } catch (error) {
    await batch.abort().catch(() => undefined);
    throw error;
  }
}
