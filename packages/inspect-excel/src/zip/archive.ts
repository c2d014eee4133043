import type { Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { ContentError } from '../content-error.js';
import type { Budget } from './budget.js';

/** A workbook has a few dozen members, one with many pictures some thousands. */
const MAX_MEMBERS = 20_000;
/** Pieces that come out of a member: fewer turns of the thread pool than with the 16 KiB that are usual. */
const PIECE_BYTES = 256 * 1024;
const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;

/** A zip archive that is open for reading. */
export interface Archive {
  /** The names of the members that are files, as they are looked up: without a leading `/`, `\` as `/`. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** How large it says to be, unpacked; 0 where there is none. Not to be relied upon. */
  announcedBytes(name: string): number;
  /**
   * The content of a member, which is checked to its end: length and CRC-32.
   *
   * @throws ContentError `INVALID` if there is no such member, or it is damaged; `ENCRYPTED`, `UNSUPPORTED`, `BOMB`
   */
  content(name: string): AsyncGenerator<Buffer, void, undefined>;
  /** Reads all members that have not been read to their end, so that a flipped bit is found wherever it is. */
  checkTheRest(): Promise<void>;
  close(): void;
}

/**
 * Opens an archive; `content` is a path or all of its bytes. Member names are those of OPC parts: they are compared without case.
 *
 * @throws ContentError; an error of the system.
 */
export async function openArchive(content: string | Uint8Array, budget: Budget): Promise<Archive> {
  const options = { autoClose: false, lazyEntries: true, decodeStrings: false };
  const zip = await readable(
    typeof content === 'string'
      ? openPromise(content, options)
      : fromBufferPromise(Buffer.from(content.buffer, content.byteOffset, content.byteLength), options),
  );
  try {
    if (zip.entryCount > MAX_MEMBERS) throw new ContentError('BOMB', `it has ${zip.entryCount} members`);
    const entries = new Map<string, Entry>();
    await readable(eachEntry(zip, entries));
    return archiveOf(zip, entries, budget);
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function eachEntry(zip: ZipFile, entries: Map<string, Entry>): Promise<void> {
  for await (const entry of zip.eachEntry()) {
    const name = memberName(entry.fileNameRaw.toString());
    if (name !== '' && !name.endsWith('/') && !entries.has(name)) entries.set(name, entry);
  }
}

function memberName(written: string): string {
  return written.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

function archiveOf(zip: ZipFile, entries: ReadonlyMap<string, Entry>, budget: Budget): Archive {
  const checked = new Set<Entry>();
  async function* content(name: string): AsyncGenerator<Buffer, void, undefined> {
    const entry = entries.get(memberName(name));
    if (entry === undefined) throw new ContentError('INVALID', 'a part that it names is missing in it');
    // What comes out a second time is no more than what came out.
    yield* readMember(zip, entry, checked.has(entry) ? undefined : budget);
    checked.add(entry);
  }
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(memberName(name)),
    announcedBytes: (name) => entries.get(memberName(name))?.uncompressedSize ?? 0,
    content,
    async checkTheRest() {
      for (const [name, entry] of entries) {
        if (checked.has(entry)) continue;
        for await (const _ of content(name));
      }
    },
    close: () => zip.close(),
  };
}

async function* readMember(
  zip: ZipFile,
  entry: Entry,
  budget: Budget | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  if (entry.isEncrypted()) throw new ContentError('ENCRYPTED', 'its members are encrypted');
  const { compressionMethod: method, uncompressedSize } = entry;
  if (method !== METHOD_STORED && method !== METHOD_DEFLATED) {
    throw new ContentError('UNSUPPORTED', `a member is packed by method ${method}, which is not read here`);
  }
  const packed = await readable(zip.openReadStreamPromise(entry, { decodeFileData: false }));
  const isSmall = entry.compressedSize <= PIECE_BYTES && uncompressedSize <= PIECE_BYTES;
  const pieces = method === METHOD_STORED ? packed : isSmall ? inflateWhole(packed, entry) : inflate(packed);
  let seenBytes = 0;
  let checksum = 0;
  try {
    for await (const piece of pieces) {
      budget?.take(piece.length);
      seenBytes += piece.length;
      if (seenBytes > uncompressedSize) throw tooLong();
      checksum = crc32(piece, checksum);
      yield piece;
    }
  } catch (error) {
    throw zipError(error);
  } finally {
    packed.destroy();
  }
  if (seenBytes !== uncompressedSize || checksum !== entry.crc32) {
    throw new ContentError('INVALID', 'a member is damaged: its checksum is wrong');
  }
}

/** In one call: a workbook has a dozen small members, and a stream for each would take longer than all else. */
async function* inflateWhole(packed: AsyncIterable<Buffer>, { uncompressedSize }: Entry): AsyncGenerator<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of packed) parts.push(part);
  // One byte more, so that it is seen if more comes out; and an empty result needs room, too.
  yield inflateRawSync(Buffer.concat(parts), { maxOutputLength: uncompressedSize + 1 });
}

async function* inflate(packed: Readable): AsyncGenerator<Buffer> {
  const inflater = packed.pipe(createInflateRaw({ chunkSize: PIECE_BYTES }));
  packed.on('error', (error) => inflater.destroy(error));
  try {
    yield* inflater;
  } finally {
    inflater.destroy();
  }
}

function tooLong(): ContentError {
  return new ContentError('BOMB', 'more comes out of a member than it announces');
}

async function readable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw zipError(error);
  }
}

/** yauzl's own errors are plain ones with a message; those of the system and of zlib have a code. */
function zipError(error: unknown): unknown {
  // A TypeError, say, is one of the program, and no file is to blame.
  if (!(error instanceof Error) || (error.name !== 'Error' && !('code' in error))) return error;
  if (error instanceof ContentError) return error;
  const { code } = error as { code?: unknown };
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLong();
  if (code === 'Z_BUF_ERROR') return new ContentError('INVALID', 'a member ends too early');
  if (typeof code === 'string') {
    return code.startsWith('Z_') ? new ContentError('INVALID', 'a member cannot be unpacked: it is damaged') : error;
  }
  if (/signature not found/.test(error.message)) return new ContentError('TRUNCATED', 'its end is missing');
  if (/encrypt/.test(error.message)) return new ContentError('ENCRYPTED', 'its members are encrypted');
  if (/compression method/.test(error.message))
    return new ContentError('UNSUPPORTED', 'a member is packed in a way that is not read here');
  return new ContentError('INVALID', 'its zip structure is damaged');
}
