import type { LeftOutReason, Problem } from '../../events/index.js';
import { inOrder } from '../../flow/in-order.js';
import { operationAborted, throwIfAborted } from '../../holdfast-error.js';
import type { FileEntry, SnapshotCounts } from '../../snapshot/index.js';
import type { LeftOutEntry, Walked, WalkedEntry } from '../../source/index.js';
import type { LeftJournal, StagingJournal } from '../../state/index.js';
import { type Slots, slots } from '../../target/slots.js';
import { addCounts } from '../entry-counts.js';
import type { Report } from '../report.js';
import type { BackupContents } from './backup-contents.js';
import { type PlannedEntry, planEntries } from './backup-entries.js';
import { BackupExports } from './backup-exports.js';
import { FileStore, type StoredFile } from './backup-file.js';
import { type BackupLane, eachLane } from './backup-lane.js';
import { lookIntoRest, type Outcome, type StoredOutcome } from './backup-outcome.js';
import { type BackupSource, missingProblem, notePlace } from './backup-sources.js';
import type { CarriedSources } from './carried-sources.js';
import { ContentTally } from './content-tally.js';
import { type EntryGroup, groupEntries, isSmallFile } from './entry-groups.js';
import { LateEntries } from './late-entries.js';
import { SmallFiles } from './small-files.js';
import { SourceTally } from './source-tally.js';
import { type KnownXattrs, noXattrs, SourceXattrs } from './source-xattrs.js';
import { tooLargeProblem } from './too-large.js';
import { versionRead } from './version-read.js';

/** What one running backup works with. */
export interface BackupRunContext {
  readonly sources: readonly BackupSource[];
  readonly lanes: readonly BackupLane[];
  readonly leaveOut: ReadonlySet<string>;
  /** Of the places left out, the one that is no target but the state folder. */
  readonly statePlace: string;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
  readonly rehash: boolean;
  /** Store extended attributes, too. */
  readonly xattrs: boolean;
  readonly startedAtMs: number;
  /** What killed backups of these sources have noted; empty where nothing is taken over. */
  readonly left: readonly LeftJournal[];
  /** Notes what is staged; none where no target would take it over from a killed backup. */
  readonly journal: StagingJournal | undefined;
  /** Looks into files; absent where none is to be looked into. */
  readonly contents: BackupContents | undefined;
  /** Sources that are taken over from the snapshot before; absent where there are none. */
  readonly carried: CarriedSources | undefined;
}

/** From so many small files on, a group pays for the way to a thread. */
const MANY_FILES = 16;

/** Takes every entry of every source to every lane: planned in order, stored side by side, written down in order. */
export class BackupRun {
  readonly #context: BackupRunContext;
  readonly #files: FileStore;
  readonly #tally: SourceTally;
  readonly #smallFiles: SmallFiles;
  readonly #exports: BackupExports | undefined;
  readonly #late: LateEntries;
  readonly #xattrs: SourceXattrs | undefined;
  readonly #concurrency: number;
  readonly #turns: Slots;
  /** A file up to this size fits every target. */
  readonly #anyTargetBytes: number;
  /** The last group that was noted, or is to be. */
  #noting: Promise<unknown> = Promise.resolve();
  readonly #counts = { files: 0, directories: 0, symlinks: 0, bytes: 0, skipped: 0, unstable: 0 };
  readFiles = 0;
  adoptedFiles = 0;
  readBytes = 0;
  readonly contents: ContentTally;

  constructor(context: BackupRunContext) {
    this.#context = context;
    this.#tally = new SourceTally(context.sources);
    this.#concurrency = Math.max(...context.lanes.map(({ target }) => target.capabilities.concurrency));
    this.#turns = slots(this.#concurrency);
    this.#anyTargetBytes = Math.min(...context.lanes.map(({ target }) => target.capabilities.maxObjectBytes));
    const options = { signal: context.signal };
    const { contents } = context;
    this.contents = new ContentTally(context.report);
    const settings = { rehash: context.rehash, nowMs: context.startedAtMs, contents };
    this.#files = new FileStore(context.lanes, context.report, options, settings);
    this.#smallFiles = new SmallFiles(context.lanes, options, this.#files, contents);
    this.#late = new LateEntries(context.lanes, options);
    const takenTops = context.carried?.tops ?? [];
    const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => this.#inTurn(work);
    const concurrency = this.#concurrency;
    this.#exports =
      contents &&
      new BackupExports({ ...context, contents, late: this.#late, takenTops, options, concurrency, inTurn });
    const isUnchanged = (planned: PlannedEntry): boolean => this.#files.isUnchanged(planned);
    this.#xattrs = context.xattrs ? new SourceXattrs(isUnchanged, context.report) : undefined;
  }

  /** How many things the rules have left out, by the reason; a folder counts as one. */
  get leftOut(): Partial<Record<LeftOutReason, number>> {
    return this.#tally.leftOut;
  }

  /** The same of one source, for its record. */
  leftOutOf(from: BackupSource): Readonly<Record<string, number>> {
    return this.#tally.leftOutOf(from);
  }

  get counts(): SnapshotCounts {
    const { exports = 0, exportBytes = 0 } = this.#exports?.counts ?? {};
    const read = exports === 0 ? this.#counts : { ...this.#counts, exports, exportBytes };
    return addCounts(read, this.#context.carried?.counts);
  }

  /** Was a source a folder with nothing in it? Known when everything is stored. */
  get hasEmptySource(): boolean {
    return this.#tally.hasEmptyFolder;
  }

  /** @throws the error of the last lane that lived; `ABORTED`. */
  async storeEverything(): Promise<void> {
    try {
      const { lanes, signal, carried } = this.#context;
      await carried?.store({ lanes, late: this.#late, signal, links: this.#files.links });
      await this.#storeAll();
      await this.#exports?.finish();
      await this.#late.finish();
    } finally {
      await this.#exports?.close();
      await this.#late.close();
    }
    for (const problem of this.#tally.emptySources()) this.#context.report.problem(problem);
  }

  async #storeAll(): Promise<void> {
    const { sources, lanes, leaveOut, left, contents } = this.#context;
    for (const { source } of sources) {
      if (source.type === 'missing') this.#skip(missingProblem(source));
    }
    const planned = planEntries(sources, lanes, leaveOut, (walked) => this.#tell(walked), left, contents);
    for await (const { outcomes, asked } of inOrder(groupEntries(planned), this.#concurrency, async (group) => {
      const answers = this.#xattrs?.ask(group) ?? noXattrs;
      return {
        outcomes: await this.#noted(lookIntoRest(this.#storeGroup(group), contents)),
        asked: answers,
      };
    })) {
      await asked.ready();
      for (const outcome of outcomes) {
        if ('problem' in outcome) {
          this.#skip(outcome.problem);
          continue;
        }
        const wait = this.#append(outcome, asked.of(outcome.planned));
        if (wait !== undefined) await wait;
        const { entry, file } = outcome;
        if (entry.type !== 'file' || file?.looked === undefined) continue;
        this.contents.take(entry, file.looked);
        await this.#exports?.take(outcome.planned, entry, file.looked);
      }
    }
  }

  /**
   * Notes what has been stored as soon as everything before it has: not only when its turn comes to be written down, so that a
   * kill costs as little as can be.
   */
  #noted(stored: Promise<readonly Outcome[]>): Promise<readonly Outcome[]> {
    const { startedAtMs } = this.#context;
    const noted = Promise.all([stored, this.#noting]).then(([outcomes]) =>
      outcomes.map((outcome) => {
        if ('problem' in outcome || outcome.entry.type !== 'file') return outcome;
        const read = versionRead(outcome.planned, outcome.entry, outcome.file, startedAtMs);
        if (read !== undefined) this.#context.journal?.note(outcome.planned.from.id, read);
        return { ...outcome, read };
      }),
    );
    this.#noting = noted.catch(() => undefined);
    return noted;
  }

  /** Small files many at a time where there are many, and everything else one by one. */
  async #storeGroup(group: EntryGroup): Promise<readonly Outcome[]> {
    throwIfAborted(this.#context.signal);
    const small = new Set(group.filter((planned) => isSmallFile(planned) && this.#tooLarge(planned) === undefined));
    if (small.size < MANY_FILES) return Promise.all(group.map((planned) => this.#storeInTurn(planned)));
    const [files, others] = await Promise.all([
      this.#inTurn(() => this.#smallFiles.store([...small])),
      Promise.all(group.map((planned) => (small.has(planned) ? undefined : this.#storeInTurn(planned)))),
    ]);
    let position = 0;
    return group.map((planned, index) => {
      const other = others[index];
      if (other !== undefined) return other;
      const file = files[position++] as StoredFile | Problem;
      return 'entry' in file ? { planned, entry: file.entry, file } : { planned, problem: file };
    });
  }

  #tooLarge({ walked }: PlannedEntry): Problem | undefined {
    if (walked.stats.size <= this.#anyTargetBytes) return undefined;
    const living = this.#context.lanes.filter(({ alive }) => alive).map(({ target }) => target);
    return tooLargeProblem(walked, living);
  }

  #storeInTurn(planned: PlannedEntry): Promise<Outcome> {
    return this.#inTurn(() => this.#store(planned));
  }

  /** Entries of a group go side by side, and groups too; all together no more than the fastest target takes. */
  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const { signal } = this.#context;
    return this.#turns.use(work, signal, () => operationAborted(signal?.reason));
  }

  async #store(planned: PlannedEntry): Promise<Outcome> {
    const { signal, lanes } = this.#context;
    throwIfAborted(signal);
    const { walked } = planned;
    if (walked.type === 'file') {
      const problem = this.#tooLarge(planned);
      if (problem !== undefined) return { planned, problem };
      const file = await this.#files.store(planned);
      return 'entry' in file ? { planned, entry: file.entry, file } : { planned, problem: file };
    }
    const entry = planned.draft;
    await eachLane(lanes, signal, async ({ writer }, index) => {
      const key = planned.keys[index];
      if (key !== undefined) await writer.decorate(key, entry, { signal });
    });
    return { planned, entry };
  }

  /** Gives a promise where something has to be waited for. */
  #append(
    { planned, entry: stored, file, read }: StoredOutcome,
    { xattrs, digest }: KnownXattrs,
  ): Promise<unknown> | undefined {
    const { lanes, report } = this.#context;
    const known = xattrs === undefined ? stored : { ...stored, xattrs };
    const entry = file?.looked === undefined ? known : { ...known, content: file.looked.content };
    const waits: (Promise<unknown> | undefined)[] = [];
    this.#tally.meet(planned.from);
    lanes.forEach((lane, index) => {
      if (lane.alive) waits.push(lane.writer.append(entry, planned.keys[index], planned.parents[index]));
    });
    if (entry.type === 'directory') this.#counts.directories += 1;
    if (entry.type === 'symlink') this.#counts.symlinks += 1;
    if (entry.type === 'file') {
      this.#count(entry, file);
      // For the next backup.
      if (read !== undefined) waits.push(planned.from.versions.remember({ ...read, xattrs: digest }));
      report.file(actionOf(file), entry.path, entry.sizeBytes);
      report.advance(1, file?.reading === undefined ? entry.sizeBytes : 0, entry.path);
    }
    return waits.some((wait) => wait !== undefined) ? Promise.all(waits) : undefined;
  }

  #count(entry: FileEntry, file: StoredFile | undefined): void {
    this.#counts.files += 1;
    this.#counts.bytes += entry.sizeBytes;
    if (file?.adopted !== undefined) this.adoptedFiles += 1;
    if (file?.reading !== undefined) {
      this.readFiles += 1;
      this.readBytes += entry.sizeBytes;
    }
    if (entry.stable) return;
    this.#counts.unstable += 1;
    this.#context.report.problem({
      code: 'CHANGED',
      path: entry.path,
      message: 'it changed while it was read, twice; stored as it was read',
    });
  }

  #tell(walked: Exclude<Walked, WalkedEntry>): void {
    if (walked.leftOut !== undefined) notePlace(walked.leftOut, this.#context.statePlace, this.#context.report);
    if (walked.byRule !== undefined) this.#leaveOut(walked.byRule);
    if (walked.doubt !== undefined) this.#context.report.problem(walked.doubt);
    if (walked.problem !== undefined) this.#skip(walked.problem);
  }

  #leaveOut(entry: LeftOutEntry): void {
    this.#tally.leaveOut(entry);
    this.#context.report.leftOut(entry);
  }

  #skip(problem: Problem): void {
    this.#counts.skipped += 1;
    this.#tally.skip(problem.path);
    this.#context.report.problem(problem);
  }
}

/** What has become of a file. */
function actionOf(file: StoredFile | undefined): 'stored' | 'adopted' | 'shared' {
  if (file?.adopted !== undefined) return 'adopted';
  return file?.reading === undefined ? 'shared' : 'stored';
}
