import { closeSync, fstatSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AttributeRules,
  applyToDescriptor,
  type FolderHandle,
  linkAside,
  nameOf,
  type OpenFolder,
  publishFile,
  type RestoreStaging,
  stageFile,
  standingFile,
} from '../destination/index.js';
import type { Problem } from '../events/index.js';
import type { FileFlusher } from '../files/index.js';
import { throwIfAborted } from '../holdfast-error.js';
import type { PlainSnapshot } from '../plain/index.js';
import type { FileEntry, LocatedEntry } from '../snapshot/index.js';
import { Patience } from './patience.js';
import type { Report } from './report.js';
import { attributesProblem, contentProblem, existsProblem, placeProblem } from './restore-problems.js';

/** A file of the snapshot, and the folder it goes to. */
export interface FileTask {
  readonly located: LocatedEntry & { readonly entry: FileEntry };
  readonly folder: OpenFolder;
}

/** What files are restored with. */
export interface FilePlacerContext {
  readonly snapshot: PlainSnapshot;
  /** Real path of the destination. */
  readonly into: string;
  readonly staging: RestoreStaging;
  readonly flusher: FileFlusher;
  readonly rules: AttributeRules;
  readonly overwrite: boolean;
  readonly signal: AbortSignal | undefined;
  readonly report: Report;
  readonly fail: (problem: Problem) => void;
}

/** Where a file gets its name. */
interface Place {
  readonly handle: FolderHandle;
  readonly name: Buffer;
  /** Something else may be replaced there. */
  readonly replace: boolean;
}

/** The first name of a file that has several. */
interface FirstName {
  readonly sha256: string;
  /** A staged name of the file, once it is there. */
  readonly staged: Promise<Buffer | undefined>;
}

/** Brings files back, each as a whole or not at all. */
export class FilePlacer {
  readonly counts = { restoredFiles: 0, restoredBytes: 0, keptFiles: 0 };
  readonly #context: FilePlacerContext;
  readonly #patience = new Patience();
  /** The first name of each hard-link group, so that further names can be linked to it. */
  readonly #links = new Map<number, FirstName>();
  #staged = 0;

  constructor(context: FilePlacerContext) {
    this.#context = context;
  }

  /** A name that nothing has in the staging folder. */
  nextStagedName(): Buffer {
    this.#staged += 1;
    return Buffer.from(String(this.#staged));
  }

  /** Restores one file; what concerns it alone is a problem. Called in the order of the manifest, may run side by side. */
  async restore({ located, folder }: FileTask): Promise<void> {
    const { entry } = located;
    if (folder.handle === undefined) return;
    const first = entry.hardLink === undefined ? undefined : this.#links.get(entry.hardLink);
    // The file may have changed between its names: then they are two files.
    const link = first?.sha256 === entry.sha256 ? first.staged : undefined;
    const staged = this.#placeFile(entry, folder.handle, nameOf(located), link);
    if (entry.hardLink !== undefined && first === undefined)
      this.#links.set(entry.hardLink, { sha256: entry.sha256, staged });
    await staged;
  }

  /**
   * Gives the staged name under which the file can be linked to, where it is one of several names. Rejects only with what ends
   * the restore.
   */
  async #placeFile(
    entry: FileEntry,
    handle: FolderHandle,
    name: Buffer,
    link: Promise<Buffer | undefined> | undefined,
  ): Promise<Buffer | undefined> {
    const { signal, overwrite, fail } = this.#context;
    const check = (): void => throwIfAborted(signal);
    try {
      check();
      const standing = await standingFile(handle, name, entry, check);
      if (standing.kind === 'equal') return await this.#keep(entry, handle.child(name), standing.descriptor);
      const replace = standing.kind === 'other' && overwrite;
      if (standing.kind !== 'nothing' && !replace) {
        fail(existsProblem(entry.path));
        return undefined;
      }
      const place = { handle, name, replace };
      const first = await link;
      if (first !== undefined && this.#publishLink(first, place, entry)) return undefined;
      return await this.#fetch(entry, place);
    } catch (error) {
      const problem = contentProblem(entry.path, error) ?? placeProblem(entry.path, error);
      fail(problem ?? this.#unreadable(entry.path, error));
      return undefined;
    }
  }

  /** Fetches the content aside, checks it, gives it its attributes, and only then its name. */
  async #fetch(entry: FileEntry, place: Place): Promise<Buffer | undefined> {
    const { snapshot, staging, flusher, rules, report, signal, into } = this.#context;
    const content = snapshot.target.get(snapshot.keyOf(entry), { signal });
    const staged = this.nextStagedName();
    const { descriptor, address } = await stageFile(staging.folder, staged, entry, content, (bytes) =>
      report.advance(0, bytes, entry.path),
    );
    this.#patience.succeeded();
    let handedOver = false;
    try {
      const unset = applyToDescriptor(descriptor, entry, rules);
      const aside = entry.hardLink === undefined ? undefined : this.#linkAside(address);
      if (!publishFile(address, place.handle, place.name, place.replace)) {
        this.#context.fail(existsProblem(entry.path, 'something else was put there meanwhile, and stays'));
        return undefined;
      }
      handedOver = true;
      if (unset !== undefined) this.#context.fail(attributesProblem(entry.path, unset));
      await flusher.add(descriptor, entry.sizeBytes, join(into, entry.path));
      // Its bytes were told as they came.
      this.#restored(entry, 0);
      return aside;
    } finally {
      if (!handedOver) closeSync(descriptor);
    }
  }

  /** Gives a further name to a file that is there; false where it has to be fetched again. */
  #publishLink(first: Buffer, place: Place, entry: FileEntry): boolean {
    const aside = this.#linkAside(this.#context.staging.folder.child(first));
    if (aside === undefined) return false;
    if (publishFile(this.#context.staging.folder.child(aside), place.handle, place.name, place.replace))
      this.#restored(entry, entry.sizeBytes);
    else this.#context.fail(existsProblem(entry.path, 'something else was put there meanwhile, and stays'));
    return true;
  }

  /** It is there already, byte for byte: only its mode and time are set. */
  async #keep(entry: FileEntry, address: Buffer, descriptor: number): Promise<Buffer | undefined> {
    const { rules, report, flusher, into } = this.#context;
    let handedOver = false;
    try {
      const unset = applyToDescriptor(descriptor, entry, rules);
      if (unset !== undefined) this.#context.fail(attributesProblem(entry.path, unset));
      this.counts.keptFiles += 1;
      report.file('kept', entry.path, entry.sizeBytes);
      report.advance(1, entry.sizeBytes, entry.path);
      const aside = entry.hardLink === undefined ? undefined : this.#linkAsideIfSame(address, descriptor);
      // A restore that was killed may have given it its name and never flushed it. Windows flushes only what is open for writing.
      if (process.platform !== 'win32') {
        handedOver = true;
        await flusher.add(descriptor, entry.sizeBytes, join(into, entry.path));
      }
      return aside;
    } finally {
      if (!handedOver) closeSync(descriptor);
    }
  }

  /** What has the name now must be the file that was compared. */
  #linkAsideIfSame(address: Buffer, descriptor: number): Buffer | undefined {
    const aside = this.#linkAside(address);
    if (aside === undefined) return undefined;
    const linked = lstatSync(this.#context.staging.folder.child(aside), { bigint: true });
    const compared = fstatSync(descriptor, { bigint: true });
    return linked.ino === compared.ino && linked.dev === compared.dev ? aside : undefined;
  }

  #linkAside(address: Buffer): Buffer | undefined {
    const aside = this.nextStagedName();
    return linkAside(address, this.#context.staging.folder, aside) ? aside : undefined;
  }

  #restored(entry: FileEntry, untoldBytes: number): void {
    this.counts.restoredFiles += 1;
    this.counts.restoredBytes += entry.sizeBytes;
    this.#context.report.file('restored', entry.path, entry.sizeBytes);
    this.#context.report.advance(1, untoldBytes, entry.path);
  }

  #unreadable(path: string, cause: unknown): Problem {
    const reason = this.#patience.reasonToGoOn(cause);
    return { code: 'UNREADABLE', path, message: `not restored: it could not be read from the store: ${reason}`, cause };
  }
}
