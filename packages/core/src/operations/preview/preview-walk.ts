import type { LeftOutReason, Problem } from '../../events/index.js';
import { SortedCursor } from '../../flow/sorted-cursor.js';
import { throwIfAborted } from '../../holdfast-error.js';
import type { Entry, FileEntry, SnapshotCounts } from '../../snapshot/index.js';
import { type LeftOutEntry, type Walked, type WalkedEntry, walkSource } from '../../source/index.js';
import type { FileVersion } from '../../state/index.js';
import { draftEntry } from '../backup/backup-entries.js';
import { type BackupSource, missingProblem, notePlace, realPlace } from '../backup/backup-sources.js';
import { SourceTally } from '../backup/source-tally.js';
import { tooLargeProblem } from '../backup/too-large.js';
import type { Report } from '../report.js';
import { type FileChange, FileForecasts } from './preview-files.js';
import type { PreviewTarget } from './preview-target.js';

/** Something that a backup would take, or leave out by its rules. */
export type PreviewItem =
  | {
      readonly type: 'planned';
      readonly path: string;
      readonly entryType: Entry['type'];
      /** Of a file: its size, how it stands to the last snapshot, and whether it would be read. */
      readonly sizeBytes?: number;
      readonly change?: FileChange;
      readonly isRead?: boolean;
    }
  | ({ readonly type: 'leftOut' } & LeftOutEntry);

/** What a preview has counted. */
export interface PreviewCounts {
  readonly counts: SnapshotCounts;
  readonly changes: Readonly<Record<FileChange, number>>;
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
  readonly readFiles: number;
  readonly readBytes: number;
}

/** What a preview goes over, and whom it tells. */
export interface PreviewContext {
  readonly stateDirectory: string;
  readonly rehash?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onItem?: ((item: PreviewItem) => Promise<void> | void) | undefined;
  readonly isOver?: (() => boolean) | undefined;
  readonly sources: readonly BackupSource[];
  readonly targets: readonly PreviewTarget[];
  readonly leaveOut: ReadonlySet<string>;
  readonly report: Report;
  readonly nowMs: number;
}

/** Goes over the sources as a backup does, one entry at a time. */
export class PreviewWalk {
  readonly #context: PreviewContext;
  readonly #forecasts: FileForecasts;
  readonly #tally: SourceTally;
  readonly #counts = { files: 0, directories: 0, symlinks: 0, bytes: 0, skipped: 0, unstable: 0 };
  readonly #changes: Record<FileChange, number> = { new: 0, changed: 0, unchanged: 0 };
  #readFiles = 0;
  #readBytes = 0;

  constructor(context: PreviewContext) {
    this.#context = context;
    this.#tally = new SourceTally(context.sources);
    const copies = context.targets.map(({ target }) => target.capabilities.copy);
    this.#forecasts = new FileForecasts({ rehash: context.rehash === true, nowMs: context.nowMs, copies });
  }

  get summary(): PreviewCounts {
    return {
      counts: this.#counts,
      changes: this.#changes,
      leftOut: this.#tally.leftOut,
      readFiles: this.#readFiles,
      readBytes: this.#readBytes,
    };
  }

  async all(): Promise<void> {
    const { sources, leaveOut, report, signal, isOver } = this.#context;
    for (const from of sources) {
      if (from.source.type === 'missing') {
        this.#skip(missingProblem(from.source));
        continue;
      }
      const versions = new SortedCursor(from.versions.read(), ({ pathBytes }) => pathBytes);
      try {
        for (const walked of walkSource(from.source, leaveOut)) {
          throwIfAborted(signal);
          if (isOver?.() === true) return;
          if ('pathBytes' in walked) await this.#take(from, walked, versions);
          else await this.#tell(walked);
        }
      } finally {
        await versions.close();
      }
    }
    for (const problem of this.#tally.emptySources()) report.problem(problem);
  }

  async #take(from: BackupSource, walked: WalkedEntry, versions: SortedCursor<FileVersion>): Promise<void> {
    const { targets, report } = this.#context;
    const draft = draftEntry(walked);
    if (draft.type !== 'file') {
      this.#tally.meet(from);
      this.#counts[draft.type === 'directory' ? 'directories' : 'symlinks'] += 1;
      await this.#show({ type: 'planned', path: draft.path, entryType: draft.type });
      return;
    }
    const parents: (FileEntry | undefined)[] = [];
    for (const { parent } of targets) parents.push(await parent?.file(walked.pathBytes));
    const version = await versions.find(walked.pathBytes);
    const problem = tooLargeProblem(
      walked,
      targets.map(({ target }) => target),
    );
    const forecast = problem ?? this.#forecasts.of({ walked, draft, version, parents });
    if ('code' in forecast) return this.#skip(forecast);
    const { path, sizeBytes } = draft;
    const { change, isRead, shares } = forecast;
    this.#tally.meet(from);
    this.#counts.files += 1;
    this.#counts.bytes += sizeBytes;
    this.#changes[change] += 1;
    if (isRead) {
      this.#readFiles += 1;
      this.#readBytes += sizeBytes;
    }
    for (const [index, target] of targets.entries()) target.take(sizeBytes, shares[index] === true);
    report.advance(1, sizeBytes, path);
    await this.#show({ type: 'planned', path, entryType: 'file', sizeBytes, change, isRead });
  }

  async #tell(walked: Exclude<Walked, WalkedEntry>): Promise<void> {
    const { report, stateDirectory } = this.#context;
    if (walked.leftOut !== undefined) notePlace(walked.leftOut, realPlace(stateDirectory), report);
    if (walked.doubt !== undefined) report.problem(walked.doubt);
    if (walked.problem !== undefined) this.#skip(walked.problem);
    if (walked.byRule === undefined) return;
    this.#tally.leaveOut(walked.byRule);
    await this.#show({ type: 'leftOut', ...walked.byRule });
  }

  async #show(item: PreviewItem): Promise<void> {
    await this.#context.onItem?.(item);
  }

  #skip(problem: Problem): void {
    this.#counts.skipped += 1;
    this.#tally.skip(problem.path);
    this.#context.report.problem(problem);
  }
}
