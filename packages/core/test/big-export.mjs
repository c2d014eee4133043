/** Exports far more than may be held, and says how much memory the process has taken at most. Its arguments: a source folder, a state folder, MiB to export. */
import { backup } from '../dist/index.js';
import { memoryTarget } from '../dist/testing/index.js';

const [source = '', state = '', mebibytes = ''] = process.argv.slice(2);
const inner = memoryTarget();

/** A target that takes everything and keeps nothing large. */
const target = new Proxy(inner, {
  get(of, name) {
    if (name !== 'begin') return Reflect.get(of, name);
    return async (options) => {
      const batch = await of.begin(options);
      return new Proxy(batch, {
        get(ofBatch, member) {
          if (member !== 'put') return Reflect.get(ofBatch, member);
          return async (key, object, more) => {
            if (object.sizeBytes < 1e6) return ofBatch.put(key, object, more);
            let bytes = 0;
            for await (const piece of object.open()) bytes += piece.byteLength;
            if (bytes !== object.sizeBytes) throw new Error(`${key} has ${bytes} bytes`);
            return { confirmed: true };
          };
        },
      });
    };
  },
});

const inspector = {
  kind: 'big',
  version: 1,
  exportFormats: ['csv'],
  recognises: (name) => name.endsWith('.big'),
  async inspect(_file, { exports } = {}) {
    for (let index = 0; index < 2; index += 1) {
      await exports?.sink.begin({ name: `part ${index}`, index, extension: 'csv' });
      for (let count = 0; count < Number(mebibytes) * 8; count += 1)
        await exports?.sink.write(Buffer.alloc(64 * 1024, 'x'));
    }
    return { status: 'sound', facts: {} };
  },
  compare: () => Promise.reject(new Error('nobody asks')),
  describe: () => [],
};

const { counts, problems } = await backup({
  sources: [{ path: source, name: 'data', exports: ['csv'] }],
  targets: [target],
  stateDirectory: state,
  inspectors: [inspector],
});
const { exportBytes = 0 } = counts;
console.log(JSON.stringify({ exportBytes, problems: problems.length, peakKiB: process.resourceUsage().maxRSS }));
