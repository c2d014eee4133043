import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InspectLimits } from '@holdfast/core/inspect';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareWorkbooks } from '../src/compare/compare-workbooks.js';
import { SidedError } from '../src/compare/sided-error.js';
import { contentErrorOf } from '../src/content-error.js';
import { excelInspector } from '../src/index.js';
import { inspectWorkbook } from '../src/workbook/inspect-workbook.js';
import { openArchive } from '../src/zip/archive.js';
import { budgetOf } from '../src/zip/budget.js';
import { type TestMember, zipOf } from './zip-of.js';

const VECTORS = join(import.meta.dirname, '../../../docs/vectors/excel/files');
const LIMITS: InspectLimits = { timeoutMs: 20_000, heapMiB: 256, maxInflatedBytes: 4 * 1024 * 1024 };
const names = readdirSync(VECTORS);
const zipped = names.filter((name) =>
  /^(?:openpyxl|xlsxwriter|libreoffice|odfpy|sheetjs|excel).*\.(?:xlsx|xlsm|ods)$/.test(name),
);
const sound = readFileSync(join(VECTORS, 'openpyxl.xlsx'));

/** What comes of a file in this thread: the code of its fault, or that it is sound. Whatever is neither of them is thrown on. */
async function verdict(name: string, bytes: Uint8Array): Promise<string> {
  let exportedBytes = 0;
  const sink = {
    wants: () => true,
    begin: async () => undefined,
    async write(piece: Uint8Array) {
      exportedBytes += piece.length;
    },
  };
  const file = { name, sizeBytes: bytes.length, content: { bytes } };
  try {
    const inspection = await inspectWorkbook(file, LIMITS, { sink, raw: false });
    expect(exportedBytes).toBeLessThan(4 * LIMITS.maxInflatedBytes);
    const other = { name: 'openpyxl.xlsx', sizeBytes: sound.length, content: { bytes: sound } };
    await compareWorkbooks(other, file, { limits: LIMITS, maxChanges: 5 });
    return inspection.status === 'sound' ? 'sound' : inspection.fault.code;
  } catch (error) {
    const { code } = contentErrorOf(error instanceof SidedError ? error.cause : error);
    if (code === 'FAILED') throw error;
    return code;
  }
}

/** A place in a file, as a part of its length. Not a double: those that fast-check makes lie at the ends. */
const share = fc.nat({ max: 9999 }).map((part) => part / 10_000);

/** Somewhere in a text: what is cut out, and what is put in its place. */
const edit = fc.record({
  at: share,
  cut: fc.integer({ min: 0, max: 12 }),
  put: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '&lt;',
      '</c>',
      '<c r="A1">',
      '<v>',
      '99999999999',
      '-1',
      '1e999',
      'NaN',
      '<![CDATA[',
      '-->',
      '<!--',
      '\u0000',
      'x:',
      ' t="s"',
      ' s="7"',
      ' r="XFD1048576"',
      '<f t="shared" si="0"/>',
      '<row r="1048576">',
      'P99D',
      '\r',
    ),
  ),
});
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

function edited(text: string, { at, cut, put }: Edit): string {
  const place = Math.floor(at * text.length);
  return text.slice(0, place) + put + text.slice(place + cut);
}

async function membersOf(name: string): Promise<TestMember[]> {
  const bytes = readFileSync(join(VECTORS, name));
  const archive = await openArchive(bytes, budgetOf(LIMITS.maxInflatedBytes, bytes.length));
  const members: TestMember[] = [];
  for (const member of archive.names) {
    const pieces: Buffer[] = [];
    for await (const piece of archive.content(member)) pieces.push(piece);
    members.push({ name: member, text: Buffer.concat(pieces) });
  }
  archive.close();
  return members;
}

describe('no file makes the inspector throw, hang, or take more than it may', () => {
  it('random bytes, also such as begin like a workbook', async () => {
    const heads = ['', 'PK\x03\x04', 'PK\x05\x06', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '<?xml', '\xff\xfe'].map(
      (head) => Buffer.from(head, 'latin1'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...heads),
        fc.uint8Array({ maxLength: 800 }),
        fc.constantFrom('a.xlsx', 'a.xls', 'a.ods'),
        async (head, tail, name) => {
          expect(await verdict(name, Buffer.concat([head, tail]))).not.toBe('sound');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('workbooks in which bytes were flipped, cut out or cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zipped),
        fc.array(fc.tuple(share, fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.option(share, { freq: 1 }),
        async (name, flips, end) => {
          const bytes = Buffer.from(readFileSync(join(VECTORS, name)));
          for (const [at, value] of flips) bytes[Math.floor(at * (bytes.length - 1))] = value;
          await verdict(name, end === null ? bytes : bytes.subarray(0, Math.floor(end * bytes.length)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('workbooks whose parts were edited, with all checksums right', async () => {
    const members = new Map(await Promise.all(zipped.map(async (name) => [name, await membersOf(name)] as const)));
    const verdicts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zipped),
        fc.nat(),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        async (name, which, edits) => {
          const whole = members.get(name) ?? [];
          const parts = whole.filter((member) => /\.(?:xml|rels)$/.test(member.name));
          // Sheets and texts more often than the rest.
          const likely = [
            ...parts,
            ...parts
              .filter((part) => /sheet|sharedstrings|content|styles/i.test(part.name))
              .flatMap((part) => [part, part, part]),
          ];
          const chosen = likely[which % likely.length];
          const changed = whole.map((member) =>
            member === chosen ? { ...member, text: edits.reduce(edited, member.text.toString()) } : member,
          );
          verdicts.add(await verdict(name, zipOf(changed)));
        },
      ),
      { numRuns: 120 },
    );
    // The edits reach behind the first check: some stay sound, others break a rule.
    expect(verdicts).toContain('sound');
    expect(verdicts).toContain('INVALID');
  });

  it('older workbooks in which bytes were changed, in their thread', async () => {
    const old = names.filter((name) => /^(?:xlwt|sheetjs|libreoffice).*\.xls$/.test(name));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...old),
        fc.array(fc.tuple(share, fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 8,
        }),
        async (name, flips) => {
          const bytes = Buffer.from(readFileSync(join(VECTORS, name)));
          for (const [at, value] of flips) bytes[Math.floor(at * (bytes.length - 1))] = value;
          const inspection = await excelInspector.inspect(
            { name, sizeBytes: bytes.length, content: { bytes } },
            { limits: LIMITS },
          );
          expect(inspection.status === 'sound' ? '' : inspection.fault.code).not.toBe('FAILED');
        },
      ),
      { numRuns: 80 },
    );
  });
});
