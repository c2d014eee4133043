import {
  type BackupTarget,
  type CallOptions,
  type ManyCalls,
  type ObjectSource,
  oneByOne,
  rejected,
  type TargetOperation,
  type WriteBatch,
} from '../target/index.js';

/**
 * A target that does what `overrides` say and forwards everything else. Only here is anything forwarded by hand, and the
 * return type holds it to the whole contract: a decorator cannot forget a method.
 */
export function wrapTarget(inner: BackupTarget, overrides: Partial<BackupTarget>): BackupTarget {
  return {
    url: overrides.url ?? inner.url,
    capabilities: overrides.capabilities ?? inner.capabilities,
    localPaths: overrides.localPaths ?? inner.localPaths,
    list: overrides.list ?? ((prefix, options) => inner.list(prefix, options)),
    stat: overrides.stat ?? ((key, options) => inner.stat(key, options)),
    get: overrides.get ?? ((key, options) => inner.get(key, options)),
    begin: overrides.begin ?? ((options) => inner.begin(options)),
    delete: overrides.delete ?? ((keys, options) => inner.delete(keys, options)),
    removeRoot: overrides.removeRoot ?? ((root, options) => inner.removeRoot(root, options)),
    sweep: overrides.sweep ?? ((options) => inner.sweep(options)),
    close: overrides.close ?? (() => inner.close()),
  };
}

/** The same for a batch. */
export function wrapBatch(inner: WriteBatch, overrides: Partial<WriteBatch>): WriteBatch {
  return {
    put: overrides.put ?? ((key, source, options) => inner.put(key, source, options)),
    copy: overrides.copy ?? ((fromKey, toKey, options) => inner.copy(fromKey, toKey, options)),
    putAll: overrides.putAll ?? ((objects, options) => inner.putAll(objects, options)),
    copyAll: overrides.copyAll ?? ((requests, options) => inner.copyAll(requests, options)),
    adoptAll: overrides.adoptAll ?? ((requests, options) => inner.adoptAll(requests, options)),
    commit: overrides.commit ?? ((record, options) => inner.commit(record, options)),
    abort: overrides.abort ?? (() => inner.abort()),
  };
}

/** A call of the contract, as an {@link Interceptor} sees it. */
export interface TargetCall {
  readonly operation: Exclude<TargetOperation, 'open'>;
  /** The key, the prefix of a `list`, the root of a `begin` or `removeRoot`, the record of a `commit`; of a `copy` the key that it makes. */
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One behaviour around every call alike. What it leaves out is not changed. */
export interface Interceptor {
  /** Around a call that answers with a promise; `run` does it, as often as it is called. */
  call?<Answer>(call: TargetCall, run: () => Promise<Answer>): Promise<Answer>;
  /** Around `list`, `get` and `sweep`; `open` begins the iteration, as often as it is called. */
  iterate?<Item>(call: TargetCall, open: () => AsyncIterable<Item>): AsyncIterable<Item>;
  /**
   * Around a call with many objects of so many bytes in all, which goes by the key of the first. Without it `call` and `source`
   * see each object by itself.
   */
  many?<Answer>(call: TargetCall, sizeBytes: number, run: () => Promise<Answer>): Promise<Answer>;
  /** What a put reads in the place of its source. */
  source?(call: TargetCall, source: ObjectSource): ObjectSource;
}

/** A target with the interceptor around every call of it and of its batches. */
export function intercept(inner: BackupTarget, interceptor: Interceptor): BackupTarget {
  const around = aroundCalls(interceptor);
  const through = <Item>(call: TargetCall, open: () => AsyncIterable<Item>): AsyncIterable<Item> =>
    interceptor.iterate === undefined ? open() : interceptor.iterate(call, open);
  return wrapTarget(inner, {
    list: (prefix, options) => through(callOf('list', prefix, options), () => inner.list(prefix, options)),
    stat: (key, options) => around(callOf('stat', key, options), () => inner.stat(key, options)),
    get: (key, options) => through(callOf('get', key, options), () => inner.get(key, options)),
    begin: async (options) =>
      interceptBatch(
        await around(callOf('begin', options?.root, options), () => inner.begin(options)),
        interceptor,
        inner.capabilities.concurrency,
      ),
    delete: (keys, options) => around(callOf('delete', keys[0], options), () => inner.delete(keys, options)),
    removeRoot: (root, options) => around(callOf('removeRoot', root, options), () => inner.removeRoot(root, options)),
    sweep: (options) => through(callOf('sweep', undefined, options), () => inner.sweep(options)),
    close: () => around(callOf('close'), () => inner.close()),
  });
}

/** A batch with the interceptor around every call. @param concurrency what the target takes at once */
export function interceptBatch(inner: WriteBatch, interceptor: Interceptor, concurrency: number): WriteBatch {
  const around = aroundCalls(interceptor);
  const put: WriteBatch['put'] = (key, source, options) => {
    const call = callOf('put', key, options);
    const read = interceptor.source?.(call, source) ?? source;
    return around(call, () => inner.put(key, read, options));
  };
  const copy: WriteBatch['copy'] = (fromKey, toKey, options) =>
    around(callOf('copy', toKey, options), () => inner.copy(fromKey, toKey, options));
  return wrapBatch(inner, {
    put,
    copy,
    ...(interceptor.many === undefined ? oneByOne({ put, copy }, concurrency) : manyAround(inner, interceptor.many)),
    // What was staged is moved, so this cannot be made of calls with one object each.
    adoptAll: (requests, options) => {
      const call = callOf('adopt', requests[0]?.toKey, options);
      const run = (): ReturnType<WriteBatch['adoptAll']> => inner.adoptAll(requests, options);
      const answer = interceptor.many === undefined ? around(call, run) : interceptor.many(call, 0, run);
      return answer.catch((error: unknown) => requests.map(() => rejected(error)));
    },
    commit: (record, options) => around(callOf('commit', record?.key, options), () => inner.commit(record, options)),
    abort: () => around(callOf('abort'), () => inner.abort()),
  });
}

/** What ends a call with many objects is the outcome of each of them. */
function manyAround(inner: WriteBatch, around: NonNullable<Interceptor['many']>): ManyCalls {
  return {
    putAll: (objects, options) => {
      const sizeBytes = objects.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
      const run = (): ReturnType<WriteBatch['putAll']> => inner.putAll(objects, options);
      return around(callOf('put', objects[0]?.key, options), sizeBytes, run).catch((error: unknown) =>
        objects.map(() => rejected(error)),
      );
    },
    copyAll: (requests, options) => {
      const run = (): ReturnType<WriteBatch['copyAll']> => inner.copyAll(requests, options);
      return around(callOf('copy', requests[0]?.toKey, options), 0, run).catch((error: unknown) =>
        requests.map(() => rejected(error)),
      );
    },
  };
}

function callOf(operation: TargetCall['operation'], key?: string, options?: CallOptions): TargetCall {
  return { operation, key, signal: options?.signal };
}

function aroundCalls(
  interceptor: Interceptor,
): <Answer>(call: TargetCall, run: () => Promise<Answer>) => Promise<Answer> {
  return (call, run) => (interceptor.call === undefined ? run() : interceptor.call(call, run));
}
