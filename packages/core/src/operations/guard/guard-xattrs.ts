import type { Problem } from '../../events/index.js';
import { readXattrs, removeXattrAt, xattrTools } from '../../files/index.js';
import { oneAtATime, SortedCursor } from '../../flow/sorted-cursor.js';
import type { PlainSnapshot } from '../../plain/index.js';
import { isKeptXattr, type Xattrs } from '../../snapshot/index.js';
import type { MetEntry } from '../../source/index.js';
import type { NotedEntry } from '../../state/index.js';
import { besideNoted, type GuardGround } from './guard-ground.js';
import { recordedWithKeys } from './recorded-entries.js';

/** So many are asked for in one child process. */
const MAX_AT_ONCE = 1000;

/** Something that was touched since, and the attributes that it had. */
interface Touched {
  readonly pathBytes: Buffer;
  readonly location: Buffer;
  readonly had: Xattrs;
}

/**
 * Takes away the extended attributes and ACLs that have been put on covered files and folders since: a restore gives back what they had,
 * and leaves what they have besides. Looked at is only what has another change time than was noted.
 */
export async function takeNewXattrs(
  ground: GuardGround,
  snapshot: PlainSnapshot,
  problem: (problem: Problem) => void,
): Promise<void> {
  const { canRead, canSet } = xattrTools();
  if (!canRead || !canSet) return;
  const recorded = new SortedCursor(oneAtATime(recordedWithKeys(snapshot)), ({ key }) => key);
  let batch: Touched[] = [];
  try {
    for await (const { left, right } of besideNoted(ground)) {
      if (left === undefined || right === undefined || !mayHaveOthers(left.noted, right.met)) continue;
      const { pathBytes, location } = right.met;
      const found = await recorded.find(left.key);
      batch.push({ pathBytes, location, had: found?.located.entry.xattrs ?? {} });
      if (batch.length < MAX_AT_ONCE) continue;
      await takeFrom(batch, problem);
      batch = [];
    }
    await takeFrom(batch, problem);
  } finally {
    await recorded.close();
  }
}

/** An attribute that is set moves the change time; what is another file now is replaced as a whole. */
function mayHaveOthers(noted: NotedEntry, { kind, stats }: MetEntry): boolean {
  if (!noted.isCovered || noted.kind !== kind || (kind !== 'file' && kind !== 'directory')) return false;
  return noted.ctimeNs !== String(stats.ctimeNs);
}

async function takeFrom(batch: readonly Touched[], problem: (problem: Problem) => void): Promise<void> {
  const { found } = await readXattrs(batch.map(({ location }) => location));
  const byName = new Map<string, Touched[]>();
  for (const [position, { values }] of found) {
    const touched = batch[position];
    if (touched === undefined) continue;
    for (const [name, value] of Object.entries(values)) {
      if (name in touched.had || !isKeptXattr(name, value)) continue;
      byName.set(name, [...(byName.get(name) ?? []), touched]);
    }
  }
  for (const [name, all] of byName) {
    const faults = await removeXattrAt(
      name,
      all.map(({ location }) => location),
    );
    for (const [position, reason] of faults) {
      const path = all[position]?.pathBytes.toString('utf8') ?? '';
      problem({
        code: 'ATTRIBUTES',
        path,
        message: `the extended attribute ${name} could not be taken away: ${reason}`,
      });
    }
  }
}
