import { rmSync } from 'node:fs';
import {
  type FileFlusher,
  runInThread,
  type StagingClaim,
  secondsOf,
  sharedMemoryOf,
  TIME_TOLERANCE_NS,
} from '@holdfast/core/files';
import {
  bytesSource,
  type CallOptions,
  type CopyRequest,
  fulfilled,
  type ManyCalls,
  type ObjectAttributes,
  type Outcome,
  oneByOne,
  type PutReceipt,
  rejected,
  type SmallObject,
  type TargetOperation,
  type WriteBatch,
} from '@holdfast/core/target';
import { newFileOwner } from './copy.js';
import type { StagingLayout } from './layout.js';
import { liesInFolders } from './look-up.js';
import { type FilesToLink, type FilesToWrite, LINK_FILES, WRITE_FILES, type WrittenFile } from './many-files.js';
import { assertUsableKey, type Place, pathOf } from './place.js';
import { assertPossible } from './put-object.js';
import { NEW_FILE } from './stage-file.js';
import { storedFileMode } from './stored-attributes.js';

/** What the calls with many objects need of their batch. */
export interface ManyContext {
  readonly place: Place;
  readonly claim: StagingClaim;
  readonly layout: StagingLayout;
  readonly root: string | undefined;
  readonly flusher: FileFlusher;
  readonly calls: Pick<WriteBatch, 'put' | 'copy'>;
  readonly enterBatch: (operation: TargetOperation, options?: CallOptions, key?: string) => void;
  readonly explain: (operation: TargetOperation, key?: string) => (error: unknown) => unknown;
}

/** An object that has its place in the staging, and what a thread is to make there. */
interface Reserved<Work> {
  readonly index: number;
  readonly key: string;
  readonly work: Work;
}

/** A file that is to be made in the staging. */
interface FileToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly attributes: ObjectAttributes;
}

/** A stored file that is to get a further name in the staging. */
interface FileToLink {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
  readonly mtimeNs: bigint;
}

/** `putAll` and `copyAll` of a folder: names are reserved here, and a thread makes the files. */
export function manyCalls(context: ManyContext): ManyCalls {
  const { place, claim, layout, root, flusher, calls, enterBatch, explain } = context;
  const single = oneByOne(calls, place.capabilities.concurrency);

  function reserve<Item, Work>(
    operation: 'put' | 'copy',
    items: readonly Item[],
    outcomes: Outcome<unknown>[],
    keyOf: (item: Item) => string,
    prepare: (item: Item, key: string) => ((path: string) => Work) | undefined,
  ): Reserved<Work>[] {
    return items.flatMap((item, index) => {
      const key = keyOf(item);
      try {
        const workAt = prepare(item, key);
        return workAt === undefined ? [] : [{ index, key, work: workAt(layout.reserve(key)) }];
      } catch (error) {
        outcomes[index] = rejected(explain(operation, key)(error));
        return [];
      }
    });
  }

  async function putAll(
    objects: readonly SmallObject[],
    options?: CallOptions,
  ): Promise<readonly Outcome<PutReceipt>[]> {
    if (place.slow || objects.some(({ attributes }) => (attributes?.type ?? 'file') !== 'file')) {
      return single.putAll(objects, options);
    }
    const outcomes: Outcome<PutReceipt>[] = [];
    const reserved = reserve(
      'put',
      objects,
      outcomes,
      ({ key }) => key,
      ({ bytes, attributes = {} }, key) => {
        enterBatch('put', options, key);
        assertUsableKey(place, key, 'put', root);
        assertPossible(place, key, bytesSource(bytes), attributes);
        return (path): FileToWrite => {
          place.onStep?.({ kind: 'write', path });
          return { path, bytes, attributes };
        };
      },
    );
    const written = await write(reserved.map(({ work }) => work));
    if (written === undefined) return withoutThread(reserved, objects, outcomes, options);
    for (const [position, { index, key, work }] of reserved.entries()) {
      const file = written[position];
      if (typeof file === 'object' && file !== null) {
        layout.forget(key);
        outcomes[index] = rejected(explain('put', key)(Object.assign(new Error(file.message), { code: file.code })));
        continue;
      }
      layout.keep(key);
      try {
        if (typeof file === 'number') await flusher.add(file, work.bytes.byteLength, work.path);
        outcomes[index] = fulfilled({ confirmed: false });
      } catch (error) {
        outcomes[index] = rejected(explain('put', key)(error));
      }
    }
    return outcomes;
  }

  /** No thread can be had, or it ended midway: what it may have made goes, and each is put by itself. */
  async function withoutThread(
    reserved: readonly Reserved<FileToWrite>[],
    objects: readonly SmallObject[],
    outcomes: Outcome<PutReceipt>[],
    options: CallOptions | undefined,
  ): Promise<readonly Outcome<PutReceipt>[]> {
    for (const { key, work } of reserved) {
      rmSync(work.path, { force: true });
      layout.forget(key);
    }
    const left = reserved.map(({ index }) => objects[index] as SmallObject);
    const answers = await single.putAll(left, options);
    reserved.forEach(({ index }, position) => {
      outcomes[index] = answers[position] as Outcome<PutReceipt>;
    });
    return outcomes;
  }

  /** `undefined` where a thread could not do it. */
  async function write(files: readonly FileToWrite[]): Promise<readonly WrittenFile[] | undefined> {
    if (files.length === 0) return [];
    const keepOpen = !(await flusher.closesSmall(files.length));
    try {
      const { memory, starts } = sharedMemoryOf(files.map(({ bytes }) => bytes));
      const input: FilesToWrite = {
        openFlags: NEW_FILE,
        paths: files.map(({ path }) => path).join('\0'),
        starts,
        memory,
        umask: process.umask(),
        modes: files.map(({ attributes }) => storedFileMode(attributes.mode)),
        times: files.map(({ attributes: { mtimeNs } }) => (mtimeNs === undefined ? null : secondsOf(mtimeNs))),
        keepOpen,
      };
      return await runInThread(WRITE_FILES, input, { urgent: true });
    } catch {
      return undefined;
    }
  }

  async function link(works: readonly FileToLink[]): Promise<readonly unknown[]> {
    if (works.length === 0) return [];
    try {
      const input: FilesToLink = {
        from: works.map(({ from }) => from).join('\0'),
        to: works.map(({ to }) => to).join('\0'),
        modes: works.map(({ mode }) => mode),
        times: BigInt64Array.from(works, ({ mtimeNs }) => mtimeNs),
        ...newFileOwner(claim),
        toleranceNs: TIME_TOLERANCE_NS,
      };
      return await runInThread(LINK_FILES, input, { urgent: true });
    } catch {
      // Whatever keeps all of them from being linked is found out of each by itself.
      return [];
    }
  }

  async function copyAll(requests: readonly CopyRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]> {
    // Where clones work a clone is made of each; whether they do is learned with the first.
    const [first] = requests;
    if (place.clones === false || first === undefined) return linkAll(requests, options);
    const answer = await single.copyAll([first], options);
    return [...answer, ...(await afterFirst(place.clones)(requests.slice(1), options))];
  }

  const afterFirst = (clones: boolean | undefined): ManyCalls['copyAll'] =>
    clones === false ? linkAll : single.copyAll;

  async function linkAll(requests: readonly CopyRequest[], options?: CallOptions): Promise<readonly Outcome<void>[]> {
    const outcomes: Outcome<void>[] = [];
    const folders = new Map<string, boolean>();
    const reserved = reserve(
      'copy',
      requests,
      outcomes,
      ({ toKey }) => toKey,
      ({ fromKey, toKey, attributes }) => {
        enterBatch('copy', options, toKey);
        assertUsableKey(place, fromKey, 'copy');
        assertUsableKey(place, toKey, 'copy', root);
        if (
          attributes?.mode === undefined ||
          attributes.mtimeNs === undefined ||
          layout.pathOfKept(fromKey) !== undefined
        )
          return undefined;
        if (!liesInFolders(place, fromKey, folders)) return undefined;
        const { mode, mtimeNs } = attributes;
        return (to): FileToLink => {
          place.onStep?.({ kind: 'link', path: to });
          return { from: pathOf(place, fromKey), to, mode: storedFileMode(mode), mtimeNs };
        };
      },
    );
    const linked = await link(reserved.map(({ work }) => work));
    for (const [position, { index, key }] of reserved.entries()) {
      if (linked[position] === true) {
        layout.keep(key);
        outcomes[index] = fulfilled(undefined);
      } else {
        layout.forget(key);
      }
    }
    // Whatever could not be linked just so is tried by itself: then it is known why.
    const left = requests.flatMap((request, index) => (outcomes[index] === undefined ? [{ request, index }] : []));
    const answers = await single.copyAll(
      left.map(({ request }) => request),
      options,
    );
    left.forEach(({ index }, position) => {
      outcomes[index] = answers[position] as Outcome<void>;
    });
    return outcomes;
  }

  return { putAll, copyAll };
}
