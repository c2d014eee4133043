import { errorCode, runInThread, SMALL_FILE_BYTES, TIME_TOLERANCE_NS } from '@holdfast/core/files';
import {
  type AdoptRequest,
  abortedError,
  type CallOptions,
  fulfilled,
  type Outcome,
  rejected,
  type TargetErrorCode,
  type WriteBatch,
} from '@holdfast/core/target';
import { ADOPT_FILES, type AdoptedFile, type FilesToAdopt } from './adopt-files.js';
import type { ManyContext } from './batch-many.js';
import { newFileOwner } from './copy.js';
import type { LeftTrees } from './left-trees.js';
import { assertUsableKey, fault } from './place.js';
import { storedFileMode } from './stored-attributes.js';

/** What `adoptAll` needs of its batch. */
export interface AdoptContext extends Omit<ManyContext, 'calls'> {
  readonly left: LeftTrees;
}

/** An object that has its place in the staging, and where it is to come from. */
interface Reserved {
  readonly index: number;
  readonly request: AdoptRequest;
  readonly from: string;
  readonly to: string;
}

/** `adoptAll` of a folder: names are reserved here; a thread reads what was staged, and moves what is as it should be. */
export function adoptCall(context: AdoptContext): Pick<WriteBatch, 'adoptAll'> {
  const { place, claim, layout, root, flusher, left, enterBatch, explain } = context;
  const failed = (code: TargetErrorCode, reason: string, key: string): PromiseRejectedResult =>
    rejected(fault(place, code, reason, 'adopt', key));

  function reserve(request: AdoptRequest, index: number, options?: CallOptions): Reserved | PromiseRejectedResult {
    const { fromKey, toKey, attributes } = request;
    try {
      enterBatch('adopt', options, toKey);
      if (!place.capabilities.adopts)
        return failed('UNSUPPORTED', 'this file system does not keep what it takes', toKey);
      assertUsableKey(place, fromKey, 'adopt');
      assertUsableKey(place, toKey, 'adopt', root);
      if ((attributes?.type ?? 'file') !== 'file') return failed('COPY_REFUSED', 'only files are taken over', toKey);
      const from = left.pathOf(fromKey);
      if (from === undefined) return failed('NOT_FOUND', 'nothing was staged there', fromKey);
      return { index, request, from, to: layout.reserve(toKey) };
    } catch (error) {
      return rejected(explain('adopt', toKey)(error));
    }
  }

  async function adoptAll(requests: readonly AdoptRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]> {
    const outcomes: Outcome<void>[] = [];
    const reserved = requests.flatMap((request, index) => {
      const found = reserve(request, index, options);
      if ('index' in found) return [found];
      outcomes[index] = found;
      return [];
    });
    const adopted = await adopt(reserved, options?.signal);
    for (const [position, { index, request, to }] of reserved.entries()) {
      const file = adopted[position];
      if (typeof file === 'number' || file === null) {
        layout.keep(request.toKey);
        if (file !== null) await flusher.add(file, request.sizeBytes, to);
        outcomes[index] = fulfilled(undefined);
      } else {
        layout.forget(request.toKey);
        outcomes[index] = rejectedBy(file, request, options?.signal);
      }
    }
    return outcomes;
  }

  function rejectedBy(
    file: Exclude<AdoptedFile, number | null> | undefined,
    { fromKey, toKey }: AdoptRequest,
    signal: AbortSignal | undefined,
  ): PromiseRejectedResult {
    if (file === 'stopped') return rejected(abortedError(place.url, 'adopt', toKey, signal));
    if (file === 'absent' || file === undefined) return failed('NOT_FOUND', 'nothing was staged there', fromKey);
    if ('difference' in file) return failed('COPY_REFUSED', file.difference, toKey);
    return rejected(explain('adopt', toKey)(Object.assign(new Error(file.message), { code: file.code })));
  }

  async function adopt(
    reserved: readonly Reserved[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (AdoptedFile | undefined)[]> {
    if (reserved.length === 0) return [];
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const onAbort = (): void => {
      Atomics.store(stop, 0, 1);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const isSmall = ({ request }: Reserved): boolean => request.sizeBytes <= SMALL_FILE_BYTES;
    try {
      for (const { to } of reserved) place.onStep?.({ kind: 'rename', path: to });
      const closesSmall = await flusher.closesSmall(reserved.filter(isSmall).length);
      const input: FilesToAdopt = {
        from: reserved.map(({ from }) => from).join('\0'),
        to: reserved.map(({ to }) => to).join('\0'),
        sizesBytes: reserved.map(({ request }) => request.sizeBytes),
        sha256s: reserved.map(({ request }) => request.sha256),
        modes: reserved.map(({ request }) => storedFileMode(request.attributes?.mode)),
        times: reserved.map(({ request }) => request.attributes?.mtimeNs ?? null),
        ...newFileOwner(claim),
        toleranceNs: TIME_TOLERANCE_NS,
        stop,
        keepOpen: reserved.map((item) => !(closesSmall && isSmall(item))),
      };
      return await runInThread(ADOPT_FILES, input);
    } catch (error) {
      // The thread itself is gone: nothing is known of any of them.
      const message = error instanceof Error ? error.message : String(error);
      return reserved.map(() => ({ message, code: errorCode(error) }));
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return { adoptAll };
}
