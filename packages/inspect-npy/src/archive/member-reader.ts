import { crc32 } from 'node:zlib';
import type { ContentReader } from '@holdfast/core/inspect';
import type { Budget } from '../budget.js';
import { FoundFault } from '../found-fault.js';
import { memberBytes } from './member-bytes.js';
import type { ArchiveMember } from './zip-directory.js';

/** Reads a member as if it were a file. */
export interface MemberReader extends ContentReader {
  /**
   * Reads the rest of it, and checks its length and its checksum.
   *
   * @throws FoundFault; what the budget throws.
   */
  finish(): Promise<void>;
}

/**
 * A member as it is read from front to back: what was read last is still there, and before that it begins anew.
 * Reading costs the time of all that lies before, and the memory of what is asked for.
 */
export function memberReader(archive: ContentReader, member: ArchiveMember, budget: Budget): MemberReader {
  let pieces = memberBytes(archive, member, budget);
  let checksum = 0;
  /** What was read last: it begins at `start`, and the next piece comes behind it. */
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  /** Where it could not be read once, it ends, and that is no end of it. */
  let failure: unknown;

  const rewind = async (): Promise<void> => {
    await pieces.return(undefined);
    pieces = memberBytes(archive, member, budget);
    checksum = 0;
    window = new Uint8Array(0);
    start = 0;
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    if (failure !== undefined) throw failure;
    try {
      await budget.pause();
      const { value } = await pieces.next();
      if (value !== undefined) checksum = crc32(value, checksum);
      return value ?? undefined;
    } catch (error) {
      failure = error;
      throw error;
    }
  };

  /** Drops what lies before `offset`, and adds pieces until there is enough. */
  const fill = async (offset: number, end: number): Promise<void> => {
    const parts: Uint8Array[] = [];
    let have = start + window.length;
    const keep = (part: Uint8Array, partStart: number): void => {
      const from = Math.max(0, offset - partStart);
      if (from < part.length) parts.push(part.subarray(from));
    };
    keep(window, start);
    while (have < end) {
      const piece = await next();
      if (piece === undefined)
        throw new FoundFault('INVALID', 'less comes out of it than it announces', { reader: archive });
      keep(piece, have);
      have += piece.length;
      if (have > member.sizeBytes)
        throw new FoundFault('INVALID', 'more comes out of it than it announces', { reader: archive });
    }
    const [only] = parts;
    window = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    start = have - window.length;
  };

  return {
    sizeBytes: member.sizeBytes,
    async read(offset, lengthBytes) {
      const end = Math.min(member.sizeBytes, offset + lengthBytes);
      if (end <= offset) return new Uint8Array(0);
      if (offset < start) await rewind();
      await fill(offset, end);
      return window.subarray(offset - start, end - start);
    },
    async finish() {
      let have = start + window.length;
      window = new Uint8Array(0);
      for (let piece = await next(); piece !== undefined; piece = await next()) {
        have += piece.length;
        if (have > member.sizeBytes) break;
      }
      start = have;
      if (have !== member.sizeBytes)
        throw new FoundFault('INVALID', 'its length is not what the directory says', { reader: archive });
      if (checksum !== member.crc32)
        throw new FoundFault('INVALID', 'its checksum (CRC-32) is wrong', { reader: archive });
    },
    close: async () => {
      await pieces.return(undefined);
    },
  };
}
