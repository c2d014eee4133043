import { randomBytes } from 'node:crypto';
import { type BackupTarget, type CallOptions, isTargetError } from '@holdfast/core/target';

/** Enough to meet in the store, few enough to be cheap. */
const RACERS = 8;

/**
 * Does the store decide by itself who creates an object first? Eight puts race for one new key: exactly one may win. To be asked
 * once for a store, when it is set up, of a target opened with `createIfAbsent: true`; the answer is that option's value from then on.
 *
 * @throws TargetError of the store, where it can neither be shown nor ruled out
 */
export async function probeCreateIfAbsent(target: BackupTarget, options: CallOptions = {}): Promise<boolean> {
  const key = `.holdfast/probe-${randomBytes(8).toString('hex')}`;
  try {
    const race = Array.from({ length: RACERS }, async () => {
      const batch = await target.begin(options);
      return batch.commit({ key, body: randomBytes(32), ifAbsent: true }, options);
    });
    const outcomes = await Promise.allSettled(race);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }): unknown => reason);
    const refusals = failures.filter((error) => isTargetError(error, 'ALREADY_EXISTS'));
    if (refusals.length === RACERS - 1) return true;
    const unclear = failures.find(
      (error) => !isTargetError(error, 'ALREADY_EXISTS') && !isTargetError(error, 'MISCONFIGURED'),
    );
    if (unclear !== undefined) throw unclear;
    return false;
  } finally {
    await target.delete([key]);
  }
}
