import { type BigIntStats, chmodSync, utimesSync } from 'node:fs';
import { errorCode, secondsOf } from '../files/index.js';
import type { FolderHandle } from './folder-handle.js';

interface Step {
  readonly name: Buffer;
  readonly handle: FolderHandle;
  /** What it was before anything was changed in it; `undefined` as long as nothing was. */
  before: BigIntStats | undefined;
}

/** Owner may write and enter. */
const OWNER_WRITES = 0o300;

/**
 * The way from a folder down to one that is worked in, each folder on it held open: names are looked up in what is held, so no link
 * is followed. Paths come in an order in which one folder's stand together, so each is opened once.
 */
export class FolderTrail {
  readonly #start: Step;
  readonly #steps: Step[] = [];
  readonly #changed: (handle: FolderHandle) => void;
  readonly #unset: (handle: FolderHandle, error: unknown) => void;

  /**
   * @param changed called for each folder that something was changed in, when it is left; its mode and time are as before.
   * @param unset is told of one whose mode and time could not be given back: another user's, say. Without it that is thrown.
   */
  constructor(
    start: FolderHandle,
    changed: (handle: FolderHandle) => void,
    unset: (handle: FolderHandle, error: unknown) => void = (_handle, error) => {
      throw error;
    },
  ) {
    this.#start = { name: Buffer.alloc(0), handle: start, before: undefined };
    this.#changed = changed;
    this.#unset = unset;
  }

  /**
   * Removes something from the folder that these names lead to, or changes it otherwise, by a call that gets its address.
   *
   * @param makes folders that are missing are made, for their owner alone.
   * @returns false if the folder is not there.
   * @throws NotAFolder; the error of the system.
   */
  changeIn(names: readonly Buffer[], name: Buffer, change: (address: Buffer) => void, makes = false): boolean {
    const step = this.#goTo(names, makes);
    if (step === undefined) return false;
    step.before ??= step.handle.statsBefore();
    try {
      change(step.handle.child(name));
    } catch (error) {
      if (errorCode(error) !== 'EACCES') throw error;
      // A folder that its own mode closes: its owner may open it for as long as this takes.
      chmodSync(step.handle.address, Number(step.before.mode & 0o7777n) | OWNER_WRITES);
      change(step.handle.child(name));
    }
    return true;
  }

  /** How a thing in the folder that these names lead to is addressed; `undefined` if the folder is not there. @throws NotAFolder; the error of the system. */
  find(names: readonly Buffer[], name: Buffer): Buffer | undefined {
    return this.#goTo(names, false)?.handle.child(name);
  }

  close(): void {
    while (this.#steps.length > 0) this.#leave(this.#steps.pop());
    this.#leave(this.#start);
  }

  #goTo(names: readonly Buffer[], makes: boolean): Step | undefined {
    while (!this.#isOnTheWay(names)) this.#leave(this.#steps.pop());
    for (const name of names.slice(this.#steps.length)) {
      const above = this.#last;
      const seen = above.handle.enterIfThere(name);
      if (seen === undefined && !makes) return undefined;
      if (seen === undefined) above.before ??= above.handle.statsBefore();
      this.#steps.push({ name, handle: seen ?? above.handle.enter(name), before: undefined });
    }
    return this.#last;
  }

  get #last(): Step {
    return this.#steps.at(-1) ?? this.#start;
  }

  #isOnTheWay(names: readonly Buffer[]): boolean {
    return (
      this.#steps.length <= names.length && this.#steps.every(({ name }, index) => names[index]?.equals(name) === true)
    );
  }

  #leave(step: Step | undefined): void {
    if (step === undefined) return;
    const { handle, before } = step;
    try {
      if (before === undefined) {
        handle.closeAgain();
        return;
      }
      const seconds = secondsOf(before.mtimeNs);
      try {
        if (handle.stats().mode !== before.mode) chmodSync(handle.address, Number(before.mode & 0o7777n));
        utimesSync(handle.address, seconds, seconds);
      } catch (error) {
        this.#unset(handle, error);
      }
      this.#changed(handle);
    } finally {
      handle.close();
    }
  }
}
