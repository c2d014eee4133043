import {
  type ContentComparison,
  type ContentInspector,
  type ContentValue,
  type ExportSink,
  faulty,
  type InspectedFile,
  type Inspection,
  openInspected,
} from '../src/inspect/index.js';

/** How an inspector can go wrong. */
export type Misbehaviour = 'throws' | 'rejects' | 'hangs' | 'hugeFacts' | 'fractions' | 'nonsense' | 'halfExport';

export interface BookInspectorOptions {
  readonly version?: number;
  /** What it does with files whose content says `BAD`. */
  readonly misbehaviour?: Misbehaviour;
  /** Told of each file that is inspected. */
  readonly onInspect?: (file: InspectedFile, isExporting: boolean) => void;
}

/**
 * An inspector for tests. A book is a text: its first line is `BOOK`, a line `# name` begins a sheet, every other line is a row of cells
 * with commas between them. `~name.book` is a mark of the moment.
 */
export function bookInspector(options: BookInspectorOptions = {}): ContentInspector {
  const { version = 1, misbehaviour, onInspect } = options;
  return {
    kind: 'book',
    version,
    exportFormats: ['csv'],
    recognises: (name) => name.endsWith('.book'),
    transientNames: ['~*.book'],
    inspect(file, { exports } = {}) {
      onInspect?.(file, exports !== undefined);
      if (misbehaviour === 'throws') throw new Error('thrown\u001b[31m at once');
      return inspectBook(file, misbehaviour, exports?.sink, exports?.raw === true);
    },
    async compare(before, after): Promise<ContentComparison> {
      const [left, right] = [await textOf(before), await textOf(after)];
      const lines = [`${left.length} and ${right.length} characters`];
      const isEqual = left === right;
      return { status: 'compared', isEqual, lines, facts: {}, changes: [], omittedChanges: 0 };
    },
    async valueAt(file, place): Promise<ContentValue | undefined> {
      const [, sheet, row, column] = /^(.*)!(\d+),(\d+)$/.exec(place) ?? [];
      const text = sheetsOf(await textOf(file))
        .find(({ name }) => name === sheet)
        ?.rows[Number(row)]?.split(',')[Number(column)];
      return text === undefined ? undefined : { text };
    },
    describe: ({ sheets }) => [`${sheets} sheets`],
  };
}

async function inspectBook(
  file: InspectedFile,
  misbehaviour: Misbehaviour | undefined,
  sink: ExportSink | undefined,
  raw: boolean,
): Promise<Inspection> {
  const text = await textOf(file);
  if (!text.startsWith('BOOK\n')) return faulty('INVALID', 'it does not begin as a book');
  if (text.includes('SECRET')) return faulty('ENCRYPTED', 'it needs a password');
  if (text.includes('BAD') && misbehaviour !== undefined) return await misbehave(misbehaviour, sink);
  const sheets = sheetsOf(text);
  for (const [index, { name, rows }] of sheets.entries()) {
    const part = { name, index, extension: 'csv' };
    if (sink === undefined || sink.wants?.(part) === false) continue;
    await sink.begin(part);
    for (const row of rows) await sink.write(Buffer.from(`${raw ? '' : 'guarded,'}${row}\n`));
  }
  return { status: 'sound', facts: { sheets: sheets.length } };
}

async function misbehave(misbehaviour: Misbehaviour, sink: ExportSink | undefined): Promise<Inspection> {
  if (misbehaviour === 'rejects') throw new Error('given up');
  if (misbehaviour === 'hangs') return new Promise(() => undefined);
  if (misbehaviour === 'hugeFacts') return { status: 'sound', facts: { all: 'x'.repeat(100_000) } };
  if (misbehaviour === 'fractions') return { status: 'sound', facts: { half: 0.5 } };
  if (misbehaviour === 'halfExport') {
    await sink?.begin({ name: 'half', index: 0, extension: 'csv' });
    await sink?.write(Buffer.from('half of '));
    throw new Error('given up in the middle');
  }
  return { status: 'excellent' } as unknown as Inspection;
}

function sheetsOf(text: string): { name: string; rows: string[] }[] {
  const sheets: { name: string; rows: string[] }[] = [];
  for (const line of text.split('\n').slice(1)) {
    if (line.startsWith('# ')) sheets.push({ name: line.slice(2), rows: [] });
    else if (line !== '') sheets.at(-1)?.rows.push(line);
  }
  return sheets;
}

async function textOf(file: InspectedFile): Promise<string> {
  const reader = await openInspected(file);
  try {
    return Buffer.from(await reader.read(0, reader.sizeBytes)).toString('utf8');
  } finally {
    await reader.close();
  }
}
