import { askInspector, entryContentOf, KeptFault } from '../../content/index.js';
import type { ExportPart, ExportSink, InspectOptions } from '../../inspect/index.js';
import { type ContentPlace, holdPlace, inspectorOf, type LookOptions } from './content-place.js';
import { type InspectedContent, isInspection, linesOf } from './inspect-content.js';

export interface ExportContentOptions extends LookOptions {
  /** Where the bytes go. Its `wants` is asked of the parts that are chosen. */
  readonly sink: ExportSink;
  /** The one part of this name, or of this index; every part where it is left out. */
  readonly part?: string | number | undefined;
  /** Texts as they are, also those that a spreadsheet would run as a formula. */
  readonly raw?: boolean | undefined;
}

/** What came out of a file. */
export interface ExportedContent {
  /** Only of a content that is sound are the exports what they should be: of any other, what came must be thrown away. */
  readonly inspection: InspectedContent;
  /** In the order in which they came. */
  readonly parts: readonly ExportPart[];
  /** Parts that the file has, and that were not chosen. */
  readonly others: readonly ExportPart[];
}

/**
 * Exports a stored or a live file, or one part of it. `undefined` where no inspector that exports is for it.
 *
 * @throws the sink's errors; HoldfastError `ABORTED`; TargetError if the store cannot be reached.
 */
export async function exportContent(
  place: ContentPlace,
  options: ExportContentOptions,
): Promise<ExportedContent | undefined> {
  const inspector = inspectorOf(place, options);
  if (inspector === undefined || (inspector.exportFormats ?? []).length === 0) return undefined;
  const chosen = new ChosenParts(options);
  const held = await holdPlace(place, options);
  if (isInspection(held))
    return chosen.result({ content: entryContentOf(inspector, held), lines: [], isRecorded: false });
  try {
    const exports = { sink: chosen.sink, raw: options.raw };
    const answer = await askInspector(options, (within: InspectOptions) =>
      inspector.inspect(held.file, { ...within, exports }),
    );
    chosen.throwFault();
    const content = entryContentOf(inspector, answer);
    return chosen.result({ content, lines: linesOf(content, inspector), isRecorded: false });
  } finally {
    chosen.end();
    await held.close();
  }
}

/** A sink that takes what is chosen, and nothing any more once it is ended. */
class ChosenParts {
  readonly #options: ExportContentOptions;
  readonly #parts: ExportPart[] = [];
  /** By their index: an inspector may ask first, or may not. */
  readonly #others = new Map<number, ExportPart>();
  #isWanted = false;
  readonly #fault = new KeptFault();

  constructor(options: ExportContentOptions) {
    this.#options = options;
  }

  get sink(): ExportSink {
    return {
      wants: (part) => {
        if (this.#chooses(part)) return true;
        this.#others.set(part.index, part);
        return false;
      },
      begin: (part) => {
        this.#isWanted = this.#chooses(part);
        if (!this.#isWanted) this.#others.set(part.index, part);
        if (!this.#isWanted) return Promise.resolve();
        this.#parts.push(part);
        return this.#fault.pass(() => this.#options.sink.begin(part));
      },
      write: (bytes) => (this.#isWanted ? this.#fault.pass(() => this.#options.sink.write(bytes)) : Promise.resolve()),
    };
  }

  /** @throws what the caller's sink has thrown, whatever the inspector made of it. */
  throwFault(): void {
    this.#fault.throwIfAny();
  }

  end(): void {
    this.#fault.end();
  }

  result(inspection: InspectedContent): ExportedContent {
    return { inspection, parts: this.#parts, others: [...this.#others.values()] };
  }

  #chooses(part: ExportPart): boolean {
    const { part: wanted, sink } = this.#options;
    const isChosen = wanted === undefined || wanted === (typeof wanted === 'number' ? part.index : part.name);
    return isChosen && sink.wants?.(part) !== false;
  }
}
