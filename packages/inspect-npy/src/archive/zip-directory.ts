import type { ContentReader } from '@holdfast/core/inspect';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';

/** A member of an archive, as its directory announces it. */
export interface ArchiveMember {
  readonly name: string;
  /** Where its own header begins. */
  readonly offset: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** 0: stored as it is; 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
}

/** NumPy writes one member an array. What has more is nobody's work, and would take long by its number alone. */
const MAX_MEMBERS = 100_000;
/** In the directory; then come name and extra fields. */
const CENTRAL_HEADER_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const WINDOW_BYTES = 256 * 1024;

/**
 * The members of an archive in the order of its directory, without folders.
 *
 * @throws FoundFault if the directory cannot be followed, or members lie on top of each other; what the budget throws.
 */
export async function readDirectory(archive: ContentReader, budget: Budget): Promise<ArchiveMember[]> {
  const members: ArchiveMember[] = [];
  try {
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false };
    const zip = await fromRandomAccessReaderPromise(new DirectoryReader(archive), archive.sizeBytes, options);
    const directoryOffset = Number(zip.readEntryCursor);
    if (zip.entryCount * CENTRAL_HEADER_BYTES > archive.sizeBytes - directoryOffset)
      throw new FoundFault('INVALID', 'its directory announces more members than it has room for');
    if (zip.entryCount > MAX_MEMBERS) throw new FoundFault('TOO_LARGE', `it has more than ${MAX_MEMBERS} members`);
    for await (const entry of zip.eachEntry()) {
      await budget.pause();
      const member = memberOf(entry);
      if (!member.name.endsWith('/')) members.push(member);
    }
    assertApart(members, directoryOffset);
    return members;
  } catch (error) {
    throw directoryFault(error);
  }
}

function memberOf(entry: Entry): ArchiveMember {
  const isUtf8 = (entry.generalPurposeBitFlag & 0x800) !== 0;
  return {
    name: Buffer.from(entry.fileNameRaw).toString(isUtf8 ? 'utf8' : 'latin1'),
    offset: entry.relativeOffsetOfLocalHeader,
    packedBytes: entry.compressedSize,
    sizeBytes: entry.uncompressedSize,
    crc32: entry.crc32,
    method: entry.compressionMethod,
    isEncrypted: entry.isEncrypted(),
  };
}

/** Members that share bytes make a large archive out of a small one: David Fifield, "A better zip bomb" (2019). */
function assertApart(members: readonly ArchiveMember[], directoryOffset: number): void {
  let end = directoryOffset;
  for (const member of [...members].sort((one, other) => other.offset - one.offset)) {
    if (member.offset + LOCAL_HEADER_BYTES + member.packedBytes > end) {
      if (end === directoryOffset) throw new FoundFault('INVALID', 'a member reaches beyond the contents');
      throw new FoundFault('BOMB', 'its members lie on top of each other');
    }
    end = member.offset;
  }
}

/** What yauzl says, as a fault. Its errors are plain ones with a message. */
function directoryFault(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof FoundFault || error.name === 'AbortError') return error;
  const { message } = error;
  if (/signature not found|unexpected EOF/i.test(message))
    return new FoundFault('TRUNCATED', 'it begins as a zip archive, and its end is missing');
  if (/strong encryption/.test(message)) return new FoundFault('ENCRYPTED', 'it needs a password');
  if (/multi-disk/.test(message)) return new FoundFault('UNSUPPORTED', 'it is one part of several');
  if (/comment length|central directory|extra field|size mismatch|zip64/i.test(message))
    return new FoundFault('INVALID', 'its directory is damaged');
  return error;
}

type ReadCallback = (error: Error | null, bytesRead?: number) => void;

/** What yauzl reads the directory through: a window, not two reads a member. (A class, because yauzl takes nothing but heirs of its own.) */
class DirectoryReader extends RandomAccessReader {
  readonly #archive: ContentReader;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(archive: ContentReader) {
    super();
    this.#archive = archive;
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: ReadCallback): void {
    this.#bytesAt(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null, bytes.length);
      },
      (error: unknown) => callback(error as Error),
    );
  }

  async #bytesAt(position: number, length: number): Promise<Uint8Array> {
    const isInside = position >= this.#start && position + length <= this.#start + this.#window.length;
    if (!isInside) {
      this.#window = await this.#archive.read(position, Math.max(length, WINDOW_BYTES));
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + length);
  }
}
