import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { intercept } from '../src/decorators/index.js';
import { type BackupOptions, type FileEntry, isRefused, verify } from '../src/index.js';
import { type ContentInspector, type ExportPart, faulty } from '../src/inspect/index.js';
import { bookInspector, type Misbehaviour } from './book-inspector.js';
import { Lab } from './lab.js';

const BOOK = 'BOOK\n# One\n1,2\n';
const BAD = 'BOOK\n# One\nBAD\n';

function asked(lab: Lab, inspector: ContentInspector, options: Partial<BackupOptions> = {}): Partial<BackupOptions> {
  const sources = [{ path: lab.source, name: 'data', exports: ['csv'] }];
  return {
    sources,
    inspectors: [inspector],
    inspectLimits: { timeoutMs: 300, heapMiB: 64, maxInflatedBytes: 1e6 },
    ...options,
  };
}

async function filesOf(lab: Lab): Promise<FileEntry[]> {
  return (await lab.entries()).flatMap((item) => (!isRefused(item) && item.entry.type === 'file' ? [item.entry] : []));
}

describe('an inspector', () => {
  const FAULTS: Readonly<Record<Misbehaviour, string>> = {
    throws: 'FAILED',
    rejects: 'FAILED',
    hangs: 'TIMEOUT',
    hugeFacts: 'FAILED',
    fractions: 'FAILED',
    nonsense: 'FAILED',
    halfExport: 'FAILED',
  };

  it.each(Object.entries(FAULTS) as [Misbehaviour, string][])(
    'that misbehaves (%s) stops no backup: the bytes are stored, nothing is exported, and it is said',
    async (misbehaviour, code) => {
      const lab = new Lab({ 'bad.book': BAD, 'good.book': BOOK });
      const summary = await lab.backup(asked(lab, bookInspector({ misbehaviour })));
      expect(summary).toMatchObject({ problemCount: 0, flags: [], counts: { files: 2 } });
      const stored = (await filesOf(lab)).find(({ path }) => path === 'data/bad.book');
      expect(stored?.content).toMatchObject({ status: 'opaque', fault: { code }, exports: { parts: 0 } });
      // Nothing that a terminal would obey.
      expect(stored?.content?.fault?.message).toMatch(/^[ -~]+$/);
      expect(summary.notes.map((note) => note.code)).toContain('CONTENT_NOT_SEEN');
      const paths = (await filesOf(lab)).map(({ path }) => path);
      expect(paths.filter((path) => path.startsWith('bad_backup'))).toEqual([]);
      expect(paths.includes('good_backup.csv')).toBe(misbehaviour !== 'throws');
      expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
    },
  );

  it('that is late again and again is not asked any more, and that is said', async () => {
    const names = Array.from({ length: 6 }, (_, number) => [`${number}.book`, BAD]);
    const lab = new Lab(Object.fromEntries(names) as Record<string, string>);
    let inspected = 0;
    const inspector = bookInspector({ misbehaviour: 'hangs', onInspect: () => (inspected += 1) });
    const summary = await lab.backup(asked(lab, inspector));
    expect(summary).toMatchObject({ problemCount: 0, contents: { opaque: 6 } });
    expect(summary.notes.filter(({ code }) => code === 'INSPECTOR_STOPPED')).toHaveLength(1);
    // Two are asked at once.
    expect(inspected).toBeLessThan(6);
  });

  it('that has failed is asked again by the next backup; one that was late is not, as long as the file is the same', async () => {
    const lab = new Lab({ 'bad.book': BAD });
    const again = async (misbehaviour: Misbehaviour): Promise<number> => {
      let inspected = 0;
      await lab.backup(asked(lab, bookInspector({ misbehaviour, onInspect: () => (inspected += 1) })));
      return inspected;
    };
    expect([await again('rejects'), await again('rejects'), await again('hangs'), await again('hangs')]).toEqual([
      1, 1, 1, 0,
    ]);
  });

  it('that would export more than it may exports nothing: its facts are known, the backup goes on, and that is said', async () => {
    const row = `${'x'.repeat(1000)}\n`;
    const lab = new Lab({
      'long.book': `BOOK\n# One\n${row.repeat(1100)}`,
      'many.book': `BOOK\n${'# S\n'.repeat(1001)}`,
    });
    const summary = await lab.backup(
      asked(lab, bookInspector(), { inspectLimits: { timeoutMs: 10_000, heapMiB: 64, maxInflatedBytes: 1e6 } }),
    );
    expect(summary).toMatchObject({ problemCount: 0, contents: { sound: 2, opaque: 0 }, counts: { files: 2 } });
    expect(summary.counts.exports).toBeUndefined();
    expect(summary.notes.map(({ code }) => code).filter((code) => code === 'NOT_EXPORTED')).toHaveLength(2);
    expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
  });

  it('that lies about what it is, or what it exports, makes no snapshot that cannot be read', async () => {
    const good = bookInspector();
    const exporting = (...parts: object[]): ContentInspector => ({
      ...good,
      exportFormats: ['csv', '../../x'],
      async inspect(_file, { exports } = {}) {
        for (const part of parts) await exports?.sink.begin(part as ExportPart);
        return { status: 'sound', facts: {} };
      },
    });
    const part = { name: 'One', index: 0, extension: 'csv' };
    const liars: readonly ContentInspector[] = [
      { ...good, kind: 'A Kind' },
      { ...good, version: 0.5 },
      { ...good, transientNames: ['', 'a/[', '\\'] },
      {
        ...good,
        recognises() {
          throw new Error('of no use');
        },
      },
      exporting({ ...part, index: 0.5 }),
      exporting({ ...part, index: -1 }),
      exporting({ ...part, name: undefined }),
      exporting({ ...part, name: '\ud800' }),
      exporting({ ...part, extension: '../../x' }),
      exporting(part, part),
    ];
    for (const liar of liars) {
      const lab = new Lab({ 'data.book': BOOK });
      const sources = [{ path: lab.source, name: 'data', exports: ['csv', '../../x'] }];
      expect(await lab.backup({ ...asked(lab, liar), sources })).toMatchObject({
        problemCount: 0,
        counts: { files: 1 },
      });
      expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0, snapshots: 1 });
      expect([...lab.store.objects.keys()].filter((key) => key.includes('..'))).toEqual([]);
      expect(await lab.backup({ ...asked(lab, { ...good, version: 2 }), sources })).toMatchObject({
        problemCount: 0,
        counts: { exports: 1 },
      });
    }
  });

  it('of a newer version that calls old bytes broken flags nothing: nothing has happened to them', async () => {
    const lab = new Lab({ 'data.book': BOOK });
    await lab.backup(asked(lab, bookInspector()));
    const strict: ContentInspector = {
      ...bookInspector({ version: 2 }),
      inspect: async () => faulty('INVALID', 'it was never right'),
    };
    expect(await lab.backup(asked(lab, strict))).toMatchObject({
      flags: [],
      problemCount: 0,
      contents: { broken: 1, suspect: 0 },
    });
  });

  it('knows marks of applications, and a backup that asks it leaves them out and says so; a restore that deletes spares them', async () => {
    const lab = new Lab({
      'data.book': BOOK,
      '~data.book': 'a mark',
      'sub/~x.book': 'a mark',
      '~other.txt': 'no mark',
    });
    const reasons: string[] = [];
    const summary = await lab.backup(
      asked(lab, bookInspector(), {
        onEvent: (event) => event.type === 'leftOut' && reasons.push(`${event.path} ${event.reason}`),
      }),
    );
    expect(reasons).toEqual(['data/sub/~x.book transient', 'data/~data.book transient']);
    expect(summary).toMatchObject({ problemCount: 0, flags: [], leftOut: { transient: 2 }, counts: { files: 2 } });
    expect(await lab.restoreInPlace({ delete: true })).toMatchObject({ problemCount: 0, deleted: 0 });
    // Who asks nobody takes all.
    expect((await lab.backup()).counts.files).toBe(4);
  });
});

describe('the bytes that are looked into', () => {
  /** The first line says how long it is; more than is read in one go, or held in memory. */
  const large = (bytes: number): string => `BOOK\n# One\n${'y'.repeat(bytes)}\n`;

  it.each([
    [100, 'in memory'],
    [3 * 1024 * 1024, 'in memory'],
    [9 * 1024 * 1024, 'in a private file'],
  ])(
    'are those that were stored, also of a large file, and also where it shares with the parent (%d bytes, %s)',
    async (bytes) => {
      const lab = new Lab({ 'data.book': large(bytes) });
      const first = await lab.backup(asked(lab, bookInspector(), { inspectLimits: undefined }));
      expect(first).toMatchObject({ problemCount: 0, contents: { sound: 1 }, counts: { exports: 1 } });
      // Read again, found equal to the parent's, and looked into by another version.
      const limits = { inspectLimits: undefined, rehash: true };
      const second = await lab.backup(asked(lab, bookInspector({ version: 2 }), limits));
      expect(second).toMatchObject({ problemCount: 0, contents: { sound: 1 }, counts: { exports: 1 } });
      expect(await verify({ target: lab.target, data: true })).toMatchObject({ problemCount: 0 });
    },
  );

  it('of a file that is unchanged, and was never looked into, are read once more, or are those of the parent', async () => {
    const lab = new Lab({ 'data.book': BOOK });
    await lab.backup();
    const inspectors = [bookInspector()];
    const second = await lab.backup({ ...asked(lab, bookInspector()), inspectLimits: undefined, inspectors });
    expect(second).toMatchObject({ readFiles: 0, contents: { sound: 1 }, counts: { exports: 1 } });
    // It goes away just when it is found to be unchanged.
    const lab2 = new Lab({ 'data.book': BOOK, 'z.book': BOOK });
    await lab2.backup();
    let inspected = 0;
    const onInspect = (): void => {
      inspected += 1;
      if (inspected === 1) for (const name of ['data.book', 'z.book']) rmSync(lab2.path(name), { force: true });
    };
    const third = await lab2.backup({ ...asked(lab2, bookInspector({ onInspect })), inspectLimits: undefined });
    expect(third).toMatchObject({ contents: { sound: 2 }, counts: { exports: 2 } });
  });

  it.each([true, false])(
    'are never those of another version: where the live file has changed since, they are those of the store, or nothing is said (they can be read there: %s)',
    async (canBeRead) => {
      const lab = new Lab({ 'a.book': BOOK });
      await lab.backup();
      const target = intercept(lab.target, {
        async call({ operation }, run) {
          const answer = await run();
          if (operation === 'copy') {
            writeFileSync(lab.path('a.book'), 'BOOK\n# Other\n9\n# More\n8\n');
            for (const [at, object] of canBeRead ? [] : [...lab.store.objects])
              if (at.endsWith('/a.book'))
                lab.store.objects.set(at, { ...object, bytes: Buffer.from('BOOK\n# Rotten') });
          }
          return answer;
        },
      });
      const asking = { ...asked(lab, bookInspector()), inspectLimits: undefined, targets: [target] };
      expect(await lab.backup(asking)).toMatchObject({ problemCount: 0, readFiles: 0 });
      const [entry] = (await filesOf(lab)).filter(({ path }) => path === 'data/a.book');
      if (canBeRead) expect(entry?.content).toMatchObject({ status: 'sound', facts: { sheets: 1 } });
      else expect(entry?.content).toMatchObject({ status: 'opaque', fault: { code: 'FAILED' } });
    },
  );
});
