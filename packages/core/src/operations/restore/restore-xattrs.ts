import { closeSync } from 'node:fs';
import {
  type AttributeRules,
  applyOwner,
  applyToDescriptor,
  type FolderHandle,
  XattrSetter,
} from '../../destination/index.js';
import { xattrTools } from '../../files/index.js';
import { type Entry, restorableXattrs, type Xattrs } from '../../snapshot/index.js';
import type { RestoreTally } from './restore-tally.js';

/** What a place says that keeps no attributes, or not these. */
const NOT_SUPPORTED = 'Operation not supported';

/** Gives extended attributes back. Where the system or the file system has none, that is told once, for all. */
export class RestoreXattrs {
  readonly #privileged: boolean;
  readonly #tally: RestoreTally;
  readonly #setter = new XattrSetter();
  readonly #tools = xattrTools();
  #uncovered = 0;
  #firstUncovered: string | undefined;
  #why = '';

  constructor(privileged: boolean, tally: RestoreTally) {
    this.#privileged = privileged;
    this.#tally = tally;
  }

  /** The attributes that an entry is to be given, if there are any. */
  wantedBy(entry: Entry): Xattrs | undefined {
    return restorableXattrs(entry, this.#privileged);
  }

  /** Does what stands there, open, lack any of them? Where that cannot be seen it has them, or cannot have them. */
  async isLacking(descriptor: number | undefined, wanted: Xattrs | undefined): Promise<boolean> {
    if (descriptor === undefined || wanted === undefined) return false;
    // Then they are set, or told to be uncovered.
    if (!this.#tools.canRead) return true;
    return this.#setter.lacks(descriptor, wanted).catch(() => true);
  }

  /** {@link isLacking} of a folder that stands. */
  async isFolderLacking(handle: FolderHandle, entry: Entry): Promise<boolean> {
    const wanted = this.wantedBy(entry);
    const descriptor = wanted === undefined ? undefined : handle.openToFlush();
    if (descriptor === undefined) return wanted !== undefined;
    try {
      return await this.isLacking(descriptor, wanted);
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * Owner, then extended attributes, then mode and time: a new owner takes attributes away, and an ACL sets the mode, too. Gives the first
   * error of the others; what goes wrong with extended attributes is told.
   */
  async giveAll(descriptor: number, entry: Entry, rules: AttributeRules): Promise<unknown> {
    const wanted = this.wantedBy(entry);
    if (wanted === undefined) return applyToDescriptor(descriptor, entry, rules);
    const unowned = applyOwner(descriptor, entry, rules);
    await this.#give(descriptor, entry, wanted);
    return unowned ?? applyToDescriptor(descriptor, entry, { ...rules, owner: false });
  }

  async #give(descriptor: number, entry: Entry, wanted: Xattrs): Promise<void> {
    if (!this.#tools.canSet) {
      const isLinux = process.platform === 'linux';
      this.#leave(entry, isLinux ? 'setfattr is not installed (package attr)' : 'this system has no such attributes');
      return;
    }
    const fault = await this.#setter.set(descriptor, wanted).catch((error: unknown) => reasonOf(error));
    if (fault === undefined) return;
    if (fault === NOT_SUPPORTED) this.#leave(entry, 'this file system does not keep them');
    else
      this.#tally.fail({
        code: 'ATTRIBUTES',
        path: entry.path,
        message: `extended attributes could not be set: ${fault}`,
      });
  }

  /** At the end: tells what the place could not take. */
  tellUncovered(): void {
    if (this.#firstUncovered === undefined) return;
    const others = this.#uncovered === 1 ? '' : ` (and of ${this.#uncovered - 1} more)`;
    this.#tally.fail({
      code: 'ATTRIBUTES',
      path: this.#firstUncovered,
      message: `its extended attributes and ACLs${others} could not be given back: ${this.#why}`,
    });
  }

  /** What cannot even be opened here. */
  leaveOut(entry: Entry): void {
    this.#leave(entry, 'this system has no such attributes');
  }

  #leave(entry: Entry, why: string): void {
    this.#uncovered += 1;
    this.#firstUncovered ??= entry.path;
    this.#why ||= why;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
