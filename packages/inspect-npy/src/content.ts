import { type ContentReader, type InspectedFile, openInspected } from '@holdfast/core/inspect';
import { FoundFault } from './found-fault.js';

/**
 * Opens a content. What the system says while it is read is a fault of the content: no medium stops a backup.
 *
 * @throws FoundFault
 */
export async function openContent(file: InspectedFile): Promise<ContentReader> {
  const reader = await openInspected(file).catch((error: unknown) => {
    throw unreadable(error);
  });
  if ('bytes' in file.content) return reader;
  if (file.sizeBytes <= AT_ONCE_BYTES) return heldContent(reader);
  const checked: ContentReader = {
    sizeBytes: reader.sizeBytes,
    read: async (offset, lengthBytes) => {
      try {
        return await reader.read(offset, lengthBytes);
      } catch (error) {
        throw unreadable(error, checked);
      }
    },
    close: () => reader.close(),
  };
  return checked;
}

/** Each call to the system costs more than looking into a small array. */
const AT_ONCE_BYTES = 64 * 1024;

async function heldContent(reader: ContentReader): Promise<ContentReader> {
  try {
    return readerOf(await reader.read(0, reader.sizeBytes));
  } catch (error) {
    throw unreadable(error);
  } finally {
    await reader.close();
  }
}

/** Reads what is held. */
export function readerOf(bytes: Uint8Array): ContentReader {
  return {
    sizeBytes: bytes.length,
    read: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
    close: async () => undefined,
  };
}

/**
 * The bytes at a place, all of them.
 *
 * @throws FoundFault
 */
export async function readExactly(reader: ContentReader, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = await reader.read(offset, lengthBytes);
  if (bytes.length < lengthBytes) throw new FoundFault('TRUNCATED', 'it ends before its values do', { reader });
  return bytes;
}

function unreadable(error: unknown, reader?: ContentReader): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const message = `its bytes cannot be had: the system says ${String(error.code)}`;
  return new FoundFault('FAILED', message, reader === undefined ? {} : { reader });
}
