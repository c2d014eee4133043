import { type ContentInspector, DEFAULT_INSPECT_LIMITS, faulty, type InspectedFile } from '@holdfast/core/inspect';
import { formatOfName } from './workbook/content-kind.js';
import { describeFacts } from './workbook/describe-facts.js';
import type { WorkbookFile } from './workbook/open-workbook.js';

/** What is in workbooks: `.xlsx`, `.xlsm`. */
export const excelInspector: ContentInspector = {
  kind: 'excel',
  version: 1,
  exportFormats: ['csv'],
  recognises: (name) => formatOfName(name) !== undefined,
  isTransient: (name) => /^~\$.*\.(?:xls[xmb]?|ods)$/i.test(name) || /^\.~lock\..*#$/.test(name),
  async inspect(file, { signal, limits = DEFAULT_INSPECT_LIMITS, exports } = {}) {
    const { callThread } = await import('./thread/thread.js');
    const answer = await callThread(
      {
        ask: 'inspect',
        file: fileForThread(file),
        limits,
        ...(exports === undefined ? {} : { exports: { raw: exports.raw === true } }),
      },
      { signal, limits, sink: exports?.sink },
    );
    return answer.say === 'done' ? answer.inspection : faulty(answer.fault.code, answer.fault.message);
  },
  async compare() {
    return {
      status: 'notCompared',
      side: 'before',
      inspection: faulty('UNSUPPORTED', 'workbooks are not compared yet'),
    };
  },
  describe: describeFacts,
};

function fileForThread({ name, sizeBytes, content }: InspectedFile): WorkbookFile {
  return { name, sizeBytes, content };
}
