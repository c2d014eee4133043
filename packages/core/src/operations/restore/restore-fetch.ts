import { type BigIntStats, closeSync, fstatSync, lstatSync } from 'node:fs';
import {
  type AttributeRules,
  type FolderHandle,
  isSystemError,
  linkAside,
  lookAt,
  publishFile,
  removeStaged,
  stageFile,
  type Volume,
} from '../../destination/index.js';
import { errorCode } from '../../files/index.js';
import type { PlainSnapshot } from '../../plain/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { Patience } from '../patience.js';
import { attributesProblem, notKeptProblem, takenProblem } from './restore-problems.js';
import type { RestoreTally } from './restore-tally.js';
import type { RestoreXattrs } from './restore-xattrs.js';
import { Turns } from './turns.js';

/** Where a file gets its name. */
export interface Place {
  readonly handle: FolderHandle;
  readonly volume: Volume;
  readonly name: Buffer;
  /** Something else may be replaced there. */
  readonly replace: boolean;
}

/** Which file of which file system. */
export type FileIdentity = Pick<BigIntStats, 'dev' | 'ino'>;

/** What came of the first name of a file that has several. */
export interface FirstOutcome {
  /** The file system it is on: a name on another one cannot be linked to it. */
  readonly volume: Volume | undefined;
  /** A staged name of the file, to link further names to. */
  readonly staged?: Buffer;
  /** The file that has the name now; `undefined` where it would be a new one. */
  readonly standing?: FileIdentity;
}

/** May what stands at an address be replaced? Not if it came there after what was to be replaced was kept. */
export type MayGo = (stats: BigIntStats, address: Buffer) => boolean;

/** What files are fetched with. */
export interface FetchContext {
  readonly snapshot: PlainSnapshot;
  readonly rules: AttributeRules;
  readonly signal: AbortSignal | undefined;
  readonly tally: RestoreTally;
  readonly xattrs: RestoreXattrs;
  readonly mayGo: MayGo;
}

/** Fetches files from the store into the staging folder, and gives them their names from there. */
export class FileFetcher {
  readonly #context: FetchContext;
  /** How often the store has failed on end. */
  readonly patience: Patience = new Patience();
  readonly #turns = new Turns();
  #staged = 0;

  constructor(context: FetchContext) {
    this.#context = context;
  }

  /** A name that nothing has in the staging folder. */
  nextStagedName(): Buffer {
    this.#staged += 1;
    return Buffer.from(String(this.#staged));
  }

  /** A disk that is full because many files are staged side by side may have room for one at a time. */
  async fetch(entry: FileEntry, place: Place): Promise<FirstOutcome | undefined> {
    let told = 0;
    const fetchOnce = (): Promise<FirstOutcome | undefined> => {
      let bytesNow = 0;
      return this.#fetchOnce(entry, place, (bytes) => {
        bytesNow += bytes;
        if (bytesNow <= told) return;
        this.#context.tally.progress(bytesNow - told, entry.path);
        told = bytesNow;
      });
    };
    try {
      return await this.#turns.beside(fetchOnce);
    } catch (error) {
      if (!isFull(error)) throw error;
      return await this.#turns.alone(fetchOnce);
    }
  }

  /** Fetches the content aside, checks it, gives it its attributes, and only then its name. */
  async #fetchOnce(
    entry: FileEntry,
    place: Place,
    progress: (bytes: number) => void,
  ): Promise<FirstOutcome | undefined> {
    const { snapshot, rules, signal, tally, xattrs } = this.#context;
    const { volume, handle, name } = place;
    const content = snapshot.target.get(snapshot.keyOf(entry), { signal });
    const { descriptor, address } = await stageFile(volume.staging, this.nextStagedName(), entry, content, progress);
    this.patience.succeeded();
    let outcome: FirstOutcome = { volume };
    let handedOver = false;
    try {
      const unset = await xattrs.giveAll(descriptor, entry, rules);
      if (entry.hardLink !== undefined)
        outcome = this.outcomeOf(address, volume, fstatSync(descriptor, { bigint: true }));
      if (!mayReplace(place, this.#context.mayGo)) {
        tally.fail(notKeptProblem(entry.path));
        return undefined;
      }
      if (!publishFile(address, handle, name, place.replace)) {
        tally.fail(takenProblem(entry.path));
        return undefined;
      }
      handedOver = true;
      if (unset !== undefined) tally.fail(attributesProblem(entry.path, unset));
      await volume.flusher.add(descriptor, entry.sizeBytes, pathOf(place));
      // Its bytes were told as they came.
      tally.restored(entry, place.replace, 0);
      return outcome;
    } finally {
      if (!handedOver) {
        closeSync(descriptor);
        // Others may need the space.
        removeStaged(address);
        if (outcome.staged !== undefined) removeStaged(volume.staging.child(outcome.staged));
      }
    }
  }

  /** A staged name for the further ones. What has the name must be the very file that was looked at. */
  outcomeOf(address: Buffer, volume: Volume, standing: FileIdentity): FirstOutcome {
    const aside = this.linkAside(address, volume);
    if (aside === undefined) return { volume, standing };
    const linked = lstatSync(volume.staging.child(aside), { bigint: true });
    return isSameFile(linked, standing) ? { volume, standing, staged: aside } : { volume, standing };
  }

  /** Gives a file one more name, in the staging folder; `undefined` where the file system cannot. */
  linkAside(address: Buffer, volume: Volume): Buffer | undefined {
    const aside = this.nextStagedName();
    return linkAside(address, volume.staging, aside) ? aside : undefined;
  }
}

/** Looks once more at what is to be replaced: the last moment at which that can be said. */
export function mayReplace({ handle, name, replace }: Place, mayGo: MayGo): boolean {
  const standing = replace ? lookAt(handle, name) : undefined;
  return standing === undefined || mayGo(standing, handle.child(name));
}

/** Do these mean one file? */
export function isSameFile(left: FileIdentity | undefined, right: FileIdentity): boolean {
  return left !== undefined && left.ino === right.ino && left.dev === right.dev;
}

/** The destination has no room, or its user may use no more of it. */
function isFull(error: unknown): boolean {
  const code = errorCode(error);
  return isSystemError(error) && (code === 'ENOSPC' || code === 'EDQUOT');
}

/** For messages. */
export function pathOf({ handle, name }: Place): string {
  return `${handle.path.toString('utf8')}/${name.toString('utf8')}`;
}
