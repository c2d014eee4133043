import { ExportPlaces, type SpooledExport } from '../../content/index.js';
import { Spool } from '../../flow/spool.js';
import { throwIfAborted } from '../../holdfast-error.js';
import { readProven } from '../../plain/index.js';
import { type DirectoryEntry, type FileEntry, MAX_PART_NAME } from '../../snapshot/index.js';
import type { CallOptions, ObjectSource } from '../../target/index.js';
import type { Report } from '../report.js';
import type { BackupContents, FileExports, LookedContent } from './backup-contents.js';
import type { PlannedEntry } from './backup-entries.js';
import { type BackupLane, eachLane } from './backup-lane.js';
import type { BackupSource } from './backup-sources.js';
import { FileOnLanes } from './file-on-lanes.js';
import type { LateEntries } from './late-entries.js';

/** One export on its way to every target. */
interface Task {
  readonly entry: FileEntry;
  readonly place: FileOnLanes;
  readonly keys: readonly string[];
  readonly parents: readonly (FileEntry | undefined)[];
  /** The bytes, where they were made now. */
  readonly source: ObjectSource | undefined;
  readonly planned: PlannedEntry;
  readonly file: FileEntry;
}

export interface BackupExportsContext {
  readonly lanes: readonly BackupLane[];
  readonly sources: readonly BackupSource[];
  readonly contents: BackupContents;
  readonly late: LateEntries;
  /** What stands at the snapshot's top beside the sources. */
  readonly takenTops: readonly string[];
  readonly report: Report;
  readonly options: CallOptions;
  /** Of the new folders. */
  readonly startedAtMs: number;
  readonly concurrency: number;
  /** Waits for a place among all that is stored at once. */
  readonly inTurn: <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
}

/**
 * Stores the exports of a backup. Their names come before those of the files that they are made of, so
 * they can only be put in their order at the end.
 */
export class BackupExports {
  readonly counts = { exports: 0, exportBytes: 0 };
  readonly #context: BackupExportsContext;
  readonly #places: ExportPlaces;
  readonly #folders = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #fault: { readonly error: unknown } | undefined;

  constructor(context: BackupExportsContext) {
    this.#context = context;
    const tops = context.sources.map(({ source }) => source.entryPath.split('/')[0] ?? '');
    this.#places = new ExportPlaces([...tops, ...context.takenTops]);
  }

  /** The next file that was looked into, in the order of the manifest, whether it was exported or not. Resolves when there is room for more. */
  async take(planned: PlannedEntry, file: FileEntry, looked: LookedContent): Promise<void> {
    if ((planned.look?.formats.length ?? 0) === 0) return;
    const place = this.#places.place(exportingFile(planned, file));
    const { exports } = looked;
    if (exports === undefined) return;
    const tasks = partsOf(exports).map(({ part, known, source }) => {
      const path = place.pathOf(part);
      const isThis = (before: FileEntry): boolean => before.part?.index === part.index;
      const candidates = (planned.look?.parentExports ?? []).map((entries) => entries.find(isThis));
      return this.#task(
        planned,
        file,
        { path, part, sha256: known.sha256, sizeBytes: known.sizeBytes, source },
        candidates,
      );
    });
    for (const { path, exportOf } of place.folders) await this.#makeFolder(path, exportOf, file);
    const storing = this.#storeAll(tasks, exports);
    this.#running.add(storing);
    void storing.finally(() => this.#running.delete(storing));
    if (this.#running.size >= this.#context.concurrency) await Promise.race(this.#running);
    this.#throwFault();
  }

  /** Waits for what is still on its way. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
    this.#throwFault();
  }

  /** Ends it, also in the middle. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Stores the exports of one file. What goes wrong is thrown when the next one comes, or at the end. */
  async #storeAll(tasks: readonly Task[], exports: FileExports): Promise<void> {
    const { inTurn, contents } = this.#context;
    for (const result of await Promise.allSettled(tasks.map((task) => inTurn(() => this.#store(task)))))
      if (result.status === 'rejected') this.#fault ??= { error: result.reason };
    await contents.release(exports);
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  #task(
    planned: PlannedEntry,
    file: FileEntry,
    made: Pick<FileEntry, 'path' | 'sha256' | 'sizeBytes'> & {
      readonly part: SpooledExport['part'];
      readonly source: ObjectSource | undefined;
    },
    parents: readonly (FileEntry | undefined)[],
  ): Task {
    const { path, part, sha256, sizeBytes, source } = made;
    // Half of a character at its end is none.
    const name = Buffer.from(part.name.slice(0, MAX_PART_NAME)).toString('utf8');
    const entry: FileEntry = {
      ...ownerOf(file),
      path,
      type: 'file',
      // Whoever may not read the file may not read what is in it.
      mode: modeWithin(file.mode, 0o666),
      mtimeNs: file.mtimeNs,
      sizeBytes,
      sha256,
      stable: true,
      exportOf: file.path,
      part: { index: part.index, name },
    };
    const keys = this.#context.lanes.map(({ writer }) => writer.planExport(entry) ?? path);
    const place = new FileOnLanes(this.#context.lanes, { keys, parents }, this.#context.options, false);
    return { entry, place, keys, parents, source, planned, file };
  }

  async #store(task: Task): Promise<void> {
    const { entry, place, keys, parents, source } = task;
    throwIfAborted(this.#context.options.signal);
    if (source !== undefined) await place.shareOrPut(entry, source);
    else if (!(await place.share(entry))) await this.#putAgain(task);
    place.settle(entry);
    await this.#context.late.keep(entry, keys, parents);
    this.counts.exports += 1;
    this.counts.exportBytes += entry.sizeBytes;
    this.#context.report.file('exported', entry.path, entry.sizeBytes);
  }

  /** A target has not got an export that another one's parent has: it is read there, or made anew. */
  async #putAgain(task: Task): Promise<void> {
    const { entry, place, parents, planned, file } = task;
    const { lanes, contents, options } = this.#context;
    for (const [index, parent] of parents.entries()) {
      const lane = lanes[index];
      if (parent?.sha256 !== entry.sha256 || lane?.parent === undefined) continue;
      const spool = await readProven(lane.target, lane.parent.keyOf(parent), entry, options).catch(() => undefined);
      if (!(spool instanceof Spool)) continue;
      try {
        return await place.shareOrPut(entry, spool.source);
      } finally {
        await spool.close();
      }
    }
    const looked = await contents.look(planned, file, undefined, true);
    const made = looked?.exports !== undefined && 'made' in looked.exports ? looked.exports.made : [];
    const again = made.find(({ part, sha256 }) => part.index === entry.part?.index && sha256 === entry.sha256);
    if (again === undefined)
      throw new Error(`${entry.path} is gone from the previous snapshot, and cannot be made anew`);
    await place.shareOrPut(entry, again.source);
    await contents.release(looked?.exports);
  }

  async #makeFolder(path: string, exportOf: string, file: FileEntry): Promise<void> {
    if (this.#folders.has(path)) return;
    this.#folders.add(path);
    const mtimeNs = String(BigInt(Math.trunc(this.#context.startedAtMs)) * 1_000_000n);
    const entry: DirectoryEntry = { ...ownerOf(file), path, type: 'directory', mode: '0755', mtimeNs, exportOf };
    const keys = this.#context.lanes.map(({ writer }) => writer.planExport(entry));
    await eachLane(this.#context.lanes, this.#context.options.signal, async ({ writer }, index) => {
      const key = keys[index];
      if (key !== undefined) await writer.decorate(key, entry, this.#context.options);
    });
    await this.#context.late.keep(entry, keys, []);
  }
}

interface KnownPart {
  readonly part: SpooledExport['part'];
  readonly known: Pick<FileEntry, 'sha256' | 'sizeBytes'>;
  readonly source: ObjectSource | undefined;
}

function partsOf(exports: FileExports): readonly KnownPart[] {
  if ('made' in exports) {
    return exports.made.map(({ part, sha256, source }) => {
      return { part, known: { sha256, sizeBytes: source.sizeBytes }, source };
    });
  }
  return exports.carried.map((entry) => {
    const { index = 0, name = '' } = entry.part ?? {};
    const extension = entry.path.slice(entry.path.lastIndexOf('.') + 1);
    return { part: { index, name, extension }, known: entry, source: undefined };
  });
}

function exportingFile({ from: { source } }: PlannedEntry, { path }: FileEntry) {
  const top = source.type === 'directory' ? source.entryPath : (source.madeFolder ?? '');
  return { sourceName: source.name, names: path.slice(top === '' ? 0 : top.length + 1).split('/') };
}

function ownerOf({ uid, gid }: FileEntry): Pick<FileEntry, 'uid' | 'gid'> {
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function modeWithin(mode: string, within: number): string {
  return (Number.parseInt(mode, 8) & within).toString(8).padStart(4, '0');
}
