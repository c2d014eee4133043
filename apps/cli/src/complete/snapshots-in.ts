import { listSnapshots, openTarget } from '@holdfast/core';
import { adapters } from '../compose/adapters.js';
import type { Candidate } from './candidates.js';

/** The ids and names of the snapshots in a target, newest first, with what is in each. */
export async function snapshotsIn(
  address: string,
  adapterOptions: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const target = await openTarget(address, adapters, { environment, adapterOptions, signal });
  const found: Candidate[] = [];
  try {
    for await (const listing of listSnapshots({ target, signal })) {
      if (listing.status !== 'ok') continue;
      const { id, name, sources } = listing.record.payload;
      const names = sources.map((source) => source.name).join(', ');
      found.unshift({ value: id, description: name === undefined ? names : `${name}: ${names}` });
      if (typeof name === 'string') found.push({ value: name, description: id });
    }
  } finally {
    await target.close();
  }
  return found;
}
