import { type FileHandle, open } from 'node:fs/promises';

/** A content to be looked into. Its bytes do not change while that goes on, and are those that the caller means: stored, or about to be. */
export interface InspectedFile {
  /** The last segment of its path. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Small ones are held; others are a private file that may be opened by path, for reading, in a thread too. */
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
}

/** Reads a content at any place. */
export interface ContentReader {
  readonly sizeBytes: number;
  /** The bytes from `offset` on, at most `lengthBytes`: fewer only where the content ends. May share memory with the content: not to be written to. */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws the error of the system: the private file is gone. */
export async function openInspected(file: InspectedFile): Promise<ContentReader> {
  const { content } = file;
  if ('bytes' in content) return readerOfBytes(content.bytes);
  return readerOfFile(await open(content.path, 'r'), file.sizeBytes);
}

function readerOfBytes(bytes: Uint8Array): ContentReader {
  return {
    sizeBytes: bytes.length,
    read: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
    close: async () => undefined,
  };
}

function readerOfFile(handle: FileHandle, sizeBytes: number): ContentReader {
  return {
    sizeBytes,
    async read(offset, lengthBytes) {
      const wanted = Math.max(0, Math.min(lengthBytes, sizeBytes - offset));
      const buffer = Buffer.allocUnsafe(wanted);
      let filled = 0;
      while (filled < wanted) {
        const { bytesRead } = await handle.read(buffer, filled, wanted - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}
