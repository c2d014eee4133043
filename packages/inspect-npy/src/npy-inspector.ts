import { type ContentInspector, faulty } from '@holdfast/core/inspect';
import { describeArray } from './describe-array.js';

/** What is in NumPy's arrays: `.npy`. */
export const npyInspector: ContentInspector = {
  kind: 'npy',
  version: 1,
  recognises: (name) => /\.npy$/i.test(name),
  async inspect(file, options) {
    const { inspectFile } = await import('./inspect-file.js');
    return inspectFile(file, options);
  },
  async compare() {
    return { status: 'notCompared', side: 'before', inspection: faulty('UNSUPPORTED', 'arrays are not compared yet') };
  },
  describe: (facts) => describeArray(facts),
};
