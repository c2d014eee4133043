import type { ContentInspector } from '@holdfast/core/inspect';
import { describeArchive } from './describe-archive.js';
import { describeArray } from './describe-array.js';

/** What is in NumPy's arrays: `.npy`, and `.npz`, which are zip archives of them. */
export const npyInspector: ContentInspector = {
  kind: 'npy',
  version: 1,
  recognises: (name) => /\.np[yz]$/i.test(name),
  async inspect(file, options) {
    const { inspectFile } = await import('./inspect-file.js');
    return inspectFile(file, options);
  },
  async compare(before, after, options) {
    const { compareFiles } = await import('./compare-files.js');
    return compareFiles(before, after, options);
  },
  async valueAt(file, place, options) {
    const { valueInFile } = await import('./value-in-file.js');
    return valueInFile(file, place, options);
  },
  describe: (facts) => (facts.arrayCount === undefined ? describeArray(facts) : describeArchive(facts)),
};
