import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExportPartsOptions, exportParts } from '../src/index.js';
import { bookInspector } from './book-inspector.js';

const BOOK = 'BOOK\n# One\nfirst\n# Two/2\nsecond\n# two_2\nthird';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'holdfast-parts-'));
  writeFileSync(join(base, 'a.book'), BOOK);
});
afterEach(() => rmSync(base, { recursive: true }));

const at = (name: string): string => join(base, name);
const run = (more: Partial<ExportPartsOptions> = {}, file = 'a.book') =>
  exportParts({ livePath: at(file) }, { inspectors: [bookInspector()], to: at('out.csv'), raw: true, ...more });
const text = (name: string): string => readFileSync(at(name), 'utf8');

describe('the parts of a live file', () => {
  it('are files beside each other, the first under the name given, and nothing else is left there', async () => {
    const parts = (await run())?.parts ?? [];
    expect(parts.map(({ name, path, sizeBytes }) => [name, path.slice(base.length + 1), sizeBytes])).toEqual([
      ['One', 'out.csv', 6],
      ['Two/2', 'out.Two_2.csv', 7],
      ['two_2', 'out.two_2-2.csv', 6],
    ]);
    expect([text('out.csv'), text('out.Two_2.csv'), text('out.two_2-2.csv')]).toEqual([
      'first\n',
      'second\n',
      'third\n',
    ]);
    expect(readdirSync(base).sort()).toEqual(['a.book', 'out.Two_2.csv', 'out.csv', 'out.two_2-2.csv']);
  });

  it('can be one alone, under the very name given, whatever the case of its own', async () => {
    expect((await run({ part: 'Two/2', to: at('deep/er/x.txt') }))?.parts).toMatchObject([{ name: 'Two/2' }]);
    expect(text('deep/er/x.txt')).toBe('second\n');
    await run({ part: 'ONE' });
    expect(text('out.csv')).toBe('first\n');
    await expect(run({ part: 'Three', to: at('no/x.csv') })).rejects.toMatchObject({
      code: 'NO_MATCH',
      hint: /"One", "Two\/2"/,
    });
    expect(existsSync(at('no'))).toBe(false);
  });

  it('replace nothing that stands there, unless whoever is asked says so; permissions stay then', async () => {
    writeFileSync(at('out.Two_2.csv'), 'mine');
    chmodSync(at('out.Two_2.csv'), 0o600);
    await expect(run()).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    const asked: string[][] = [];
    const mayReplace = (paths: readonly string[]) => asked.push([...paths]) > 1;
    await expect(run({ mayReplace })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(readdirSync(base).sort()).toEqual(['a.book', 'out.Two_2.csv']);
    expect(text('out.Two_2.csv')).toBe('mine');
    await run({ mayReplace });
    expect(asked).toEqual([[at('out.Two_2.csv')], [at('out.Two_2.csv')]]);
    expect(text('out.Two_2.csv')).toBe('second\n');
    expect(statSync(at('out.Two_2.csv')).mode & 0o777).toBe(0o600);
  });

  it('are none at all where the content is broken, and what stood there stands', async () => {
    writeFileSync(at('a.book'), 'not a book');
    writeFileSync(at('out.csv'), 'mine');
    expect(await run({ mayReplace: () => true })).toMatchObject({
      content: { status: 'broken', fault: { code: 'INVALID' } },
      parts: [],
    });
    expect(readdirSync(base).sort()).toEqual(['a.book', 'out.csv']);
    expect(text('out.csv')).toBe('mine');
  });

  it('never take the place of the file itself, through a link either', async () => {
    symlinkSync('a.book', at('link.csv'));
    for (const to of [at('a.book'), at('link.csv')]) {
      await expect(run({ to, mayReplace: () => true })).rejects.toMatchObject({ code: 'DESTINATION' });
    }
    expect(text('a.book')).toBe(BOOK);
  });

  it('are read through a link, and from files that are too large for memory', async () => {
    writeFileSync(at('a.book'), `BOOK\n# One\n${'x'.repeat(9 * 1024 * 1024)}`);
    symlinkSync('a.book', at('link.book'));
    expect(await run({}, 'link.book')).toMatchObject({ parts: [{ sizeBytes: 9 * 1024 * 1024 + 1 }] });
    expect(readdirSync(base).sort()).toEqual(['a.book', 'link.book', 'out.csv']);
  });

  it('are those of the name that was given, whatever the file behind a link is called', async () => {
    renameSync(at('a.book'), at('content.v3'));
    symlinkSync('content.v3', at('link.book'));
    expect(await run({}, 'link.book')).toMatchObject({ parts: [{ name: 'One' }, {}, {}] });
  });

  it('never take the place of a device or a socket, through a link either', async () => {
    const server = createServer().listen(at('socket.csv'));
    await once(server, 'listening');
    symlinkSync('socket.csv', at('link.csv'));
    try {
      for (const name of ['socket.csv', 'link.csv']) {
        await expect(run({ to: at(name), part: 'One', mayReplace: () => true })).rejects.toMatchObject({
          code: 'DESTINATION',
          message: /no file/,
        });
      }
      expect(lstatSync(at('socket.csv')).isSocket()).toBe(true);
      expect(lstatSync(at('link.csv')).isSymbolicLink()).toBe(true);
    } finally {
      server.close();
    }
  });

  it('need a file to read and a folder to write to', async () => {
    await expect(run({ to: at('new/x.csv') }, 'gone.book')).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
    mkdirSync(at('folder.book'));
    const folder = await run({ to: at('new/x.csv') }, 'folder.book');
    expect(folder).toMatchObject({ content: { status: 'opaque', fault: { code: 'FAILED' } }, parts: [] });
    await expect(run({ to: at('a.book/x.csv') })).rejects.toMatchObject({ code: 'DESTINATION' });
    mkdirSync(at('folder.csv'));
    await expect(run({ to: at('folder.csv'), mayReplace: () => true })).rejects.toMatchObject({ code: 'DESTINATION' });
    expect(readdirSync(base).sort()).toEqual(['a.book', 'folder.book', 'folder.csv']);
  });

  it('that cannot all be written are none, and the place is named', async () => {
    const spoiling = bookInspector({ onInspect: () => rmSync(at('.holdfast-restore'), { recursive: true }) });
    await expect(run({ inspectors: [spoiling] })).rejects.toMatchObject({ code: 'DESTINATION', message: /out\.csv/ });
    expect(readdirSync(base)).toEqual(['a.book']);
  });

  it('leave alone what has come there since the question', async () => {
    writeFileSync(at('out.csv'), 'old');
    const mayReplace = () => {
      writeFileSync(at('out.Two_2.csv'), 'mine');
      return true;
    };
    await expect(run({ mayReplace })).rejects.toMatchObject({ code: 'FILE_EXISTS', message: /out\.Two_2\.csv/ });
    expect(text('out.Two_2.csv')).toBe('mine');
    expect(readdirSync(base).sort()).toEqual(['a.book', 'out.Two_2.csv', 'out.csv']);
  });

  it('are nothing where no inspector is for the file', async () => {
    symlinkSync('a.book', at('a.txt'));
    writeFileSync(at('b.txt'), BOOK);
    expect(await run({}, 'b.txt')).toBeUndefined();
    expect(readdirSync(base).sort()).toEqual(['a.book', 'a.txt', 'b.txt']);
  });

  it('stopped, are all not there', async () => {
    const controller = new AbortController();
    const stopping = bookInspector({ onInspect: () => controller.abort() });
    await expect(run({ inspectors: [stopping], signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(readdirSync(base)).toEqual(['a.book']);
  });
});
