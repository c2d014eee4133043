import { runInThread, sharedMemoryOf, type ThreadJob, threadJob } from '@holdfast/core/files';
import { METHOD_DEFLATED, METHOD_STORED } from '../format/numbers.js';
import { DEFLATE_LEVEL, type PackedContent, SAMPLE_FROM_BYTES, TOO_SMALL_BYTES } from './packing.js';

interface Contents {
  readonly memory: SharedArrayBuffer;
  readonly starts: readonly number[];
}

interface Packed {
  /** The deflated contents, one behind the other. */
  readonly memory: SharedArrayBuffer;
  /** Of each content how long it is deflated; 0 where that saves nothing. */
  readonly deflatedBytes: readonly number[];
  readonly checksums: readonly number[];
}

/** Deflates many contents as `pack` does, in a thread. */
const PACK_CONTENTS: ThreadJob<Contents, Packed> = threadJob(
  'pack contents',
  `(require) => {
    const { crc32, deflateRawSync } = require('node:zlib');
    return ({ memory, starts }) => {
      const all = new Uint8Array(memory);
      const packed = new SharedArrayBuffer(starts[starts.length - 1] - starts[0]);
      const room = new Uint8Array(packed);
      const deflatedBytes = [];
      const checksums = [];
      let end = 0;
      for (let index = 0; index + 1 < starts.length; index++) {
        const bytes = all.subarray(starts[index], starts[index + 1]);
        checksums.push(crc32(bytes));
        const chunkSize = Math.max(64, bytes.byteLength + 64);
        const deflated =
          bytes.byteLength < ${TOO_SMALL_BYTES} ? bytes : deflateRawSync(bytes, { level: ${DEFLATE_LEVEL}, chunkSize });
        const isSmaller = deflated.byteLength < bytes.byteLength;
        if (isSmaller) {
          room.set(deflated, end);
          end += deflated.byteLength;
        }
        deflatedBytes.push(isSmaller ? deflated.byteLength : 0);
      }
      return { memory: packed, deflatedBytes, checksums };
    };
  }`,
);

/** Is the content packed in a thread, with others? Of a larger one a sample is tried first. */
export function packsWithOthers(sizeBytes: number): boolean {
  return sizeBytes < SAMPLE_FROM_BYTES;
}

/** Packs many contents, each of which {@link packsWithOthers}. */
export async function packMany(contents: readonly Uint8Array[]): Promise<readonly PackedContent[]> {
  const { memory, deflatedBytes, checksums } = await runInThread(PACK_CONTENTS, sharedMemoryOf(contents), {
    urgent: true,
  });
  let end = 0;
  return contents.map((content, index) => {
    const length = deflatedBytes[index] ?? 0;
    const bytes = length === 0 ? content : new Uint8Array(memory, end, length);
    end += length;
    return {
      content: {
        method: length === 0 ? METHOD_STORED : METHOD_DEFLATED,
        crc32: checksums[index] ?? 0,
        sizeBytes: content.byteLength,
        packedBytes: bytes.byteLength,
      },
      bytes,
    };
  });
}
