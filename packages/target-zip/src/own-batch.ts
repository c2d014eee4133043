import { type MadeFolders, type StagingClaim, syncMadeFolders } from '@holdfast/core/files';
import { adoptNothing, assertKeyFits, OWN_ROOT, oneByOne, type WriteBatch } from '@holdfast/core/target';
import { asTargetError } from './errors.js';
import { isStaging, putOwn } from './own-objects.js';
import { enter, fault, type Place } from './place.js';

/** What such a batch has claimed on the disk. */
export interface OwnWorkshop {
  readonly folders: MadeFolders;
  readonly claim: StagingClaim;
}

/** A batch without a root: it can hold nothing but a record of the target's own. */
export function ownBatch(place: Place, { folders, claim }: OwnWorkshop, release: () => Promise<void>): WriteBatch {
  let ended: 'committed' | 'aborted' | undefined;
  const enterBatch: typeof enter = (at, operation, options, key) => {
    enter(at, operation, options, key);
    if (ended !== undefined) throw fault(place, 'CLOSED', `the batch has been ${ended}`, operation, key);
  };
  const refuse = async (operation: 'put' | 'copy', key: string): Promise<never> => {
    enterBatch(place, operation, undefined, key);
    throw fault(place, 'UNSUPPORTED', 'an archive cannot be added to: each batch names a new root', operation, key);
  };
  const end = async (how: 'committed' | 'aborted'): Promise<void> => {
    ended = how;
    place.batches.delete(batch);
    await release();
  };
  const calls: Pick<WriteBatch, 'put' | 'copy'> = {
    put: (key) => refuse('put', key),
    copy: (_from, key) => refuse('copy', key),
  };
  const batch: WriteBatch = {
    ...calls,
    ...oneByOne(calls, place.capabilities.concurrency),
    ...adoptNothing(place.url),
    async commit(record, options) {
      enterBatch(place, 'commit', options, record?.key);
      if (record !== undefined) {
        assertKeyFits(record.key, { ...place, root: OWN_ROOT }, 'commit');
        if (isStaging(record.key)) throw fault(place, 'INVALID_KEY', 'the key is reserved', 'commit', record.key);
        if (record.ifAbsent === true && !place.capabilities.putIfAbsent) {
          throw fault(place, 'UNSUPPORTED', 'this file system cannot create only if absent', 'commit', record.key);
        }
        try {
          await putOwn(place, claim.path, record);
          await syncMadeFolders(folders, { onStep: place.onStep });
        } catch (error) {
          throw asTargetError(error, { url: place.url, operation: 'commit', key: record.key });
        }
      }
      await end('committed');
      return { durableBy: 'fsync' };
    },
    async abort() {
      if (ended === undefined) await end('aborted');
    },
  };
  return batch;
}
