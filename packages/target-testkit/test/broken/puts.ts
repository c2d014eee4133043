import { bytesSource, isTargetError, type ObjectSource, TargetError, type WriteBatch } from '@holdfast/core/target';
import { all, type BrokenTarget, withBatch } from './broken.js';

/** Replaces what a put makes of its source. */
function withSource(map: (source: ObjectSource) => ObjectSource | Promise<ObjectSource>): BrokenTarget['break'] {
  return (target) =>
    withBatch(target, (batch) => ({
      put: async (key, source, options) => batch.put(key, await map(source), options),
    }));
}

async function readWhole(source: ObjectSource): Promise<Buffer> {
  return Buffer.concat(await all(source.open()));
}

const failsMidway =
  'the error of a source that fails midway comes out as the same object, and nothing is left [new root]';

/** One buffer for all puts at once: each overwrites what the other has read. */
const sharedBuffer = Buffer.alloc(1024 * 1024);

export const brokenPuts: readonly BrokenTarget[] = [
  {
    fault: 'stores what came when the source was too short',
    red: 'a source that announces 42 bytes too many fails with SIZE_MISMATCH and leaves nothing [new root]',
    break: withSource(async (source) => {
      const bytes = await readWhole(source);
      return bytes.byteLength < source.sizeBytes ? bytesSource(bytes) : source;
    }),
  },
  {
    fault: 'cuts a source that is too long at the announced size',
    red: 'a source that announces 42 bytes too few fails with SIZE_MISMATCH and leaves nothing [added]',
    break: withSource(async (source) => bytesSource((await readWhole(source)).subarray(0, source.sizeBytes))),
  },
  {
    fault: 'does not open a source that announces no bytes',
    red: 'a source that announces no bytes and gives one fails with SIZE_MISMATCH and leaves nothing [new root]',
    break: withSource((source) => (source.sizeBytes === 0 ? bytesSource(new Uint8Array(0)) : source)),
  },
  {
    fault: 'takes the error of a source for its end',
    red: failsMidway,
    break: withSource(async (source) => bytesSource(await readWhole(source).catch(() => Buffer.from('what had come')))),
  },
  {
    fault: "throws an error of its own in the place of the source's",
    red: failsMidway,
    break: (target) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch((cause: unknown) => {
            if (isTargetError(cause)) throw cause;
            throw new TargetError({
              code: 'UNAVAILABLE',
              reason: 'failed',
              url: target.url,
              operation: 'put',
              key,
              cause,
            });
          }),
      })),
  },
  {
    fault: 'leaves its staged file when a put fails',
    red: failsMidway,
    break: (target, store) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch((error: unknown) => {
            store.staged.add({});
            throw error;
          }),
      })),
  },
  {
    fault: 'leaves half an object when a put fails',
    red: failsMidway,
    break: (target) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch(async (error: unknown) => {
            await batch.put(key, bytesSource(Buffer.from('half')));
            throw error;
          }),
      })),
  },
  {
    fault: 'gives the whole batch up when one put fails',
    red: 'a put that failed can be put again, from a source opened anew [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        put: (key, source, options) =>
          batch.put(key, source, options).catch(async (error: unknown) => {
            await batch.abort();
            throw error;
          }),
      })),
  },
  {
    fault: 'never closes a source that it leaves early',
    red: 'a source that gives the byte too many in a piece of its own fails with SIZE_MISMATCH and leaves nothing [new root]',
    break: withSource((source) => ({
      sizeBytes: source.sizeBytes,
      open() {
        const iterator = source.open()[Symbol.asyncIterator]();
        return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
      },
    })),
  },
  {
    fault: 'opens each source twice and leaves the first opening',
    red: 'a source is opened by the put alone, and every opening ends [new root]',
    break: withSource(async (source) => {
      await source.open()[Symbol.asyncIterator]().next();
      return source;
    }),
  },
  {
    fault: 'loses the last part of a large object',
    red: 'objects of every size come back byte by byte [new root]',
    break: (target) =>
      withBatch(target, (batch) => ({
        async put(key, source, options) {
          const bytes = await readWhole(source);
          return batch.put(key, bytesSource(bytes.subarray(0, 262_144)), options);
        },
      })),
  },
  {
    fault: 'swaps two parts of a large object',
    red: 'objects of every size come back byte by byte [added]',
    break: withSource(async (source) => {
      const bytes = await readWhole(source);
      if (bytes.byteLength < 400_000) return source;
      return bytesSource(
        Buffer.concat([bytes.subarray(200_000, 400_000), bytes.subarray(0, 200_000), bytes.subarray(400_000)]),
      );
    }),
  },
  {
    fault: 'sends pieces of one byte as if each were the last',
    red: 'a source that gives one byte at a time is stored whole [new root]',
    break: withSource((source) => ({
      sizeBytes: source.sizeBytes,
      async *open() {
        for await (const piece of source.open()) {
          yield piece;
          if (piece.byteLength === 1) return;
        }
      },
    })),
  },
  {
    fault: 'takes an empty piece for the end',
    red: 'empty pieces of a source change nothing [new root]',
    break: withSource((source) => ({
      sizeBytes: source.sizeBytes,
      async *open() {
        for await (const piece of source.open()) {
          if (piece.byteLength === 0) return;
          yield piece;
        }
      },
    })),
  },
  {
    fault: 'reads all sources into one buffer',
    red: 'puts that run side by side do not mix [new root]',
    break: withSource(async (source) => {
      let filledBytes = 0;
      for await (const piece of source.open()) {
        sharedBuffer.set(piece, filledBytes);
        filledBytes += piece.byteLength;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return bytesSource(sharedBuffer.subarray(0, filledBytes));
    }),
  },
  {
    fault: 'declares a largest size and takes larger objects',
    red: 'an object larger than maxObjectBytes is TOO_LARGE before its source is opened',
    options: { capabilities: { maxObjectBytes: 500_000 } },
    break: (target) =>
      withBatch(target, (batch) => ({
        put: async (key, source, options) =>
          source.sizeBytes > 500_000 ? { confirmed: false } : batch.put(key, source, options),
      })),
  },
  {
    fault: 'opens the source before it looks whether it may',
    red: 'where no attributes are kept, a link or a folder is UNSUPPORTED before its source is opened, and leaves nothing',
    options: { capabilities: { attributes: false } },
    break: withSource(async (source) => bytesSource(await readWhole(source))),
  },
  {
    fault: 'takes a link for a file where no attributes are kept',
    red: 'where no attributes are kept, a link or a folder is UNSUPPORTED before its source is opened, and leaves nothing',
    options: { capabilities: { attributes: false } },
    break: (target) => withBatch(target, (batch) => ({ put: (key, source) => batch.put(key, source) })),
  },
  {
    fault: 'goes on with a put whose signal has fired',
    red: 'a put that its signal stops midway leaves nothing, and the batch goes on [new root]',
    break: ignoringSignal,
  },
  {
    fault: 'waits for a source that hangs, whatever its signal says',
    red: 'a put whose source hangs stops when its signal fires, and leaves nothing [new root]',
    caseTimeoutMs: 500,
    break: ignoringSignal,
  },
];

function ignoringSignal(target: Parameters<BrokenTarget['break']>[0]): ReturnType<BrokenTarget['break']> {
  return withBatch(target, (batch): Partial<WriteBatch> => ({ put: (key, source) => batch.put(key, source) }));
}
