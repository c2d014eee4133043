import {
  type ContentInspector,
  DEFAULT_INSPECT_LIMITS,
  faulty,
  type InspectedFile,
  type Inspection,
} from '@holdfast/core/inspect';
import type { ThreadAnswer } from './thread/messages.js';
import { formatOfName } from './workbook/content-kind.js';
import { describeFacts } from './workbook/describe-facts.js';
import type { WorkbookFile } from './workbook/open-workbook.js';

/** As the contract says. */
const DEFAULT_MAX_CHANGES = 20;

/** What is in workbooks: `.xlsx`, `.xlsm`, `.xls`, `.ods`. */
export const excelInspector: ContentInspector = {
  kind: 'excel',
  version: 1,
  exportFormats: ['csv'],
  recognises: (name) => formatOfName(name) !== undefined,
  // Excel's mark of who has a workbook open, and LibreOffice's.
  transientNames: ['~$*.[xX][lL][sS]', '~$*.[xX][lL][sS][xXmMbB]', '~$*.[oO][dD][sS]', '.~lock.*#'],
  async inspect(file, { signal, limits = DEFAULT_INSPECT_LIMITS, exports } = {}) {
    const { callThread } = await import('./thread/call-thread.js');
    const answer = await callThread(
      {
        ask: 'inspect',
        file: fileForThread(file),
        limits,
        ...(exports === undefined ? {} : { exports: { raw: exports.raw === true } }),
      },
      { signal, limits, sink: exports?.sink },
    );
    return answer.say === 'inspected' ? answer.inspection : faultOf(answer);
  },
  async compare(before, after, { signal, limits = DEFAULT_INSPECT_LIMITS, maxChanges = DEFAULT_MAX_CHANGES } = {}) {
    const { callThread } = await import('./thread/call-thread.js');
    const files = { before: fileForThread(before), after: fileForThread(after) };
    const answer = await callThread({ ask: 'compare', ...files, limits, maxChanges }, { signal, limits });
    if (answer.say === 'compared') return answer.comparison;
    const side = answer.say === 'fault' ? answer.side : undefined;
    return { status: 'notCompared', side: side ?? 'after', inspection: faultOf(answer) };
  },
  async valueAt(file, place, { signal, limits = DEFAULT_INSPECT_LIMITS } = {}) {
    const { callThread } = await import('./thread/call-thread.js');
    const answer = await callThread({ ask: 'value', file: fileForThread(file), limits, place }, { signal, limits });
    return answer.say === 'value' ? answer.value : faultOf(answer);
  },
  describe: describeFacts,
};

function faultOf(answer: ThreadAnswer): Inspection {
  if (answer.say === 'fault') return faulty(answer.fault.code, answer.fault.message);
  return faulty('FAILED', 'the thread that reads workbooks has answered another question');
}

function fileForThread({ name, sizeBytes, content }: InspectedFile): WorkbookFile {
  if ('path' in content) return { name, sizeBytes, content };
  // A part of a larger buffer would take all of it along.
  const isPart = content.bytes.byteLength < content.bytes.buffer.byteLength;
  return { name, sizeBytes, content: { bytes: isPart ? new Uint8Array(content.bytes) : content.bytes } };
}
