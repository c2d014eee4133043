import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExportPartsOptions, exportParts } from '../src/index.js';
import { type ContentInspector, faulty, openInspected } from '../src/inspect/index.js';

/** Files of this kind are their sheets, one a line: `name: text`. One that begins with `broken` is. */
const lines: ContentInspector = {
  kind: 'lines',
  version: 1,
  recognises: (name) => name.endsWith('.lines'),
  async inspect(file, options = {}) {
    const reader = await openInspected(file);
    const text = Buffer.from(await reader.read(0, file.sizeBytes)).toString();
    await reader.close();
    const { sink } = options.exports ?? {};
    for (const [index, line] of text.split('\n').entries()) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'broken') return faulty('TRUNCATED', 'it ends too early');
      const part = { name, index, extension: 'csv' };
      if (sink === undefined || sink.wants?.(part) === false) continue;
      await sink.begin(part);
      await sink.write(Buffer.from(value.slice(0, 2)));
      await sink.write(Buffer.from(value.slice(2)));
    }
    return { status: 'sound', facts: {} };
  },
  compare: async () => ({ status: 'notCompared', side: 'before', inspection: faulty('UNSUPPORTED', 'no') }),
  describe: () => [],
};

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'holdfast-parts-'));
  writeFileSync(join(base, 'book.lines'), 'One: first\nTwo/2: second\ntwo_2: third');
});
afterEach(() => rmSync(base, { recursive: true }));

const at = (name: string): string => join(base, name);
const run = (more: Partial<ExportPartsOptions> = {}) =>
  exportParts({ file: at('book.lines'), inspector: lines, to: at('out.csv'), ...more });
const text = (name: string): string => readFileSync(at(name), 'utf8');

describe('the parts of a live file', () => {
  it('are files beside each other, the first under the name given, and nothing else is left there', async () => {
    const { parts } = await run();
    expect(parts.map(({ name, path, sizeBytes }) => [name, path.slice(base.length + 1), sizeBytes])).toEqual([
      ['One', 'out.csv', 5],
      ['Two/2', 'out.Two_2.csv', 6],
      ['two_2', 'out.two_2-2.csv', 5],
    ]);
    expect([text('out.csv'), text('out.Two_2.csv'), text('out.two_2-2.csv')]).toEqual(['first', 'second', 'third']);
    expect(readdirSync(base).sort()).toEqual(['book.lines', 'out.Two_2.csv', 'out.csv', 'out.two_2-2.csv']);
  });

  it('can be one alone, under the very name given, whatever the case of its own', async () => {
    expect((await run({ part: 'Two/2', to: at('deep/er/x.txt') })).parts).toMatchObject([{ name: 'Two/2' }]);
    expect(text('deep/er/x.txt')).toBe('second');
    await run({ part: 'ONE' });
    expect(text('out.csv')).toBe('first');
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
    expect(readdirSync(base).sort()).toEqual(['book.lines', 'out.Two_2.csv']);
    expect(text('out.Two_2.csv')).toBe('mine');
    await run({ mayReplace });
    expect(asked).toEqual([[at('out.Two_2.csv')], [at('out.Two_2.csv')]]);
    expect(text('out.Two_2.csv')).toBe('second');
    expect(statSync(at('out.Two_2.csv')).mode & 0o777).toBe(0o600);
  });

  it('are none at all where the content is broken, and what stood there stands', async () => {
    writeFileSync(at('book.lines'), 'One: first\nbroken');
    writeFileSync(at('out.csv'), 'mine');
    const { inspection, parts } = await run({ mayReplace: () => true });
    expect(inspection).toMatchObject({ status: 'broken', fault: { code: 'TRUNCATED' } });
    expect(parts).toEqual([]);
    expect(readdirSync(base).sort()).toEqual(['book.lines', 'out.csv']);
    expect(text('out.csv')).toBe('mine');
  });

  it('never take the place of the file itself, through a link either', async () => {
    symlinkSync('book.lines', at('link.csv'));
    for (const to of [at('book.lines'), at('link.csv')]) {
      await expect(run({ to, mayReplace: () => true })).rejects.toMatchObject({ code: 'DESTINATION' });
    }
    expect(text('book.lines')).toMatch(/^One/);
  });

  it('are read through a link, and from files that are too large for memory', async () => {
    writeFileSync(at('book.lines'), `One: ${'x'.repeat(9 * 1024 * 1024)}`);
    symlinkSync('book.lines', at('link.lines'));
    const { parts } = await run({ file: at('link.lines') });
    expect(parts).toMatchObject([{ sizeBytes: 9 * 1024 * 1024 }]);
    expect(readdirSync(base).sort()).toEqual(['book.lines', 'link.lines', 'out.csv']);
  });

  it('need a file to read and a folder to write to', async () => {
    await expect(run({ file: at('gone.lines'), to: at('new/x.csv') })).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
    });
    await expect(run({ file: base, to: at('new/x.csv') })).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
      message: /no file/,
    });
    await expect(run({ to: at('book.lines/x.csv') })).rejects.toMatchObject({ code: 'DESTINATION' });
    mkdirSync(at('folder.csv'));
    await expect(run({ to: at('folder.csv'), mayReplace: () => true })).rejects.toMatchObject({ code: 'DESTINATION' });
    expect(readdirSync(base).sort()).toEqual(['book.lines', 'folder.csv']);
  });

  it('stopped, are all not there', async () => {
    const controller = new AbortController();
    const stopping = {
      ...lines,
      inspect: async (...given: Parameters<ContentInspector['inspect']>) => {
        const inspection = await lines.inspect(...given);
        controller.abort();
        return inspection;
      },
    };
    await expect(run({ inspector: stopping, signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(readdirSync(base)).toEqual(['book.lines']);
  });
});
