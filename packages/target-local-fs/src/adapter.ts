import { type TargetAdapter, TargetError } from '@holdfast/core/target';
import { openLocalFs } from './open.js';
import type { LocalFsOptions } from './options.js';

/** The adapter for `file:` addresses and bare paths. Its one option is `durableBy`: `auto` (default) or `fsync`. */
export const adapter: TargetAdapter = {
  schemes: ['file'],
  open: async (address, options) => openLocalFs(address.location, optionsOf(options.adapterOptions ?? {})),
};

/** @throws TargetError `MISCONFIGURED` for an option or a value it does not know: a typing error must not pass in silence. */
function optionsOf(given: Readonly<Record<string, unknown>>): LocalFsOptions {
  const { durableBy, ...unknown } = given;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw misconfigured(`a folder has no option "${stranger}"`);
  if (durableBy === undefined) return {};
  if (durableBy === 'auto' || durableBy === 'fsync') return { durableBy };
  throw misconfigured('the option "durableBy" is "auto" or "fsync"');
}

function misconfigured(reason: string): TargetError {
  return new TargetError({ code: 'MISCONFIGURED', reason, url: 'file:', operation: 'open' });
}
