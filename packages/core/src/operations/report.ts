import type { EventListener, HoldfastEvent, Note, OperationName, Problem, Progress } from '../events/index.js';
import { displayName } from '../snapshot/index.js';
import { MAX_KEPT_PROBLEMS, type OperationOptions, type Trouble } from './options.js';

type ItemEvent = Extract<HoldfastEvent, { type: 'item' }>;

/** Counts and tells what happens in one operation. */
export class Report {
  readonly #operation: OperationName;
  readonly #listener: EventListener | undefined;
  readonly #problems: Problem[] = [];
  readonly notes: Note[] = [];
  #problemCount = 0;
  #files = 0;
  #bytes = 0;
  #totals: Pick<Progress, 'totalFiles' | 'totalBytes'> = {};

  constructor(operation: OperationName, options: OperationOptions) {
    this.#operation = operation;
    this.#listener = options.onEvent;
  }

  emit(event: HoldfastEvent): void {
    this.#listener?.(event);
  }

  problem(problem: Problem): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_KEPT_PROBLEMS) this.#problems.push(problem);
    this.emit({ type: 'problem', operation: this.#operation, problem });
  }

  note(code: Note['code'], message: string): void {
    const note = { code, message };
    this.notes.push(note);
    this.emit({ type: 'note', operation: this.#operation, note });
  }

  /** Something to know of one file. Of so many as there may be all are told, and the first ones kept. */
  noteFile(code: Note['code'], path: string, message: string): void {
    const note = { code, message: `${displayName(path)}: ${message}` };
    if (this.notes.length < MAX_KEPT_PROBLEMS) this.notes.push(note);
    this.emit({ type: 'note', operation: this.#operation, note });
  }

  /** The rules leave something out. */
  leftOut(entry: Omit<Extract<HoldfastEvent, { type: 'leftOut' }>, 'type' | 'operation'>): void {
    this.emit({ type: 'leftOut', operation: this.#operation, ...entry });
  }

  started(target: string, snapshotId?: string, dryRun = false): void {
    this.emit({
      type: 'started',
      operation: this.#operation,
      target,
      ...(snapshotId === undefined ? {} : { snapshotId }),
      ...(dryRun ? { dryRun } : {}),
    });
  }

  /** A file is done. */
  file(
    action: Extract<HoldfastEvent, { type: 'file' }>['action'],
    path: string,
    sizeBytes: number,
    target?: string,
  ): void {
    this.emit({
      type: 'file',
      operation: this.#operation,
      path,
      sizeBytes,
      action,
      ...(target === undefined ? {} : { target }),
    });
  }

  /** A folder or a link is done. */
  item(action: ItemEvent['action'], entryType: ItemEvent['entryType'], path: string): void {
    this.emit({ type: 'item', operation: this.#operation, path, entryType, action });
  }

  /** Bytes and files have passed. */
  advance(files: number, bytes: number, path?: string): void {
    this.#files += files;
    this.#bytes += bytes;
    const progress = { files: this.#files, bytes: this.#bytes, ...this.#totals };
    this.emit({ type: 'progress', operation: this.#operation, progress, ...(path === undefined ? {} : { path }) });
  }

  totals(totalFiles: number, totalBytes: number): void {
    this.#totals = { totalFiles, totalBytes };
  }

  get trouble(): Trouble {
    return { problemCount: this.#problemCount, problems: this.#problems };
  }
}
