import { readXattrs } from '../../files/index.js';
import { areTooLarge, isKeptXattr, type Xattrs, xattrsDigest } from '../../snapshot/index.js';
import type { Report } from '../report.js';
import type { PlannedEntry } from './backup-entries.js';

/** Starting a child costs 5 to 10 ms, looking at one path some microseconds: with 2,048 a first backup of 10,000 files takes 0.09 s of CPU more, with 512 0.2 s (measured). */
const BATCH_ENTRIES = 2048;
/** `PATH_MAX` of Linux, less the NUL: a longer path cannot be given to a program. */
const MAX_PATH_BYTES = 4095;

/** What keeps an entry from having attributes worth a word: it is just gone, or its file system has none. */
const NOT_WORTH_TELLING: ReadonlySet<string> = new Set(['No such file or directory', 'Operation not supported']);

/** What is known of one entry's attributes. */
export interface KnownXattrs {
  readonly xattrs: Xattrs | undefined;
  /** By what they are known again; `undefined` if they could not be read. */
  readonly digest: string | undefined;
}

/** Some entries whose attributes are asked for together. */
interface Batch {
  readonly asked: PlannedEntry[];
  readonly known: Map<PlannedEntry, KnownXattrs>;
  reading?: Promise<void>;
}

/** The attributes of a group of entries. */
export interface AskedXattrs {
  /** Resolves when those of the whole group are known. */
  ready(): Promise<void>;
  of(planned: PlannedEntry): KnownXattrs;
}

const NOTHING: KnownXattrs = { xattrs: undefined, digest: '' };
const UNKNOWN: KnownXattrs = { xattrs: undefined, digest: undefined };

/**
 * The extended attributes of what a backup meets, read beside the backup some hundred paths at a time. Of a file that is
 * surely unchanged (its ctime tells of attributes too) they are those that the parent has, and are not read.
 */
export class SourceXattrs {
  readonly #isUnchanged: (planned: PlannedEntry) => boolean;
  readonly #report: Report;
  #open: Batch = { asked: [], known: new Map() };
  #disabled = false;
  #toldOfLength = false;

  constructor(isUnchanged: (planned: PlannedEntry) => boolean, report: Report) {
    this.#isUnchanged = isUnchanged;
    this.#report = report;
  }

  /** Asks for the attributes of some entries. */
  ask(group: readonly PlannedEntry[]): AskedXattrs {
    const batch = this.#open;
    const before = batch.asked.length;
    for (const planned of group) {
      const known = this.#knownOf(planned);
      if (known === undefined) batch.asked.push(planned);
      else if (known !== NOTHING) batch.known.set(planned, known);
    }
    const isAsked = batch.asked.length > before;
    if (batch.asked.length >= BATCH_ENTRIES) void this.#begin(batch);
    return {
      ready: async () => (isAsked ? await this.#begin(batch) : undefined),
      of: (planned) => batch.known.get(planned) ?? NOTHING,
    };
  }

  /** What can be told without looking. */
  #knownOf(planned: PlannedEntry): KnownXattrs | undefined {
    const { walked, version, parents } = planned;
    // Nothing that is kept can be put on a link (xattr(7)).
    if (walked.type === 'symlink') return NOTHING;
    if (walked.location.length > MAX_PATH_BYTES) return this.#tellOfLength();
    const digest = version?.xattrs;
    if (digest === undefined || !this.#isUnchanged(planned)) return undefined;
    if (digest === '') return NOTHING;
    const parent = parents.find((entry) => entry !== undefined && xattrsDigest(entry.xattrs) === digest);
    return parent === undefined ? undefined : { xattrs: parent.xattrs, digest };
  }

  #tellOfLength(): KnownXattrs {
    if (!this.#toldOfLength)
      this.#report.note(
        'XATTRS_NOT_COVERED',
        `extended attributes and ACLs are not covered where a path has more than ${MAX_PATH_BYTES} bytes`,
      );
    this.#toldOfLength = true;
    return UNKNOWN;
  }

  #begin(batch: Batch): Promise<void> {
    if (this.#open === batch) this.#open = { asked: [], known: new Map() };
    batch.reading ??= this.#read(batch);
    return batch.reading;
  }

  async #read({ asked, known }: Batch): Promise<void> {
    try {
      if (this.#disabled) throw new Error('it was tried before');
      const { found, faults } = await readXattrs(asked.map(({ walked }) => walked.location));
      for (const [position, { values, strangeNames }] of found) {
        const planned = asked[position] as PlannedEntry;
        known.set(planned, this.#judge(planned, values, strangeNames));
      }
      for (const [position, reason] of faults) {
        const planned = asked[position] as PlannedEntry;
        if (NOT_WORTH_TELLING.has(reason)) continue;
        known.set(planned, { xattrs: known.get(planned)?.xattrs, digest: undefined });
        this.#tell(planned, `its extended attributes could not be read: ${reason}`);
      }
    } catch (error) {
      for (const planned of asked) known.set(planned, UNKNOWN);
      if (this.#disabled) return;
      this.#disabled = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#report.note('XATTRS_NOT_COVERED', `extended attributes and ACLs are not covered: ${reason}`);
    }
  }

  #judge(planned: PlannedEntry, values: Xattrs, strangeNames: number): KnownXattrs {
    const kept = Object.entries(values).filter(([name, value]) => isKeptXattr(name, value));
    const xattrs = Object.fromEntries(kept);
    if (areTooLarge(xattrs)) {
      this.#tell(planned, 'its extended attributes are too large to be stored');
      return UNKNOWN;
    }
    if (strangeNames > 0) this.#tell(planned, 'an extended attribute whose name is not UTF-8 is not stored');
    return kept.length === 0 ? NOTHING : { xattrs, digest: xattrsDigest(xattrs) };
  }

  #tell({ walked }: PlannedEntry, message: string): void {
    this.#report.problem({ code: 'ATTRIBUTES', path: walked.pathBytes.toString('utf8'), message });
  }
}

/** Where attributes are never looked at. */
export const noXattrs: AskedXattrs = { ready: async () => undefined, of: () => UNKNOWN };
