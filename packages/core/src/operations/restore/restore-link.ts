import {
  type AttributeRules,
  applyToLink,
  hasAttributes,
  type OpenFolder,
  placeLink,
  rulesFor,
  standingLink,
} from '../../destination/index.js';
import { pathBytesOf, type SymlinkEntry } from '../../snapshot/index.js';
import { type MayGo, mayReplace } from './restore-fetch.js';
import type { ProtectedPlaces } from './restore-grounds.js';
import { plannedPlace, type RestorePlanner } from './restore-planner.js';
import {
  attributesProblem,
  existsProblem,
  notKeptProblem,
  placeProblem,
  protectedProblem,
} from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';

/** What links are restored with. */
export interface LinkPlacerContext {
  readonly rules: AttributeRules;
  readonly overwrite: boolean;
  readonly dryRun: boolean;
  /** In a dry run: a folder that stands there would be deleted before. */
  readonly isCleared: (pathBytes: Buffer) => boolean;
  readonly protectedPlaces: ProtectedPlaces;
  readonly tally: RestoreTally;
  /** In a dry run: is told what would be changed. */
  readonly planner?: RestorePlanner | undefined;
  readonly mayGo: MayGo;
  /** A name that nothing has in the staging folder. */
  readonly stagedName: () => Buffer;
}

const NOTHING_STANDS = { kind: 'nothing' } as const;

/** Brings symlinks back. */
export class LinkPlacer {
  readonly #context: LinkPlacerContext;

  constructor(context: LinkPlacerContext) {
    this.#context = context;
  }

  /** Makes one link in a folder that stands, or would; what goes wrong is a problem. */
  place(folder: OpenFolder, name: Buffer, entry: SymlinkEntry): void {
    try {
      this.#place(folder, name, entry);
    } catch (error) {
      const problem = placeProblem(entry.path, error);
      if (problem === undefined) throw error;
      this.#context.tally.fail(problem);
    }
  }

  #place(folder: OpenFolder, name: Buffer, entry: SymlinkEntry): void {
    const { rules, overwrite, dryRun, tally, stagedName, isCleared, planner } = this.#context;
    const planned = plannedPlace(folder, name);
    const { handle, volume } = folder.place;
    if (handle === undefined || volume === undefined) {
      void planner?.comes(planned, undefined, entry);
      tally.entry(entry, 'restored');
      return;
    }
    const seen = standingLink(handle, name, entry);
    const standing = seen.kind === 'folder' && isCleared(pathBytesOf(entry)) ? NOTHING_STANDS : seen;
    if (standing.kind === 'equal') {
      const isAsItWas = hasAttributes(standing.stats, entry, rules, volume.fileSystem);
      tally.entry(entry, isAsItWas ? 'kept' : 'adjusted');
      if (!isAsItWas) void planner?.comes(planned, standing.stats, entry);
      if (isAsItWas || dryRun) return;
      const unset = applyToLink(handle.child(name), entry, rulesFor(standing.stats, entry, rules));
      if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
      return;
    }
    const replace = standing.kind === 'other';
    if (replace && this.#context.protectedPlaces.includes(standing.stats)) {
      tally.fail(protectedProblem(entry.path));
      return;
    }
    if (standing.kind === 'folder' || (replace && !overwrite)) {
      tally.fail(existsProblem(entry.path));
      return;
    }
    void planner?.comes(planned, 'stats' in standing ? standing.stats : undefined, entry, seen.kind === 'folder');
    if (!dryRun) {
      if (replace && !mayReplace({ handle, volume, name, replace }, this.#context.mayGo)) {
        tally.fail(notKeptProblem(entry.path));
        return;
      }
      const aside = replace ? { staging: volume.staging, stagingName: stagedName() } : undefined;
      if (!placeLink(handle, name, entry, aside)) {
        tally.fail(existsProblem(entry.path));
        return;
      }
      const unset = applyToLink(handle.child(name), entry, rules);
      if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
    }
    tally.entry(entry, replace ? 'replaced' : 'restored');
  }
}
