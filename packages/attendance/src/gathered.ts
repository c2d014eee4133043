import type { HoldfastEvent } from '@holdfast/core';
import { type AttendanceEvent, eventOf, type FileAction, type Reporter } from './events.js';
import { type CommonResult, type FileList, MAX_LISTED, type Skipped } from './results.js';

/** Files counted while they come. */
interface GrowingList {
  count: number;
  sizeBytes: number;
  readonly paths: string[];
}

/** So much of what went wrong a result names. */
const MAX_SKIPPED = 1000;

/** Gathers what one call has done, and tells it to the reporter as it happens. */
export class Gathered {
  readonly #reporter: Reporter | undefined;
  readonly #lists = new Map<FileAction, GrowingList>();
  readonly #skipped: Skipped[] = [];
  readonly #notes: string[] = [];
  #skippedCount = 0;
  readonly suspect: string[] = [];

  constructor(reporter: Reporter | undefined) {
    this.#reporter = reporter;
  }

  /** For the engine. */
  readonly onEvent = (event: HoldfastEvent): void => {
    const told = eventOf(event);
    if (told !== undefined) this.tell(told);
  };

  /** Something that the engine does not know of. */
  tell(event: AttendanceEvent): void {
    if (event.type === 'file') this.#count(event);
    if (event.type === 'skipped') this.#skip(event);
    if (event.type === 'note' && this.#notes.length < MAX_SKIPPED) this.#notes.push(event.message);
    this.#reporter?.(event);
  }

  get skippedCount(): number {
    return this.#skippedCount;
  }

  /** The files of these actions. */
  files(...actions: readonly FileAction[]): FileList {
    const lists = actions.flatMap((action) => this.#lists.get(action) ?? []);
    return {
      count: lists.reduce((sum, { count }) => sum + count, 0),
      sizeBytes: lists.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      paths: lists
        .flatMap(({ paths }) => paths)
        .sort()
        .slice(0, MAX_LISTED),
    };
  }

  /** Tells how it ended. */
  ended(status: string, message: string): CommonResult {
    this.tell({ type: 'done', status, message });
    return { message, skippedCount: this.#skippedCount, skipped: this.#skipped, notes: this.#notes };
  }

  #count({ action, path, sizeBytes }: Extract<AttendanceEvent, { type: 'file' }>): void {
    const list = this.#lists.get(action) ?? { count: 0, sizeBytes: 0, paths: [] };
    this.#lists.set(action, list);
    list.count += 1;
    list.sizeBytes += sizeBytes;
    if (list.paths.length < MAX_LISTED) list.paths.push(path);
  }

  #skip({ code, path, message }: Skipped): void {
    this.#skippedCount += 1;
    if (this.#skipped.length < MAX_SKIPPED) this.#skipped.push({ code, path, message });
    if (code === 'SUSPECT' && this.suspect.length < MAX_SKIPPED) this.suspect.push(path);
  }
}
