import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compareContents,
  contentHistory,
  type ExportContentOptions,
  exportContent,
  type FileEntry,
  inspectContent,
  type ShownSnapshot,
  showSnapshot,
} from '../src/index.js';
import type { ExportSink } from '../src/inspect/index.js';
import { bookInspector } from './book-inspector.js';
import { Lab } from './lab.js';

const LONG_LINE = `${'long,'.repeat(2000)}\n`;
/** More than is held in memory. */
const LARGE = `BOOK\n# Large\n${LONG_LINE.repeat(1000)}`;

async function withFile<Answer>(
  lab: Lab,
  path: string,
  work: (snapshot: ShownSnapshot, entry: FileEntry) => Promise<Answer>,
): Promise<Answer> {
  const snapshot = await showSnapshot({ target: lab.target });
  try {
    const entry = await snapshot.file(path);
    if (entry === undefined || entry === 'several') throw new Error(`there is no ${path}`);
    return await work(snapshot, entry);
  } finally {
    await snapshot.close();
  }
}

/** Gathers what is exported as texts, by the name of the part. */
function gathering(): { sink: ExportSink; texts: Record<string, string> } {
  const texts: Record<string, string> = {};
  let now = '';
  const sink: ExportSink = {
    async begin({ name }) {
      now = name;
      texts[now] = '';
    },
    async write(bytes) {
      texts[now] += Buffer.from(bytes).toString();
    },
  };
  return { sink, texts };
}

const inspectors = [bookInspector()];

describe('looking into contents', () => {
  it('tells the facts of a stored file, and of a live one, however large', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1,2\n', 'large.book': LARGE, 'other.txt': 'text' });
    await lab.backup();
    for (const name of ['a.book', 'large.book']) {
      const stored = await withFile(lab, `data/${name}`, (snapshot, entry) =>
        inspectContent({ snapshot, entry }, { inspectors }),
      );
      const live = await inspectContent({ livePath: lab.path(name) }, { inspectors });
      expect(stored?.content).toEqual({ kind: 'book', version: 1, status: 'sound', facts: { sheets: 1 } });
      expect(live).toEqual(stored);
      expect(live?.lines).toEqual(['1 sheets']);
    }
    expect(await inspectContent({ livePath: lab.path('other.txt') }, { inspectors })).toBeUndefined();
    const gone = await inspectContent({ livePath: lab.path('gone.book') }, { inspectors });
    expect(gone?.content).toMatchObject({ status: 'opaque', fault: { code: 'FAILED' } });
  });

  it('compares a stored file with the live one', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1,2\n' });
    await lab.backup();
    const compare = () =>
      withFile(lab, 'data/a.book', (snapshot, entry) =>
        compareContents({ snapshot, entry }, { livePath: lab.path('a.book') }, { inspectors }),
      );
    expect(await compare()).toMatchObject({ status: 'compared', kind: 'book', isEqual: true });
    writeFileSync(lab.path('a.book'), 'BOOK\n# One\n1,3,4\n');
    expect(await compare()).toMatchObject({ status: 'compared', isEqual: false });
  });

  it('exports all parts, one by its name, or one by its index', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1,2\n# Two\n3\n' });
    await lab.backup();
    const exported = async (options: Partial<ExportContentOptions>) => {
      const { sink, texts } = gathering();
      const result = await exportContent({ livePath: lab.path('a.book') }, { inspectors, sink, raw: true, ...options });
      return { texts, others: result?.others.map(({ name }) => name), status: result?.inspection.content.status };
    };
    expect(await exported({})).toEqual({ texts: { One: '1,2\n', Two: '3\n' }, others: [], status: 'sound' });
    expect(await exported({ part: 'Two' })).toEqual({ texts: { Two: '3\n' }, others: ['One'], status: 'sound' });
    expect(await exported({ part: 0 })).toEqual({ texts: { One: '1,2\n' }, others: ['Two'], status: 'sound' });
    expect((await exported({ part: 'None' })).texts).toEqual({});
  });

  it('throws what the sink has thrown, and not what the inspector made of it', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1,2\n' });
    const sink: ExportSink = { begin: async () => undefined, write: () => Promise.reject(new Error('disk full')) };
    const doomed = exportContent({ livePath: lab.path('a.book') }, { inspectors, sink });
    await expect(doomed).rejects.toThrow('disk full');
  });

  it('gives every version of a file, and of a place in it, and reads no content twice', async () => {
    const lab = new Lab({ 'a.book': 'BOOK\n# One\n1,2\n' });
    const versions = ['1,2', '1,2', '1,3', '7,3', '1,2'];
    for (const row of versions) {
      writeFileSync(lab.path('a.book'), `BOOK\n# One\n${row}\n`);
      await lab.backup({ rehash: true });
    }
    let inspected = 0;
    const counting = [bookInspector({ onInspect: () => (inspected += 1) })];
    const whole = await contentHistory({ target: lab.target, patterns: ['a.book'], inspectors: counting });
    expect(whole.found.map(({ path }) => path)).toEqual(['data/a.book']);
    expect(whole.found[0]?.versions.map(({ snapshots }) => snapshots)).toEqual([2, 1, 1, 1]);
    expect(inspected).toBe(3);
    const cell = await contentHistory({ target: lab.target, patterns: ['a.book'], place: 'One!0,1', inspectors });
    const seen = cell.found[0]?.versions.map(({ value, isChange }) => [value?.found?.text, isChange]);
    expect(seen).toEqual([
      ['2', true],
      ['3', true],
      ['3', false],
      ['2', true],
    ]);
  });
});
