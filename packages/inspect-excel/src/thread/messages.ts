import type { ContentFault, ExportPart, Inspection, InspectLimits } from '@holdfast/core/inspect';
import type { WorkbookFile } from '../workbook/open-workbook.js';

/** What a thread is asked to do. One thing at a time. */
export type ThreadRequest = {
  readonly ask: 'inspect';
  readonly file: WorkbookFile;
  readonly limits: InspectLimits;
  /** Absent if nothing is to be exported. */
  readonly exports?: { readonly raw: boolean };
};

/** What the thread says on the way; each is answered by one {@link SinkAnswer}, so that it is never ahead of the sink by more than one piece. */
export type SinkMessage =
  | { readonly say: 'wants' | 'begin'; readonly part: ExportPart }
  | { readonly say: 'write'; readonly bytes: Uint8Array };

/** `true`: go on (of `wants`: yes). */
export type SinkAnswer = { readonly goOn: boolean };

/** The last that the thread says. */
export type ThreadAnswer =
  | { readonly say: 'done'; readonly inspection: Inspection }
  /** The content is at fault: the answer to anything that needs a workbook. */
  | { readonly say: 'fault'; readonly fault: ContentFault }
  /** The system or the program is. */
  | { readonly say: 'error'; readonly error: unknown };
