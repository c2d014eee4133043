import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseXattrDump, xattrDump } from './xattr-dump.js';
import { xattrTools } from './xattr-tools.js';

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => !text.includes('\0'));
const names = name.map((text) => `user.${text}`);
const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const values = fc.dictionary(names, value, { maxKeys: 6 });

it('what is written for one path is one path with just these attributes, whatever the names hold', () => {
  fc.assert(
    fc.property(values, (xattrs) => {
      const dump = xattrDump('/proc/self/fd/3', xattrs);
      expect(dump).toMatch(/^[ -~\n]*$/);
      const read = [...parseXattrDump(Buffer.from(dump, 'latin1'))];
      expect(read.map(({ path }) => path.toString())).toEqual(['/proc/self/fd/3']);
      expect({ ...read[0]?.values }).toEqual({ ...xattrs });
    }),
  );
});

it('ACLs come behind everything else: they may take the right to write away', () => {
  const xattrs = { 'system.posix_acl_access': 'AA==', 'user.a': 'AA==', 'security.capability': 'AA==' };
  const lines = xattrDump('x', xattrs).trim().split('\n');
  expect(lines.map((line) => line.split('=')[0])).toEqual([
    '# file: x',
    'user.a',
    'security.capability',
    'system.posix_acl_access',
  ]);
});

it('a name that is not UTF-8 is counted, not kept', () => {
  const dump = Buffer.concat([
    Buffer.from('# file: a\nuser.'),
    Buffer.from([0xff]),
    Buffer.from('=0sAA==\nuser.b=0sAA==\n\n'),
  ]);
  expect([...parseXattrDump(dump)]).toEqual([
    { path: Buffer.from('a'), values: { 'user.b': 'AA==' }, strangeNames: 1 },
  ]);
});

const { canRead, canSet } = xattrTools();

it.runIf(canRead && canSet)('setfattr and getfattr read and write it just so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-core-'));
  const path = join(folder, 'odd\n \\ = name');
  try {
    fc.assert(
      fc.property(values, (xattrs) => {
        rmSync(path, { force: true });
        writeFileSync(path, '');
        execFileSync('sh', ['-c', 'exec setfattr --restore=- 3< "$0"', path], {
          input: Buffer.from(xattrDump('/proc/self/fd/3', xattrs), 'latin1'),
        });
        const dump = execFileSync('getfattr', ['-d', '-m', '^user', '-e', 'base64', '--absolute-names', path]);
        const read = [...parseXattrDump(dump)];
        expect({ ...read[0]?.values }).toEqual({ ...xattrs });
        if (read[0] !== undefined) expect(read[0].path.toString()).toBe(path);
      }),
      { numRuns: 20 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the programs are looked for on Linux alone', () => {
  expect(xattrTools('darwin')).toEqual({ canRead: false, canSet: false });
  expect(xattrTools('linux', '/nonexistent:')).toEqual({ canRead: false, canSet: false });
});
