import type { BigIntStats } from 'node:fs';
import {
  type AttributeRules,
  applyToFolder,
  FolderHandle,
  hasAttributes,
  type OpenFolder,
  openToWriting,
  rulesFor,
  type Volume,
} from '../../destination/index.js';
import type { DirectoryEntry } from '../../snapshot/index.js';
import type { LinkPlacer } from './restore-link.js';
import type { RestorePlanner } from './restore-planner.js';
import { attributesProblem } from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';
import type { RestoreXattrs } from './restore-xattrs.js';

/** What folders are finished with. */
export interface FolderFinisherContext {
  readonly rules: AttributeRules;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
  readonly tally: RestoreTally;
  readonly links: LinkPlacer;
  readonly xattrs: RestoreXattrs;
  /** In a dry run: is told what would be changed. */
  readonly planner?: RestorePlanner | undefined;
}

/** Gives folders what they get last. */
export class FolderFinisher {
  readonly #context: FolderFinisherContext;
  /** Folders that a staging folder lies in: their times are set when it is gone. */
  readonly #homes: OpenFolder[] = [];
  /** Folders that are just given their extended attributes. */
  readonly #settling = new Set<Promise<void>>();
  /** Folders wait to be flushed: nothing more is begun before there is room. */
  room: Promise<void> | undefined;

  constructor(context: FolderFinisherContext) {
    this.#context = context;
  }

  /** Everything in the folder is there: its symlinks, then its own mode and times; then it can be flushed. */
  readonly finish = (folder: OpenFolder): void => {
    const {
      handle,
      entry,
      isAbsent,
      volume,
      before,
      lacksXattrs,
      replaces = false,
      stood,
      xattrsBefore,
    } = folder.place;
    const { signal, tally, dryRun, links, rules, xattrs, planner } = this.#context;
    if (signal?.aborted === true) return;
    if (handle === undefined && isAbsent !== true) return;
    for (const link of folder.links) links.place(folder, link.name, link.entry);
    if (entry !== undefined && volume !== undefined) {
      const isAsItWas =
        before !== undefined && lacksXattrs !== true && hasAttributes(before, entry, rules, volume.fileSystem);
      if (!isAsItWas) planner?.folder(folder, before ?? stood, xattrsBefore);
      tally.entry(entry, isAsItWas ? 'kept' : before !== undefined ? 'adjusted' : replaces ? 'replaced' : 'restored');
    }
    if (dryRun) handle?.closeAgain();
    if (handle === undefined || volume === undefined || dryRun) return;
    if (volume.path === handle.path.toString('utf8')) this.#homes.push(folder);
    // Opened before its mode is set, which may forbid it.
    const descriptor = handle.openToFlush();
    const wanted = entry === undefined ? undefined : xattrs.wantedBy(entry);
    if (entry !== undefined && wanted !== undefined && lacksXattrs !== false) {
      if (descriptor !== undefined) {
        this.#settle(this.#giveXattrs({ descriptor, path: handle.path }, entry, before, volume));
        return;
      }
      xattrs.leaveOut(entry);
    }
    if (entry !== undefined) this.#giveAttributes(handle, entry, before, volume);
    if (descriptor !== undefined) this.room = volume.flusher.addFolder(descriptor, handle.path.toString('utf8'));
  };

  /** Takes the staging folders away durably, and gives the folders that they lay in the times that this has changed. */
  async leaveHomes(volumes: readonly Volume[]): Promise<void> {
    for (const volume of volumes) await volume.unstage();
    for (const { place } of this.#homes) {
      if (place.handle === undefined || place.volume === undefined) continue;
      const handle = FolderHandle.open(place.handle.path);
      try {
        if (place.entry !== undefined) this.#giveAttributes(handle, place.entry, place.before, place.volume);
        const descriptor = handle.openToFlush();
        if (descriptor !== undefined) await place.volume.flusher.addFolder(descriptor, handle.path.toString('utf8'));
      } finally {
        handle.close();
      }
    }
  }

  /** Resolves when every folder that was finished has what it gets. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  #settle(work: Promise<void>): void {
    this.room = work;
    this.#settling.add(work);
    // A failure is seen where all are waited for.
    work.then(
      () => this.#settling.delete(work),
      () => undefined,
    );
  }

  /** Owner, then extended attributes, then mode and time, of a folder that is left already: it is held by the descriptor. */
  async #giveXattrs(
    { descriptor, path }: { readonly descriptor: number; readonly path: Buffer },
    entry: DirectoryEntry,
    before: BigIntStats | undefined,
    volume: Volume,
  ): Promise<void> {
    const { tally, xattrs } = this.#context;
    const rules = before === undefined ? this.#context.rules : rulesFor(before, entry, this.#context.rules);
    if (before !== undefined) openToWriting(descriptor, before);
    const unset = await xattrs.giveAll(descriptor, entry, rules);
    if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
    await volume.flusher.addFolder(descriptor, path.toString('utf8'));
  }

  #giveAttributes(handle: FolderHandle, entry: DirectoryEntry, before: BigIntStats | undefined, volume: Volume): void {
    const { rules, tally } = this.#context;
    if (hasAttributes(handle.stats(), entry, rules, volume.fileSystem)) return;
    const rulesHere = before === undefined ? rules : rulesFor(before, entry, rules);
    const unset = applyToFolder(handle.address, entry, rulesHere);
    if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
  }
}
