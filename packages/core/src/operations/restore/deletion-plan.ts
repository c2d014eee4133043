import { type BigIntStats, readdirSync } from 'node:fs';
import type { Problem } from '../../events/index.js';
import { withinReach } from '../../files/index.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { orderKey } from '../../snapshot/path-order.js';
import type { Walked, WalkedEntry } from '../../source/index.js';
import type { DeletionList } from './deletion-list.js';
import type { LiveSource } from './live-source.js';

/** Something that is to stay, or to come. */
export interface RecordedPath {
  readonly pathBytes: Buffer;
  readonly isFolder: boolean;
}

/** What a plan of deletions is made from. */
export interface DeletionPlanContext {
  /** What is to stay or to come, in the order of the manifest. */
  readonly recorded: () => AsyncIterable<RecordedPath>;
  readonly sources: readonly LiveSource[];
  /** The names in a folder of theirs. @throws the error of the system. */
  readonly namesIn?: ((folder: Buffer) => readonly unknown[]) | undefined;
  /** What stands in a source now, in the same order. */
  readonly walk: (source: LiveSource) => Iterable<Walked>;
  /** May this be deleted, if it is not recorded? */
  readonly chooses: (path: string, isFolder: boolean) => boolean;
  /** Does Holdfast keep something of its own there, so that nothing of it goes? */
  readonly isHoldfastPlace: (walked: WalkedEntry) => boolean;
  readonly list: DeletionList;
  readonly signal: AbortSignal | undefined;
  readonly problem: (problem: Problem) => void;
  /** Something that Holdfast keeps there has been spared: an absolute path. */
  readonly sparedPlace: (place: string) => void;
}

/** A live folder that the walk is in. */
interface LiveFolder {
  readonly walked: WalkedEntry;
  /** It is not recorded. */
  readonly isExtra: boolean;
  /** It, or one above it, has the name of a recorded file or link. */
  readonly inTheWay: boolean;
  /** How many things in it are to be deleted. */
  deletes: number;
  /** Something in it stays that the walk does not enter. */
  isKept: boolean;
}

/** Something live that is not recorded under this type: a folder of its name may still come. */
interface Candidate {
  readonly walked: WalkedEntry;
  readonly folder: LiveFolder | undefined;
}

/**
 * Lists what stands in the live sources and is not recorded. Both are gone through in one order, so neither is held. Only what the
 * walk gives is listed: what a backup's rules leave out is not in its snapshot either, and stays, and so does a folder that holds any
 * of it.
 */
export class DeletionPlan {
  readonly #context: DeletionPlanContext;
  readonly #folders: LiveFolder[] = [];
  readonly #candidates: Candidate[] = [];
  /** Recorded files and links whose names the last path begins with. */
  readonly #recordedNames: Buffer[] = [];
  /** Folders in which nothing is deleted, as their rules are not known. */
  readonly #spared: Buffer[];
  /** The target, snapshot or state that the walk is in, and whether that was said. */
  #holdfastPlace: { readonly walked: WalkedEntry; isTold: boolean } | undefined;

  /** @param spared paths in the snapshot of folders in which nothing may be deleted. */
  constructor(context: DeletionPlanContext, spared: readonly Buffer[]) {
    this.#context = context;
    this.#spared = [...spared];
  }

  async make(): Promise<void> {
    const recorded = this.#recorded();
    let next = await recorded.next();
    for (const source of this.#context.sources) {
      for (const walked of this.#context.walk(source)) {
        throwIfAborted(this.#context.signal);
        if (!('type' in walked)) {
          this.#notTaken(walked);
          continue;
        }
        const key = orderKey(walked.pathBytes, walked.type === 'directory');
        while (next.done !== true && Buffer.compare(next.value.key, key) < 0) {
          await this.#passRecorded(next.value.key, next.value);
          next = await recorded.next();
        }
        await this.#meet(walked, key, next.done !== true && Buffer.compare(next.value.key, key) === 0);
      }
    }
    // What is recorded further on may still take the place of the last ones.
    while (next.done !== true && this.#candidates.length > 0) {
      await this.#passRecorded(next.value.key, next.value);
      next = await recorded.next();
    }
    await this.#settle(undefined);
    await recorded.return(undefined);
  }

  async *#recorded(): AsyncGenerator<RecordedPath & { readonly key: Uint8Array }> {
    for await (const recorded of this.#context.recorded()) {
      const { pathBytes, isFolder } = recorded;
      yield { pathBytes, isFolder, key: orderKey(pathBytes, isFolder) };
    }
  }

  async #passRecorded(key: Uint8Array, { pathBytes, isFolder }: RecordedPath): Promise<void> {
    await this.#settle(key);
    if (!isFolder) {
      popWhile(this.#recordedNames, (name) => !beginsWith(pathBytes, name));
      this.#recordedNames.push(pathBytes);
      return;
    }
    // A recorded folder takes the place of a file: that is replaced, not deleted.
    const replaced = this.#candidates.findIndex(({ walked }) => walked.pathBytes.equals(pathBytes));
    if (replaced !== -1) this.#candidates.splice(replaced, 1);
  }

  async #meet(walked: WalkedEntry, key: Uint8Array, isRecorded: boolean): Promise<void> {
    await this.#settle(key);
    const above = this.#folders.at(-1);
    const isFolder = walked.type === 'directory';
    const isOfHoldfast = this.#isOfHoldfast(walked, isRecorded);
    if (!isFolder) {
      if (!isRecorded && !isOfHoldfast && this.#mayDelete(walked)) this.#candidates.push({ walked, folder: above });
      return;
    }
    popWhile(this.#recordedNames, (name) => !beginsWith(walked.pathBytes, name));
    const hasFilesName = this.#recordedNames.some((name) => name.equals(walked.pathBytes));
    this.#folders.push({
      walked,
      isExtra: !isRecorded,
      inTheWay: above?.inTheWay === true || (!isRecorded && hasFilesName),
      deletes: 0,
      isKept: isOfHoldfast || !this.#mayDelete(walked),
    });
  }

  /** What the rules leave out, and what cannot be read, stays. */
  #notTaken(walked: Exclude<Walked, WalkedEntry>): void {
    const folder = this.#folders.at(-1);
    if (walked.leftOutPath !== undefined && folder?.walked.pathBytes.equals(walked.leftOutPath) === true)
      folder.isKept = true;
    if (walked.doubt !== undefined && folder !== undefined) this.#spared.push(folder.walked.pathBytes);
    if (walked.problem?.code === 'UNREADABLE') this.#context.problem(walked.problem);
  }

  /** What a target, an archive or a state folder holds may stand nowhere else, and a snapshot of what lies around it seldom has it. */
  #isOfHoldfast(walked: WalkedEntry, isRecorded: boolean): boolean {
    const above = this.#holdfastPlace;
    if (above === undefined || !isAtOrBelow(walked.pathBytes, above.walked.pathBytes)) {
      const isOne = (walked.type === 'directory' || !isRecorded) && this.#context.isHoldfastPlace(walked);
      this.#holdfastPlace = isOne ? { walked, isTold: false } : undefined;
    }
    const place = this.#holdfastPlace;
    if (place !== undefined && !isRecorded && !place.isTold) {
      place.isTold = true;
      this.#context.sparedPlace(place.walked.location.toString('utf8'));
    }
    return place !== undefined;
  }

  #mayDelete({ pathBytes, type }: WalkedEntry): boolean {
    const path = pathBytes.toString('utf8');
    if (this.#spared.some((folder) => isAtOrBelow(pathBytes, folder))) return false;
    return this.#context.chooses(path, type === 'directory');
  }

  /** The order has come to this key, or to its end: what lies before it is decided. */
  async #settle(key: Uint8Array | undefined): Promise<void> {
    for (;;) {
      const candidate = this.#candidates.at(-1);
      const folder = this.#folders.at(-1);
      const isInFolder = candidate !== undefined && candidate.folder === folder;
      if (isInFolder && (key === undefined || !beginsWith(key, candidate.walked.pathBytes))) {
        this.#candidates.pop();
        await this.#list(candidate.walked, candidate.folder);
      } else if (
        folder !== undefined &&
        !isInFolder &&
        (key === undefined || !isAtOrBelow(key, folder.walked.pathBytes))
      ) {
        this.#folders.pop();
        if (this.#isToGo(folder)) await this.#list(folder.walked, this.#folders.at(-1), folder.inTheWay);
      } else return;
    }
  }

  /** A folder goes when it is not recorded, and all that is in it goes. */
  #isToGo({ walked, isExtra, isKept, deletes }: LiveFolder): boolean {
    if (!isExtra || isKept) return false;
    try {
      const { namesIn = namesWithinReach } = this.#context;
      return namesIn(walked.location).length === deletes;
    } catch {
      return false;
    }
  }

  async #list(
    walked: WalkedEntry,
    folder: LiveFolder | undefined,
    inTheWay = folder?.inTheWay === true,
  ): Promise<void> {
    if (folder !== undefined) folder.deletes += 1;
    await this.#context.list.add({ ...describe(walked), inTheWay });
  }
}

/** The names in a folder, however long its path is. */
export function namesWithinReach(folder: Buffer): readonly string[] {
  return withinReach(folder, (address) => readdirSync(address));
}

function describe({ pathBytes, type, stats }: WalkedEntry): {
  pathBytes: Buffer;
  type: WalkedEntry['type'];
  sizeBytes: number;
  stats: BigIntStats;
} {
  return { pathBytes, type, sizeBytes: type === 'file' ? Number(stats.size) : 0, stats };
}

function popWhile(stack: Buffer[], test: (last: Buffer) => boolean): void {
  for (let last = stack.at(-1); last !== undefined && test(last); last = stack.at(-1)) stack.pop();
}

function beginsWith(path: Uint8Array, start: Uint8Array): boolean {
  return path.length >= start.length && Buffer.compare(path.subarray(0, start.length), start) === 0;
}

/** By the key of the order: a folder's own ends with a slash. */
function isAtOrBelow(path: Uint8Array, folder: Uint8Array): boolean {
  return beginsWith(path, folder) && (path.length === folder.length || path[folder.length] === 0x2f);
}
