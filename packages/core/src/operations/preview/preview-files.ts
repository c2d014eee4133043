import { accessSync, constants } from 'node:fs';
import type { Problem } from '../../events/index.js';
import { withinReach } from '../../files/index.js';
import type { FileEntry } from '../../snapshot/index.js';
import { readProblem, type WalkedEntry } from '../../source/index.js';
import { type FileVersion, isSameVersion } from '../../state/index.js';
import { HardLinks } from '../backup/hard-links.js';
import { looksEqual, sharable } from '../backup/parent-snapshot.js';
import { isDueForReading } from '../backup/rereading.js';

/** How a file stands to the last snapshot, as far as can be told without reading it. */
export type FileChange = 'new' | 'changed' | 'unchanged';

/** A file of a walk, with what is known of it. */
export interface KnownFile {
  readonly walked: WalkedEntry;
  readonly draft: FileEntry;
  /** The version that the local state remembers. */
  readonly version: FileVersion | undefined;
  /** By target, its file in the last snapshot there. */
  readonly parents: readonly (FileEntry | undefined)[];
}

/** What a backup would do with a file. */
export interface FileForecast {
  readonly change: FileChange;
  readonly isRead: boolean;
  /** By target: would it hold the file without storing it, because it has it already? */
  readonly shares: readonly boolean[];
}

/** What a backup would do with files: the rules of `FileStore`, without reading. */
export class FileForecasts {
  readonly #rehash: boolean;
  readonly #nowMs: number;
  /** By target: can it copy within itself? */
  readonly #copies: readonly boolean[];
  readonly #links = new HardLinks<true>();

  constructor(settings: { readonly rehash: boolean; readonly nowMs: number; readonly copies: readonly boolean[] }) {
    this.#rehash = settings.rehash;
    this.#nowMs = settings.nowMs;
    this.#copies = settings.copies;
  }

  /** Called in the order of the manifest. A problem means that the file cannot be read. */
  of(file: KnownFile): FileForecast | Problem {
    const { walked, draft, parents } = file;
    const isFurtherName = this.#isFurtherName(walked);
    const isKnown = this.#isKnown(file);
    const shares = parents.map(
      (parent, index) =>
        (parent !== undefined && looksEqual(parent, draft)) || (isFurtherName && this.#copies[index] === true),
    );
    const isRead = !isKnown && !(isFurtherName && this.#copies.every((copies) => copies));
    const problem = isRead ? this.#readability(walked) : undefined;
    return problem ?? { change: changeOf(file), isRead, shares };
  }

  #isFurtherName({ stats }: WalkedEntry): boolean {
    if (stats.nlink <= 1n) return false;
    if (this.#links.find(stats) === true) return true;
    this.#links.keep(stats, true);
    return false;
  }

  /** Is it surely the version that was read last, and do all targets hold that? */
  #isKnown({ walked, draft, version, parents }: KnownFile): boolean {
    if (this.#rehash || version === undefined || !isSameVersion(version, walked.stats)) return false;
    if (isDueForReading(walked.pathBytes, version.readAtMs, this.#nowMs)) return false;
    const entry = { ...draft, sha256: version.sha256 };
    return parents.every((parent) => parent !== undefined && sharable(parent, entry));
  }

  #readability({ pathBytes, location }: WalkedEntry): Problem | undefined {
    try {
      withinReach(location, (address) => accessSync(address, constants.R_OK));
      return undefined;
    } catch (error) {
      return readProblem(pathBytes, error, 'it could not be read').problem;
    }
  }
}

function changeOf({ walked, draft, version, parents }: KnownFile): FileChange {
  const known = parents.filter((parent) => parent !== undefined);
  if (known.length > 0) return known.some((parent) => looksEqual(parent, draft)) ? 'unchanged' : 'changed';
  // A target that cannot copy shows no parent; then what is remembered here tells.
  if (version === undefined) return 'new';
  return isSameVersion(version, walked.stats) ? 'unchanged' : 'changed';
}
