import { askInspector, entryContentOf, type HeldContent } from '../../content/index.js';
import type { ContentInspector, Inspection } from '../../inspect/index.js';
import type { EntryContent } from '../../snapshot/index.js';
import { type ContentPlace, holdPlace, inspectorOf, type LookOptions } from './content-place.js';

/** What is known of the content of a file. */
export interface InspectedContent {
  readonly content: EntryContent;
  /** The facts in words, one line each; none where there are no facts. */
  readonly lines: readonly string[];
  /** It was said when the file was stored; else the file was looked into now. */
  readonly isRecorded: boolean;
}

/**
 * What is in a file: of a stored one as the manifest has it, if the inspector of today would say the same; else its bytes are looked into. `undefined`
 * where no inspector is for it. Bytes that are damaged, or cannot be read, are `opaque`, with the fault `FAILED`.
 *
 * @throws HoldfastError `ABORTED`; TargetError if the store cannot be reached.
 */
export async function inspectContent(place: ContentPlace, options: LookOptions): Promise<InspectedContent | undefined> {
  const inspector = inspectorOf(place, options);
  if (inspector === undefined) return undefined;
  const recorded = 'entry' in place ? recordedContent(place.entry, inspector) : undefined;
  const content = recorded ?? (await look(place, inspector, options));
  return { content, lines: linesOf(content, inspector), isRecorded: recorded !== undefined };
}

/** What a manifest says of a content, if this inspector has said it in its present version, and was able to. */
export function recordedContent(
  { content }: { readonly content?: EntryContent },
  { kind, version }: Pick<ContentInspector, 'kind' | 'version'>,
): EntryContent | undefined {
  if (content === undefined || content.kind !== kind || content.version !== version) return undefined;
  return content.fault?.code === 'FAILED' || !STATUSES.has(content.status) ? undefined : content;
}

const STATUSES: ReadonlySet<string> = new Set<EntryContent['status']>(['sound', 'broken', 'opaque']);

/** The facts of a content in the words of its inspector. */
export function linesOf({ facts }: EntryContent, inspector: Pick<ContentInspector, 'describe'>): readonly string[] {
  if (facts === undefined) return [];
  try {
    return inspector.describe(facts);
  } catch {
    // Facts may have been written by anyone.
    return [];
  }
}

/** Is this what was found, and not a content that is held? */
export function isInspection(held: HeldContent | Inspection): held is Inspection {
  return 'status' in held;
}

async function look(place: ContentPlace, inspector: ContentInspector, options: LookOptions): Promise<EntryContent> {
  const held = await holdPlace(place, options);
  if (isInspection(held)) return entryContentOf(inspector, held);
  try {
    return entryContentOf(inspector, await askInspector(options, (within) => inspector.inspect(held.file, within)));
  } finally {
    await held.close();
  }
}
