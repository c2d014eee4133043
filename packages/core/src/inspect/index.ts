export type { ContentChange, ContentComparison } from './comparison.js';
export { type ContentReader, type InspectedFile, openInspected } from './inspected-file.js';
export {
  type ContentFacts,
  type ContentFault,
  type ContentFaultCode,
  type FactValue,
  faulty,
  type Inspection,
  MAX_FACTS_BYTES,
} from './inspection.js';
export {
  type CompareOptions,
  type ContentInspector,
  type ContentValue,
  DEFAULT_INSPECT_LIMITS,
  type ExportOptions,
  type ExportPart,
  type ExportSink,
  type InspectLimits,
  type InspectOptions,
  inspectorFor,
} from './inspector.js';
