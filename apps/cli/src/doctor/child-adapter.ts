import { type TargetAdapter, TargetError } from '@holdfast/core/target';
import { adapters } from '../compose/adapters.js';

/** Where this module is: another process imports it. The bundle keeps it as a file of its own (`bundle.mjs`). */
export const moduleUrl: string = import.meta.url;

/** All adapters of this program as one, for the processes that the kit starts and kills: they know no package of an adapter. */
export const adapter: TargetAdapter = {
  schemes: Object.keys(adapters),
  async open(address, options) {
    const load = adapters[address.scheme];
    if (load !== undefined) return (await load()).open(address, options);
    const reason = `no adapter handles "${address.scheme}:" addresses`;
    throw new TargetError({ code: 'MISCONFIGURED', reason, url: `${address.scheme}:`, operation: 'open' });
  },
};
