import { type BigIntStats, unlinkSync } from 'node:fs';
import { lookAt, type OpenFolder } from '../../destination/index.js';
import type { MayGo } from './restore-fetch.js';
import type { ProtectedPlaces } from './restore-grounds.js';
import { plannedPlace, type RestorePlanner } from './restore-planner.js';

/** What the way is cleared with. */
export interface ClearingContext {
  readonly overwrite: boolean;
  readonly dryRun: boolean;
  readonly protectedPlaces: ProtectedPlaces;
  /** In a dry run: is told what would go. */
  readonly planner: RestorePlanner | undefined;
  readonly mayGo: MayGo;
}

/**
 * A file or link that has a folder's name goes, where things may be replaced.
 *
 * @returns what went; `undefined` where nothing had to; or why it stays.
 */
export async function clearTheWay(
  { overwrite, dryRun, protectedPlaces, planner, mayGo }: ClearingContext,
  parent: OpenFolder,
  name: Buffer,
): Promise<BigIntStats | 'protected' | 'changed' | undefined> {
  const above = parent.handle;
  const standing = overwrite && above !== undefined ? lookAt(above, name) : undefined;
  if (above === undefined || standing === undefined || standing.isDirectory()) return undefined;
  if (protectedPlaces.includes(standing)) return 'protected';
  await planner?.makesWay(plannedPlace(parent, name), standing);
  if (dryRun) return standing;
  if (!mayGo(standing, above.child(name))) return 'changed';
  unlinkSync(above.child(name));
  return standing;
}
