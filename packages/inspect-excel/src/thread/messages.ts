import type {
  ContentComparison,
  ContentFault,
  ContentValue,
  ExportPart,
  Inspection,
  InspectLimits,
} from '@holdfast/core/inspect';
import type { WorkbookFile } from '../workbook/open-workbook.js';

/** What a thread is asked to do. One thing at a time. */
export type ThreadRequest =
  | {
      readonly ask: 'inspect';
      readonly file: WorkbookFile;
      readonly limits: InspectLimits;
      /** Absent if nothing is to be exported. */
      readonly exports?: { readonly raw: boolean };
    }
  | {
      readonly ask: 'compare';
      readonly before: WorkbookFile;
      readonly after: WorkbookFile;
      readonly limits: InspectLimits;
      readonly maxChanges: number;
    }
  | { readonly ask: 'value'; readonly file: WorkbookFile; readonly limits: InspectLimits; readonly place: string };

/** What the thread says on the way; each is answered by one {@link SinkAnswer}, so that it is never ahead of the sink by more than one piece. */
export type SinkMessage =
  | { readonly say: 'wants' | 'begin'; readonly part: ExportPart }
  | { readonly say: 'write'; readonly bytes: Uint8Array };

/** `true`: go on (of `wants`: yes). */
export type SinkAnswer = { readonly goOn: boolean };

/** The last that the thread says. */
export type ThreadAnswer =
  | { readonly say: 'inspected'; readonly inspection: Inspection }
  | { readonly say: 'compared'; readonly comparison: ContentComparison }
  | { readonly say: 'value'; readonly value: ContentValue | undefined }
  /** The content is at fault; of two files, which. */
  | { readonly say: 'fault'; readonly fault: ContentFault; readonly side?: 'before' | 'after' };
