import { HoldfastError } from '../../holdfast-error.js';
import { HashingReader, type PlainSnapshot, proofFault, readProven } from '../../plain/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { type CallOptions, isTargetError } from '../../target/index.js';

/** Files up to this size are compared before the first byte is given: so much a spool keeps in memory. */
const COMPARED_FIRST_BYTES = 8 * 1024 * 1024;

/**
 * The bytes of a file of a snapshot, compared with its checksum: a small file before anything is given, a large one as it passes.
 *
 * @throws HoldfastError `FILE_DAMAGED`; TargetError if the store cannot be reached.
 */
export async function* fileContent(
  snapshot: PlainSnapshot,
  entry: FileEntry,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  if (entry.sizeBytes > COMPARED_FIRST_BYTES) {
    yield* comparedOnTheWay(snapshot, entry, options);
    return;
  }
  const spool = await readProven(snapshot.target, snapshot.keyOf(entry), entry, options);
  if (typeof spool === 'string') throw damaged(snapshot, entry, spool);
  try {
    yield* spool.read();
  } finally {
    await spool.close();
  }
}

async function* comparedOnTheWay(
  snapshot: PlainSnapshot,
  entry: FileEntry,
  options: CallOptions,
): AsyncGenerator<Uint8Array> {
  const reader = new HashingReader();
  try {
    for await (const chunk of reader.through(snapshot.target.get(snapshot.keyOf(entry), options))) {
      if (reader.sizeBytes > entry.sizeBytes) break;
      yield chunk;
    }
  } catch (error) {
    if (isTargetError(error, 'NOT_FOUND')) throw damaged(snapshot, entry, 'it is missing');
    if (isTargetError(error, 'CORRUPT')) throw damaged(snapshot, entry, error.reason);
    throw error;
  }
  const fault = proofFault(entry, reader.sizeBytes, reader.sha256());
  if (fault !== undefined) throw damaged(snapshot, entry, `${fault}; what was given of it cannot be trusted`);
}

function damaged(snapshot: PlainSnapshot, entry: FileEntry, reason: string): HoldfastError {
  return new HoldfastError({
    code: 'FILE_DAMAGED',
    message: `"${entry.path}" in snapshot ${snapshot.id} is not what was saved: ${reason}`,
    hint: 'Take it from another snapshot or a mirror.',
  });
}
