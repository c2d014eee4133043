import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sameTime } from '../files/index.js';
import { COPY } from './keeper.js';
import { homesOf, recordIds } from './kept-record.js';
import { inodeKey } from './written-now.js';

/**
 * Is what stands at an address, as it is now, kept in one of these homes? What came there since it was kept is not.
 *
 * @param stats of what stands there now.
 */
export function isKept(homes: readonly string[], stats: BigIntStats, address: Buffer | string): boolean {
  return homes.some((home) => isKeptIn(join(home, inodeKey(stats)), stats, address));
}

function isKeptIn(kept: string, stats: BigIntStats, address: Buffer | string): boolean {
  const copy = lstatSync(kept + COPY, { bigint: true, throwIfNoEntry: false });
  if (copy !== undefined) return copy.size === stats.size && sameTime(copy.mtimeNs, stats.mtimeNs);
  const seen = lstatSync(kept, { bigint: true, throwIfNoEntry: false });
  if (seen === undefined) return false;
  if (seen.isSymbolicLink())
    return stats.isSymbolicLink() && readlinkSync(kept, 'buffer').equals(readlinkSync(address, 'buffer'));
  return seen.ino === stats.ino && seen.dev === stats.dev;
}

/**
 * Counts the names that a file has because it is kept: where a restore did not come to replace it, it has its own name and that one, and
 * is no file of several names for that.
 */
export function ownNamesIn(stateDirectory: string): (stats: BigIntStats) => bigint {
  const known = recordIds(stateDirectory).map((id) => ({ id, homes: homesOf(stateDirectory, id) }));
  return (stats) => {
    let names = 0n;
    if (stats.nlink < 2n) return names;
    for (const { homes } of known) {
      for (const home of new Set(homes)) {
        const kept = lstatSync(join(home, inodeKey(stats)), { bigint: true, throwIfNoEntry: false });
        if (kept?.ino === stats.ino && kept.dev === stats.dev) names += 1n;
      }
    }
    return names;
  };
}
