import { randomBytes } from 'node:crypto';
import { bytesSource, isTargetError, openTarget, type TargetAddress } from '@holdfast/core';
import { openS3, openScratch, probeCreateIfAbsent, type S3Scratch } from '@holdfast/target-s3';
import type { TargetPlace } from '@holdfast/target-testkit';
import { adapters } from '../compose/adapters.js';
import { decorated } from '../compose/decorated.js';
import { clockOffset, type DoctorConditions, type DoctorPlace, PART_PREFIX } from './doctor-place.js';

/** Stores give the time of an object in whole seconds. */
const STORE_TIME_STEP_MS = 1_000;

/**
 * A prefix below the target's. Whether the store decides by itself who creates an object is asked first, by eight racers: what it
 * turns out to be is then what the target is held to.
 *
 * @throws TargetError of the store
 */
export async function bucketPlace(address: TargetAddress, conditions: DoctorConditions): Promise<DoctorPlace> {
  const { environment } = conditions;
  const part = `${address.location.replace(/\/+$/, '')}/${PART_PREFIX}${randomBytes(8).toString('hex')}`;
  const top = openScratch(part, { environment, adapterOptions: conditions.options });
  const remarks: string[] = [];
  const createIfAbsent = await settled(top, async () => {
    const target = await openS3(part, { environment, adapterOptions: { ...conditions.options, createIfAbsent: true } });
    try {
      return await probeCreateIfAbsent(target);
    } finally {
      await target.close();
    }
  });
  const options = { ...conditions.options, ...(createIfAbsent ? {} : { createIfAbsent }) };
  if (!createIfAbsent) {
    remarks.push(
      'The store does not decide by itself who creates an object first: give the target "createIfAbsent": false in the config.',
    );
  }
  let mayListUploads = true;
  const uploadsOf = async (scratch: S3Scratch): Promise<readonly string[]> => {
    try {
      return await scratch.uploads();
    } catch (error) {
      if (!isTargetError(error, 'ACCESS_DENIED') && !isTargetError(error, 'UNSUPPORTED')) throw error;
      mayListUploads = false;
      return [];
    }
  };
  const { moduleUrl } = await import('./child-adapter.js');
  let places = 0;
  return {
    where: `s3://${part}/`,
    harness: {
      async create() {
        places += 1;
        return placeIn(`${part}/${places}`, { environment, options }, uploadsOf, moduleUrl);
      },
    },
    async clockOffsetMs() {
      const target = await openS3(part, { environment, adapterOptions: options });
      const before = Date.now();
      const batch = await target.begin();
      await batch.put('clock', bytesSource(Buffer.from('x')));
      await batch.commit();
      const after = Date.now();
      await target.close();
      const writtenAtMs = await top.writtenAtMs('clock');
      return writtenAtMs === undefined ? undefined : clockOffset(before, writtenAtMs, after, STORE_TIME_STEP_MS);
    },
    async remarks() {
      await uploadsOf(top);
      if (!mayListUploads) {
        remarks.push(
          'These credentials may not list unfinished uploads (s3:ListBucketMultipartUploads), so nobody can clear up what an interrupted backup leaves.',
        );
      }
      const aborts = await top.abortsUploads();
      if (aborts === true) return remarks;
      const known =
        aborts === undefined
          ? 'Whether the bucket has one cannot be seen with these credentials.'
          : 'The bucket has none.';
      return [
        ...remarks,
        `A lifecycle rule that aborts incomplete multipart uploads after 7 days keeps what interrupted backups leave from being paid for. ${known}`,
      ];
    },
    async clear() {
      try {
        await top.clear();
      } finally {
        top.close();
      }
    },
  };
}

function placeIn(
  location: string,
  { environment, options }: DoctorConditions,
  uploadsOf: (scratch: S3Scratch) => Promise<readonly string[]>,
  moduleUrl: string,
): TargetPlace {
  const address = `s3://${location}`;
  const scratch = openScratch(location, { environment, adapterOptions: options });
  return {
    open: async () => decorated(await openTarget(address, adapters, { environment, adapterOptions: options })),
    residue: () => uploadsOf(scratch),
    child: { adapterModule: moduleUrl, address, adapterOptions: options },
    async remove() {
      try {
        await scratch.clear();
      } finally {
        scratch.close();
      }
    },
  };
}

/** Clears up also where the first question to the store fails. */
async function settled<Answer>(top: S3Scratch, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    await top.clear().catch(() => {});
    top.close();
    throw error;
  }
}
