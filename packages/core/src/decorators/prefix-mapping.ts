import { type BackupTarget, isTargetError, TargetError } from '../target/index.js';

/** How keys and errors are carried in and out below a prefix. */
export interface PrefixMapping {
  readonly url: string;
  readonly capabilities: BackupTarget['capabilities'];
  /** The inner key of an outer one. */
  inward(key: string): string;
  /** The outer key of an inner one. */
  outward(key: string): string;
  /** The error as the outer target gives it. */
  translate(error: unknown): unknown;
  /** For `catch`: throws the error translated. */
  rethrow(error: unknown): never;
}

/** The mapping below `prefix`, which is a key followed by `/`. */
export function prefixMapping(inner: BackupTarget, prefix: string, maxKeyBytes: number): PrefixMapping {
  const url = `${inner.url.replace(/\/$/, '')}/${prefix.slice(0, -1)}`;
  const outward = (key: string): string => key.slice(prefix.length);
  const translate = (error: unknown): unknown => {
    // What a source of another target has thrown passes as it is.
    if (!isTargetError(error) || error.url !== inner.url) return error;
    const { code, reason, operation, retryable, hint, cause } = error;
    const key = error.key?.startsWith(prefix) ? outward(error.key) : error.key;
    return new TargetError({ code, reason, url, operation, key, retryable, hint, cause });
  };
  return {
    url,
    capabilities: Object.freeze({
      ...inner.capabilities,
      maxKeyBytes,
      putIfAbsent: false,
      wholeRoots: false,
      adopts: false,
      // Below a prefix all is objects like any other: what can be added can be one of its own, what can be deleted makes up a root.
      ownObjects: inner.capabilities.delete,
      removeRoots: inner.capabilities.delete,
    }),
    inward: (key) => prefix + key,
    outward,
    translate,
    rethrow(error) {
      throw translate(error);
    },
  };
}
