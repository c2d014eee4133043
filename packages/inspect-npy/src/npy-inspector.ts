import { type ContentInspector, faulty } from '@holdfast/core/inspect';

/** What is in NumPy's arrays: `.npy`. */
export const npyInspector: ContentInspector = {
  kind: 'npy',
  version: 1,
  recognises: (name) => /\.npy$/i.test(name),
  async inspect() {
    return faulty('UNSUPPORTED', 'arrays are not read yet');
  },
  async compare() {
    return { status: 'notCompared', side: 'before', inspection: faulty('UNSUPPORTED', 'arrays are not read yet') };
  },
  describe: () => [],
};
