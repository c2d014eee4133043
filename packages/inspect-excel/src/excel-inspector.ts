import { type ContentInspector, faulty } from '@holdfast/core/inspect';

/** What is in workbooks: `.xlsx`, `.xlsm`. */
export const excelInspector: ContentInspector = {
  kind: 'excel',
  version: 1,
  recognises: (name) => /\.xls[xm]$/i.test(name),
  async inspect() {
    return faulty('UNSUPPORTED', 'workbooks are not read yet');
  },
  async compare() {
    return { status: 'notCompared', side: 'before', inspection: faulty('UNSUPPORTED', 'workbooks are not read yet') };
  },
  describe: () => [],
};
