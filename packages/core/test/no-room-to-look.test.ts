import { afterEach, describe, expect, it } from 'vitest';
import { verify } from '../src/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';
import { canMount, mountedTmpfs } from './mounts.js';

const MIB = 1024 * 1024;
const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

describe.skipIf(!canMount('a backup that looks into files with a temporary folder that is full'))(
  'a backup that looks into files while the temporary folder is full',
  () => {
    it.each([
      [20, 'held', 'CONTENT_NOT_SEEN'],
      [6, 'exported', 'NOT_EXPORTED'],
    ] as const)(
      'stores all of a file of %d MiB that cannot be %s, says so, and looks again the next time',
      async (size, _what, code) => {
        const row = `${'x'.repeat(1023)}\n`;
        const lab = new Lab({
          'large.book': `BOOK\n# One\n${row.repeat(size * 1024)}`,
          'small.book': 'BOOK\n# One\n1\n',
        });
        const asked = {
          sources: [{ path: lab.source, name: 'data', exports: ['csv'] }],
          inspectors: [bookInspector()],
        };
        const usual = process.env.TMPDIR;
        process.env.TMPDIR = mountedTmpfs(MIB);
        const full = await lab.backup(asked);
        if (usual === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = usual;
        expect(full).toMatchObject({ problemCount: 0, flags: [], counts: { files: 2, skipped: 0, exports: 1 } });
        expect(full.notes.map((note) => note.code)).toContain(code);
        expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
        expect(await lab.backup(asked)).toMatchObject({
          problemCount: 0,
          readFiles: 0,
          contents: { sound: 2 },
          counts: { exports: 2 },
        });
      },
    );
  },
);
