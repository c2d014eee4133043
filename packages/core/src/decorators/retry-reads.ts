import { type BackupTarget, compareKeys, type GetOptions, type ListOptions, type ObjectInfo } from '../target/index.js';
import { repeat, type StartTries } from './retry-tries.js';
import type { TargetCall } from './wrap.js';

/** A listing that, when it breaks, is begun again and goes on after the last key it gave. */
export async function* retryingList(
  inner: BackupTarget,
  startTries: StartTries,
  prefix: string,
  options: ListOptions = {},
): AsyncGenerator<ObjectInfo> {
  const tries = startTries({ operation: 'list', key: prefix, signal: options.signal });
  let last: string | undefined;
  for (;;) {
    try {
      for await (const line of inner.list(prefix, options)) {
        if (last !== undefined && compareKeys(line.key, last) <= 0) continue;
        last = line.key;
        tries.progress();
        yield line;
      }
      return;
    } catch (error) {
      await tries.failed(error);
    }
  }
}

/**
 * A get that, when it breaks, goes on where it stopped, if ranges can be read; else it is repeated only while nothing has been
 * given. Objects are immutable: the rest still fits to what came before.
 */
export async function* retryingGet(
  inner: BackupTarget,
  startTries: StartTries,
  key: string,
  options: GetOptions = {},
): AsyncGenerator<Uint8Array> {
  const { signal, range } = options;
  const call: TargetCall = { operation: 'get', key, signal };
  const tries = startTries(call);
  const start = range?.offset ?? 0;
  let lengthBytes = range?.length;
  let givenBytes = 0;
  for (;;) {
    const rest =
      givenBytes === 0 || lengthBytes === undefined
        ? range
        : { offset: start + givenBytes, length: lengthBytes - givenBytes };
    try {
      for await (const piece of inner.get(key, { signal, range: rest })) {
        givenBytes += piece.byteLength;
        tries.progress();
        yield piece;
      }
      return;
    } catch (error) {
      if (givenBytes > 0 && !inner.capabilities.rangeRead) throw error;
      await tries.failed(error);
      if (givenBytes === 0) continue;
      lengthBytes ??= (await repeat(startTries(call), () => inner.stat(key, { signal })))?.sizeBytes;
      if (lengthBytes === undefined) throw error;
      // Every byte had come; only the end was not said.
      if (givenBytes >= lengthBytes) return;
    }
  }
}
