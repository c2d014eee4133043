import { Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import type { ArchiveMember } from './zip-directory.js';

const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const PIECE_BYTES = 256 * 1024;
/** Up to here a member is inflated in one call, which costs a fraction of a stream. */
const ONE_CALL_BYTES = 256 * 1024;

/**
 * The content of a member from its beginning, in pieces. Not more than it announces comes out of it.
 *
 * @throws FoundFault; what the budget throws.
 */
export async function* memberBytes(
  archive: ContentReader,
  member: ArchiveMember,
  budget: Budget,
): AsyncGenerator<Uint8Array, void, undefined> {
  const start = await contentOffset(archive, member);
  if (member.method === METHOD_STORED) {
    yield* packedPieces(archive, start, member.packedBytes, budget);
    return;
  }
  try {
    if (member.packedBytes <= ONE_CALL_BYTES && member.sizeBytes <= ONE_CALL_BYTES) {
      const packed = await archive.read(start, member.packedBytes);
      yield inflateRawSync(packed, { maxOutputLength: Math.max(1, member.sizeBytes) });
      return;
    }
    yield* inflated(packedPieces(archive, start, member.packedBytes, budget));
  } catch (error) {
    throw inflateFault(error, archive);
  }
}

/** Where its bytes begin: behind a header of its own, whose length the directory does not know. */
async function contentOffset(archive: ContentReader, member: ArchiveMember): Promise<number> {
  if (member.isEncrypted) throw new FoundFault('ENCRYPTED', 'it needs a password', { reader: archive });
  if (member.method !== METHOD_STORED && member.method !== METHOD_DEFLATED)
    throw new FoundFault('UNSUPPORTED', `it is packed by method ${member.method}, which is not read here`, {
      reader: archive,
    });
  const bytes = await archive.read(member.offset, LOCAL_HEADER_BYTES);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LOCAL_HEADER_BYTES || header.getUint32(0, true) !== LOCAL_SIGNATURE)
    throw new FoundFault('INVALID', 'it does not begin where the directory says', { reader: archive });
  return member.offset + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
}

async function* packedPieces(
  archive: ContentReader,
  start: number,
  lengthBytes: number,
  budget: Budget,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < lengthBytes; ) {
    await budget.pause();
    const piece = await archive.read(start + at, Math.min(PIECE_BYTES, lengthBytes - at));
    if (piece.length === 0)
      throw new FoundFault('INVALID', 'it reaches beyond the end of the archive', { reader: archive });
    at += piece.length;
    yield piece;
  }
}

/** Whatever goes wrong with the pieces or in zlib comes out here. */
async function* inflated(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = createInflateRaw({ chunkSize: PIECE_BYTES });
  const source = Readable.from(packed, { objectMode: false });
  source.on('error', (error) => inflater.destroy(error));
  source.pipe(inflater);
  try {
    for await (const piece of inflater) yield piece;
  } finally {
    source.destroy();
    inflater.destroy();
  }
}

function inflateFault(error: unknown, reader: ContentReader): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new FoundFault('INVALID', 'more comes out of it than it announces', { reader });
  if (code === 'Z_BUF_ERROR') return new FoundFault('INVALID', 'it ends too early', { reader });
  return code.startsWith('Z_') ? new FoundFault('INVALID', 'it cannot be unpacked: it is damaged', { reader }) : error;
}
