/**
 * What the kill tests run as a process of its own: it writes one root, and ends itself, as `kill -9` does, before the step it is
 * told; or tells how many steps there are.
 *
 * Arguments: address, root, number of the step (0: none), replace (0 or 1).
 */
import { openZip } from '../dist/index.js';

const [, , path = '', root = '', killBefore = '0', replace = '0'] = process.argv;
let steps = 0;
const target = await openZip(path, {
  replace: replace === '1',
  onStep() {
    steps += 1;
    if (steps === Number(killBefore)) process.kill(process.pid, 'SIGKILL');
  },
});
const source = (content) => ({
  sizeBytes: content.length,
  async *open() {
    yield content;
  },
});
const batch = await target.begin({ root });
for (let number = 0; number < 40; number += 1) {
  await batch.put(`${root}/small/${number}`, source(Buffer.from(`content ${number} `.repeat(number))));
}
await batch.put(`${root}/large`, source(Buffer.alloc(5_000_000, 'abcdefghijklm')));
await batch.put(`${root}/link`, source(Buffer.alloc(0)), {
  attributes: { type: 'symlink', linkTarget: Buffer.from('large') },
});
await batch.commit({ key: `${root}/record`, body: Buffer.from('{"whole":true}') });
process.stdout.write(String(steps));
