import {
  claimStaging,
  type MadeFolders,
  makeFolders,
  removeEmptyFolders,
  type StagingClaim,
  sweepStaging,
  syncMadeFolders,
} from '@holdfast/core/files';
import {
  adoptNothing,
  assertKeyFits,
  type BeginOptions,
  bytesSource,
  type CallOptions,
  type CommitReceipt,
  type CommitRecord,
  fulfilled,
  type ObjectAttributes,
  type ObjectSource,
  type Outcome,
  oneByOne,
  type PutOptions,
  type PutReceipt,
  piecesOf,
  refuseAdoption,
  rejected,
  type SmallObject,
  type TargetOperation,
  type WriteBatch,
  withoutRefused,
} from '@holdfast/core/target';
import { entryHead } from './entry-head.js';
import { asTargetError } from './errors.js';
import { ownBatch } from './own-batch.js';
import { archiveOf, enter, fault, folderOf, ownFolders, type Place, rootFault } from './place.js';
import { publishArchive, stands, takenFault } from './publish.js';
import { type ArchiveWriter, archiveWriter } from './writer/archive-writer.js';
import { packMany, packsWithOthers } from './writer/pack-many.js';
import { type PackedContent, pack } from './writer/packing.js';

/** Up to here a content is read to memory, packed there and added in one step; larger ones are written as they come. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;

/** What a batch has claimed on the disk. */
interface Workshop {
  /** The folder of the archives, and what was made to have it. */
  readonly folders: MadeFolders;
  readonly claim: StagingClaim;
  readonly writer: ArchiveWriter;
}

/** Begins an archive: sweeps what dead batches left, and claims a folder of its own. */
export async function beginBatch(place: Place, options: BeginOptions = {}): Promise<WriteBatch> {
  const { root } = options;
  enter(place, 'begin', options);
  refuseAdoption(place.url, options);
  if (root === undefined && place.capabilities.ownObjects === true) return beginOwn(place);
  if (root === undefined) {
    throw fault(place, 'UNSUPPORTED', 'an archive cannot be added to: each batch names a new root', 'begin');
  }
  assertKeyFits(root, place, 'begin');
  const wrongRoot = rootFault(place, root);
  if (wrongRoot !== undefined) throw fault(place, 'INVALID_KEY', wrongRoot, 'begin', root);
  try {
    if (!place.replace && (await stands(archiveOf(place, root)))) throw takenFault(place, 'begin', root);
    const batch = zipBatch(place, root, await openWorkshop(place));
    place.batches.add(batch);
    return batch;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'begin', key: root });
  }
}

/** Begins a batch for one object of the target's own. */
async function beginOwn(place: Place): Promise<WriteBatch> {
  try {
    const { folders, claim } = await openClaim(place, async () => undefined);
    const batch = ownBatch(place, { folders, claim }, () => closeClaim(place, claim, folders));
    place.batches.add(batch);
    return batch;
  } catch (error) {
    throw asTargetError(error, { url: place.url, operation: 'begin' });
  }
}

async function openWorkshop(place: Place): Promise<Workshop> {
  const { folders, claim, made } = await openClaim(place, ({ path }) => archiveWriter(path, { onStep: place.onStep }));
  return { folders, claim, writer: made };
}

/** Makes the folder of the archives and a claim in it; takes both back if what is to be made in the claim cannot be. */
async function openClaim<Made>(
  place: Place,
  make: (claim: StagingClaim) => Promise<Made>,
): Promise<Pick<Workshop, 'folders' | 'claim'> & { readonly made: Made }> {
  const { onStep, means } = place;
  const options = { onStep, host: means.host, heartbeatMs: means.heartbeatMs };
  const { staging } = ownFolders(place);
  const folders = await makeFolders(folderOf(place), { onStep });
  let claim: StagingClaim | undefined;
  try {
    claim = await claimStaging(staging, options);
    await sweepStaging(staging, claim, options);
    return { folders, claim, made: await make(claim) };
  } catch (error) {
    await closeClaim(place, claim, folders);
    throw error;
  }
}

/** Gives the claim up, and removes the folders that are empty then; of those above only what was made. */
async function closeClaim(place: Place, claim: StagingClaim | undefined, folders: MadeFolders): Promise<void> {
  await claim?.release();
  const { own, staging } = ownFolders(place);
  await removeEmptyFolders([staging, own, ...[...folders.made].reverse()]);
}

function zipBatch(place: Place, root: string, { folders, claim, writer }: Workshop): WriteBatch {
  let ended: 'committed' | 'aborted' | undefined;

  const enterBatch = (operation: TargetOperation, options?: CallOptions, key?: string): void => {
    enter(place, operation, options, key);
    if (ended !== undefined) throw fault(place, 'CLOSED', `the batch has been ${ended}`, operation, key);
  };
  const end = async (how: 'committed' | 'aborted'): Promise<void> => {
    ended = how;
    place.batches.delete(batch);
    await writer.close().catch(() => undefined); // All that counts has been flushed, or is given up.
    await closeClaim(place, claim, how === 'aborted' ? folders : { ...folders, made: [] });
  };

  function assertPuttable(key: string, sizeBytes: number, options?: CallOptions): void {
    enterBatch('put', options, key);
    assertKeyFits(key, { ...place, root }, 'put');
    if (sizeBytes <= place.capabilities.maxObjectBytes) return;
    throw fault(place, 'TOO_LARGE', `larger than ${place.capabilities.maxObjectBytes} bytes`, 'put', key);
  }

  async function put(key: string, source: ObjectSource, options: PutOptions = {}): Promise<PutReceipt> {
    const attributes = options.attributes ?? {};
    assertPuttable(key, source.sizeBytes, options);
    const pieces = piecesOf(source, { url: place.url, key, signal: options.signal });
    try {
      const head = entryHead(key, attributes, source.sizeBytes, place.means.now());
      if (source.sizeBytes > IN_MEMORY_BYTES) {
        await writer.addPieces(head, source.sizeBytes, pieces);
      } else {
        const content = await wholeOf(pieces, source.sizeBytes);
        const packed = await pack(linkOf(attributes) ?? content);
        enterBatch('put', options, key);
        await writer.add(head, packed);
      }
    } catch (error) {
      throw asTargetError(error, { url: place.url, operation: 'put', key });
    }
    return { confirmed: false };
  }

  /** Small files are packed in a thread and written in one turn; what else is among them goes by itself. */
  async function putAll(
    objects: readonly SmallObject[],
    options?: CallOptions,
  ): Promise<readonly Outcome<PutReceipt>[]> {
    const isSmallFile = ({ bytes, attributes }: SmallObject): boolean =>
      packsWithOthers(bytes.byteLength) && (attributes?.type ?? 'file') === 'file';
    const small = objects.filter(isSmallFile);
    const [together, alone] = await Promise.all([
      withoutRefused(
        small,
        ({ key, bytes }) => assertPuttable(key, bytes.byteLength, options),
        (allowed) => putTogether(allowed, options),
      ),
      many.putAll(
        objects.filter((object) => !isSmallFile(object)),
        options,
      ),
    ]);
    const [smalls, others] = [together.values(), alone.values()];
    return objects.map((object) => (isSmallFile(object) ? smalls : others).next().value as Outcome<PutReceipt>);
  }

  async function putTogether(
    objects: readonly SmallObject[],
    options?: CallOptions,
  ): Promise<readonly Outcome<PutReceipt>[]> {
    const explained = (reason: unknown, { key }: SmallObject): Outcome<PutReceipt> =>
      rejected(asTargetError(reason, { url: place.url, operation: 'put', key }));
    if (objects.length === 0) return [];
    // Where no thread can be had, each is packed by itself.
    const packed = await packMany(objects.map(({ bytes }) => bytes)).catch(() => undefined);
    if (packed === undefined) return many.putAll(objects, options);
    try {
      enterBatch('put', options, objects[0]?.key);
      const nowMs = place.means.now();
      const entries = objects.map(({ key, bytes, attributes = {} }, index) => ({
        head: entryHead(key, attributes, bytes.byteLength, nowMs),
        packed: packed[index] as PackedContent,
      }));
      const outcomes = await writer.addAll(entries);
      return objects.map((object, index) => {
        const outcome = outcomes[index];
        return outcome?.status === 'fulfilled' ? fulfilled({ confirmed: false }) : explained(outcome?.reason, object);
      });
    } catch (error) {
      return objects.map((object) => explained(error, object));
    }
  }

  async function copy(_fromKey: string, toKey: string, options?: PutOptions): Promise<void> {
    enterBatch('copy', options, toKey);
    throw fault(place, 'UNSUPPORTED', 'an archive cannot share what another one holds', 'copy', toKey);
  }

  async function commit(record?: CommitRecord, options?: CallOptions): Promise<CommitReceipt> {
    enterBatch('commit', options, record?.key);
    if (record !== undefined) assertKeyFits(record.key, { ...place, root }, 'commit');
    if (record?.ifAbsent === true && !place.capabilities.putIfAbsent) {
      throw fault(place, 'UNSUPPORTED', 'this file system cannot create only if absent', 'commit', record.key);
    }
    try {
      if (record !== undefined || writer.entries > 0) {
        await writer.finish(record === undefined ? undefined : await lastEntry(record, place.means.now()));
        await syncMadeFolders(folders, { onStep: place.onStep });
        enterBatch('commit', options, record?.key);
        await publishArchive(place, writer.path, root);
      }
    } catch (error) {
      throw asTargetError(error, { url: place.url, operation: 'commit', key: record?.key ?? root });
    }
    await end('committed');
    return { durableBy: 'fsync' };
  }

  async function abort(): Promise<void> {
    if (ended === undefined) await end('aborted');
  }

  const many = oneByOne({ put, copy }, place.capabilities.concurrency);
  const batch: WriteBatch = { put, copy, ...many, ...adoptNothing(place.url), putAll, commit, abort };
  return batch;
}

/** All bytes of a source, in memory of our own. */
async function wholeOf(pieces: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(sizeBytes);
  let filled = 0;
  for await (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.byteLength;
  }
  return whole;
}

/** A link's content is where it points to. */
function linkOf({ type, linkTarget }: ObjectAttributes): Uint8Array | undefined {
  return type === 'symlink' ? (linkTarget ?? new Uint8Array(0)) : undefined;
}

async function lastEntry(record: CommitRecord, nowMs: number): Promise<Parameters<ArchiveWriter['finish']>[0]> {
  const source = bytesSource(record.body);
  return { head: entryHead(record.key, {}, source.sizeBytes, nowMs), packed: await pack(record.body) };
}
