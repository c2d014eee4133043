import { parseAddress, type TargetAddress } from './address.js';
import { TargetError } from './errors.js';
import type { BackupTarget } from './target.js';

/** What an adapter package exports as `adapter`: the documented factory. */
export interface TargetAdapter {
  /** Schemes it handles, lower case. */
  readonly schemes: readonly string[];
  /**
   * Opens a target without writing anything: a place that does not exist yet is made by the first batch.
   *
   * @throws TargetError `MISCONFIGURED` for an address or option it cannot use.
   */
  open(address: TargetAddress, options: OpenOptions): Promise<BackupTarget>;
}

export interface OpenOptions {
  /** Variables that settings and credentials are taken from; `process.env` where it is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Options of the adapter's own, by the names its documentation gives. */
  readonly adapterOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** For each scheme a loader, called when an address needs it: a heavy SDK must not slow what does not use it. */
export type AdapterTable = Readonly<Record<string, () => Promise<TargetAdapter>>>;

/**
 * Opens the target at `address` with the adapter that the composing program has for its scheme.
 *
 * @throws TargetError `MISCONFIGURED` if no adapter handles the scheme, or the address does not fit it.
 */
export async function openTarget(
  address: string,
  adapters: AdapterTable,
  options: OpenOptions = {},
): Promise<BackupTarget> {
  const parsed = parseAddress(address);
  const load = Object.hasOwn(adapters, parsed.scheme) ? adapters[parsed.scheme] : undefined;
  if (load === undefined || parsed.location === '') {
    const known = Object.keys(adapters).map((scheme) => `${scheme}:`);
    throw new TargetError({
      code: 'MISCONFIGURED',
      reason: load === undefined ? `no adapter handles "${parsed.scheme}:" addresses` : 'the address names no place',
      url: `${parsed.scheme}:`,
      operation: 'open',
      hint: `Use a path, or one of ${known.join(', ')}.`,
    });
  }
  const adapter = await load();
  return adapter.open(parsed, options);
}
