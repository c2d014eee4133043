import {
  askInspector,
  type ContentHolder,
  ExportSpool,
  entryContentOf,
  formatsOf,
  type HeldContent,
  holdContent,
  inspectorFault,
  type SpooledExport,
  shortText,
  TooManyExports,
} from '../../content/index.js';
import { operationAborted, throwIfAborted } from '../../holdfast-error.js';
import {
  type ContentInspector,
  DEFAULT_INSPECT_LIMITS,
  type ExportOptions,
  faulty,
  type Inspection,
  type InspectLimits,
  inspectorFor,
} from '../../inspect/index.js';
import type { ContentExports, EntryContent, FileEntry } from '../../snapshot/index.js';
import { reasonOf, SourceFile } from '../../source/index.js';
import { type CallOptions, isTargetError } from '../../target/index.js';
import { type Slots, slots } from '../../target/slots.js';
import { isInspection, recordedContent } from '../contents/inspect-content.js';
import type { Report } from '../report.js';
import type { PlannedEntry } from './backup-entries.js';
import type { BackupLane } from './backup-lane.js';
import type { BackupSource } from './backup-sources.js';

/** A file that is to be looked into. */
export interface PlannedLook {
  readonly inspector: ContentInspector;
  /** What it is to be exported as; empty where only its facts are wanted, or it has no exports. */
  readonly formats: readonly string[];
  /** For each lane the exports that its parent has of the file. */
  readonly parentExports: readonly (readonly FileEntry[])[];
}

/** The exports of a file: made now, or those of a parent, which still hold. */
export type FileExports =
  | { readonly spool: ExportSpool; readonly made: readonly SpooledExport[] }
  | { readonly carried: readonly FileEntry[] };

/** What has come of a look. */
export interface LookedContent {
  readonly content: EntryContent;
  /** It was said of the same bytes in a parent. */
  readonly isCarried: boolean;
  /** Other bytes were sound in a parent, and these are broken. */
  readonly isSuspect: boolean;
  /** Absent where there are none. */
  readonly exports?: FileExports | undefined;
}

/** The bytes of a file as they went to the targets, where they are at hand. */
export type BytesAtHand = ContentHolder | { readonly bytes: Uint8Array };

export interface BackupContentsSettings {
  readonly inspectors: readonly ContentInspector[];
  readonly limits?: InspectLimits | undefined;
  /** Exports without the guard against formulas. */
  readonly raw: boolean;
}

/** A look may take a thread with a heap of its own. */
const LOOKS_AT_ONCE = 2;
/** An inspector that is late so many times one after the other is not asked any more. */
const MAX_LATE = 3;

/**
 * Looks into the files of a backup. What is looked into are the bytes that are stored, and no others: those at hand, or those of a further reading or of a
 * parent's copy that have the same hash. What was said of the same bytes before, by the same inspector, is said again.
 */
export class BackupContents {
  readonly #settings: BackupContentsSettings;
  readonly #inspectors: readonly ContentInspector[];
  readonly #lanes: readonly BackupLane[];
  readonly #report: Report;
  readonly #options: CallOptions;
  readonly #turns: Slots = slots(LOOKS_AT_ONCE);
  readonly #spools = new Set<ExportSpool>();
  /** By the kind of the inspector: how many times running it was late. */
  readonly #late = new Map<string, number>();

  constructor(settings: BackupContentsSettings, lanes: readonly BackupLane[], report: Report, options: CallOptions) {
    this.#settings = settings;
    this.#inspectors = settings.inspectors.filter((inspector) => {
      const fault = inspectorFault(inspector);
      if (fault !== undefined) report.note('INSPECTOR_STOPPED', `an inspector is not asked: ${fault}`);
      return fault === undefined;
    });
    this.#lanes = lanes;
    this.#report = report;
    this.#options = options;
  }

  /** Is a file of this source and path to be looked into, by whom, and what is it to be exported as? */
  lookAt({ source }: BackupSource, path: string): Omit<PlannedLook, 'parentExports'> | undefined {
    if (source.exports === undefined) return undefined;
    const inspector = inspectorFor(this.#inspectors, path);
    if (inspector === undefined) return undefined;
    const { exports } = source;
    return { inspector, formats: formatsOf(inspector).filter((format) => exports.includes(format)) };
  }

  /**
   * Looks into a file that has been stored.
   *
   * @param anew also where a parent knows what is in it.
   */
  async look(
    planned: PlannedEntry,
    entry: FileEntry,
    atHand: BytesAtHand | undefined,
    anew = false,
  ): Promise<LookedContent | undefined> {
    const { look } = planned;
    if (look === undefined) return undefined;
    const carried = anew ? undefined : this.#carried(planned, look, entry);
    if (carried !== undefined) return carried;
    const { signal } = this.#options;
    const { content, exports } = await this.#turns.use(
      () => this.#lookInto(planned, look, entry, atHand),
      signal,
      () => operationAborted(signal?.reason),
    );
    const wasSound = planned.parents.some((parent) => parent?.content?.status === 'sound');
    const isSame = planned.parents.some((parent) => parent?.sha256 === entry.sha256);
    return { content, exports, isCarried: false, isSuspect: content.status === 'broken' && wasSound && !isSame };
  }

  /** The exports have been stored, or are not wanted. */
  async release(exports: FileExports | undefined): Promise<void> {
    if (exports === undefined || !('spool' in exports)) return;
    this.#spools.delete(exports.spool);
    await exports.spool.close();
  }

  /** Frees what is still held. */
  async close(): Promise<void> {
    for (const spool of this.#spools) await spool.close();
    this.#spools.clear();
  }

  /** What a parent says of the same bytes, if it would be said again. */
  #carried({ parents }: PlannedEntry, look: PlannedLook, entry: FileEntry): LookedContent | undefined {
    for (const [index, parent] of parents.entries()) {
      if (parent === undefined || parent.sha256 !== entry.sha256) continue;
      const content = recordedContent(parent, look.inspector);
      if (content === undefined || !this.#isAskedFor(look, content.exports)) continue;
      const parts = content.exports?.parts ?? 0;
      const known = look.parentExports[index] ?? [];
      if (parts !== 0 && parts !== known.length) continue;
      const exports = parts === 0 ? undefined : { carried: known };
      return { content, exports, isCarried: true, isSuspect: false };
    }
    return undefined;
  }

  #isAskedFor({ formats }: PlannedLook, exports: ContentExports | undefined): boolean {
    if (formats.length === 0) return exports === undefined;
    const isRaw = exports?.raw === true;
    return exports?.formats.join() === formats.join() && isRaw === this.#settings.raw;
  }

  async #lookInto(
    planned: PlannedEntry,
    look: PlannedLook,
    entry: FileEntry,
    atHand: BytesAtHand | undefined,
  ): Promise<{ content: EntryContent; exports?: FileExports }> {
    const { inspector, formats } = look;
    const asked = formats.length === 0 ? undefined : this.#exportsOf(formats, 0);
    if ((this.#late.get(inspector.kind) ?? 0) >= MAX_LATE)
      return { content: entryContentOf(inspector, faulty('FAILED', 'its inspector is not asked any more'), asked) };
    const held = await this.#hold(planned, entry, atHand);
    if (isInspection(held)) return { content: entryContentOf(inspector, held, asked) };
    try {
      if (asked === undefined) return { content: entryContentOf(inspector, await this.#ask(inspector, held)) };
      return await this.#askWithExports(look, held, entry.path);
    } finally {
      await held.close();
    }
  }

  async #askWithExports(
    { inspector, formats }: PlannedLook,
    held: HeldContent,
    path: string,
  ): Promise<{ content: EntryContent; exports?: FileExports }> {
    const { limits = DEFAULT_INSPECT_LIMITS, raw } = this.#settings;
    const spool = new ExportSpool(limits.maxInflatedBytes);
    this.#spools.add(spool);
    const answer = await this.#ask(inspector, held, { sink: spool.sink(formats), raw });
    try {
      const made = spool.finish();
      const content = entryContentOf(inspector, answer, this.#exportsOf(formats, made.length));
      if (content.status === 'sound' && made.length > 0) return { content, exports: { spool, made } };
      // Of what is not sound half of it may be missing without a sign.
      await this.release({ spool, made });
      return { content: { ...content, exports: this.#exportsOf(formats, 0) } };
    } catch (error) {
      await this.release({ spool, made: [] });
      throwIfAborted(this.#options.signal);
      this.#report.noteFile('NOT_EXPORTED', path, `it is not exported: ${shortText(reasonOf(error))}`);
      // What is in it may be known all the same. Whatever else than the file was in the way may not be, the next time.
      const asked = error instanceof TooManyExports ? this.#exportsOf(formats, 0) : undefined;
      return { content: entryContentOf(inspector, await this.#ask(inspector, held), asked) };
    }
  }

  #exportsOf(formats: readonly string[], parts: number): ContentExports {
    return { formats, ...(this.#settings.raw ? { raw: true } : {}), parts };
  }

  async #ask(inspector: ContentInspector, { file }: HeldContent, exports?: ExportOptions): Promise<Inspection> {
    const { limits } = this.#settings;
    const answer = await askInspector({ ...this.#options, limits }, (within) =>
      inspector.inspect(file, { ...within, exports }),
    );
    const isLate = answer.status === 'opaque' && answer.fault.code === 'TIMEOUT';
    const late = isLate ? (this.#late.get(inspector.kind) ?? 0) + 1 : 0;
    this.#late.set(inspector.kind, late);
    if (late === MAX_LATE) {
      this.#report.note(
        'INSPECTOR_STOPPED',
        `no more files are looked into by "${inspector.kind}": ${late} of them took too long, one after the other`,
      );
    }
    return answer;
  }

  /** The bytes that were stored. */
  async #hold(
    planned: PlannedEntry,
    entry: FileEntry,
    atHand: BytesAtHand | undefined,
  ): Promise<HeldContent | Inspection> {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    const { sizeBytes, sha256 } = entry;
    if (atHand !== undefined && 'bytes' in atHand)
      return { file: { name, sizeBytes, content: atHand }, sha256, close: async () => undefined };
    if (atHand?.sha256 === sha256) {
      const held = await this.#ifTheSame(entry, () => atHand.hold(name));
      if (held !== undefined) return held;
    }
    return (
      (await this.#ifTheSame(entry, () => holdLive(name, planned, this.#options))) ??
      (await this.#holdParents(name, planned, entry)) ??
      faulty('FAILED', 'its bytes could not be had once more: it has changed, or there is no room to hold them')
    );
  }

  /** `undefined` where these are other bytes, or cannot be had. */
  async #ifTheSame({ sha256 }: FileEntry, hold: () => Promise<HeldContent>): Promise<HeldContent | undefined> {
    try {
      const held = await hold();
      if (held.sha256 === sha256) return held;
      await held.close();
    } catch (error) {
      throwIfAborted(this.#options.signal);
      if (!isTargetError(error) && !(error instanceof Error && 'code' in error)) throw error;
    }
    return undefined;
  }

  async #holdParents(name: string, { parents }: PlannedEntry, entry: FileEntry): Promise<HeldContent | undefined> {
    for (const [index, parent] of parents.entries()) {
      const lane = this.#lanes[index];
      if (parent?.sha256 !== entry.sha256 || lane?.parent === undefined || !lane.alive) continue;
      const key = lane.parent.keyOf(parent);
      const held = await this.#ifTheSame(entry, () => holdContent(name, lane.target.get(key, this.#options)));
      if (held !== undefined) return held;
    }
    return undefined;
  }
}

/** The live file, read once more: it may be another version by now. */
async function holdLive(name: string, { walked }: PlannedEntry, { signal }: CallOptions): Promise<HeldContent> {
  const file = new SourceFile(walked.location);
  try {
    return await holdContent(
      name,
      file.pieces(false, () => throwIfAborted(signal)),
    );
  } finally {
    file.close();
  }
}
