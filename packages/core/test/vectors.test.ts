import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sameTime, xattrTools } from '../src/files/index.js';
import {
  type BackupTarget,
  findSnapshot,
  isHoldfastError,
  listSnapshots,
  type Problem,
  restore,
  verify,
} from '../src/index.js';
import { type MemoryStore, memoryStore, memoryTarget } from '../src/testing/index.js';
import { sha256 } from './crafted.js';
import { Lab } from './lab.js';
import { all, scratch, treeOf } from './workspace.js';

const VECTORS = join(import.meta.dirname, '../../../docs/vectors');

interface Refused {
  readonly error: string;
}

interface ExpectedEntry {
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode?: string;
  readonly mtimeNs?: string;
  readonly content?: string | { readonly base64: string };
  readonly linkTarget?: string | { readonly base64: string };
  readonly sameAs?: string;
}

/** `expected.json` of a vector; `docs/vectors/README.md` says what its members mean. */
interface Expected {
  readonly description: string;
  readonly list: readonly (readonly [string, string])[] | Refused;
  /** Ids of those that were removed and can be brought back; left out where that is no question. */
  readonly removed?: readonly string[];
  readonly latest: string | Refused;
  readonly restore: Readonly<
    Record<string, { problems: readonly string[]; tree: Readonly<Record<string, ExpectedEntry>> } | Refused>
  >;
  readonly verify: readonly string[] | Refused;
  readonly write?: 'ok' | Refused;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** The objects of a vector's target, in memory. */
function storeOf(vector: string): MemoryStore {
  const store = memoryStore();
  const folder = join(vector, 'target');
  for (const key of filesBelow(folder)) {
    store.objects.set(key, { bytes: readFileSync(join(folder, key)), attributes: {}, listedFromMs: 0 });
  }
  return store;
}

/** What comes of some work: its result, or the code it was refused with. */
async function outcome<Result>(work: Promise<Result>): Promise<Result | Refused> {
  try {
    return await work;
  } catch (error) {
    if (isHoldfastError(error)) return { error: error.code };
    throw error;
  }
}

const named = (problems: readonly Problem[]): string[] => problems.map(({ code, path }) => `${code} ${path}`);

const bytesOf = (text: string | { readonly base64: string }): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.base64, 'base64');

/** The bytes of a path in `expected.json`. */
function pathBytes(label: string): Buffer {
  const segments = label
    .split('/')
    .map((segment) =>
      /^bytes [0-9a-f]+$/.test(segment) ? Buffer.from(segment.slice(6), 'hex') : Buffer.from(segment),
    );
  return Buffer.concat(segments.flatMap((segment, index) => (index === 0 ? [segment] : [Buffer.from('/'), segment])));
}

function expectTree(into: string, tree: Readonly<Record<string, ExpectedEntry>>): void {
  const at = (label: string): Buffer => Buffer.concat([Buffer.from(`${into}/`), pathBytes(label)]);
  for (const [label, entry] of Object.entries(tree)) {
    const stats = lstatSync(at(label), { bigint: true });
    const type = stats.isSymbolicLink() ? 'symlink' : stats.isDirectory() ? 'directory' : 'file';
    expect([label, type]).toEqual([label, entry.type]);
    if (entry.linkTarget !== undefined) {
      expect(readlinkSync(at(label), { encoding: 'buffer' }).equals(bytesOf(entry.linkTarget))).toBe(true);
      continue;
    }
    const mode = (Number(stats.mode) & 0o7777).toString(8).padStart(4, '0');
    expect([label, mode]).toEqual([label, entry.mode]);
    // Before 1970 Node sets times to the millisecond.
    const whole = BigInt(entry.mtimeNs ?? 0);
    expect([label, sameTime(stats.mtimeNs, whole < 0n ? whole - (whole % 1_000_000n) : whole)]).toEqual([label, true]);
    if (entry.content !== undefined) expect(readFileSync(at(label)).equals(bytesOf(entry.content))).toBe(true);
    if (entry.sameAs !== undefined) expect(statSync(at(label)).ino).toBe(statSync(at(entry.sameAs)).ino);
  }
  expect(Object.keys(treeOf(into)).sort()).toEqual(Object.keys(tree).sort());
}

async function expectRestore(target: BackupTarget, id: string, expected: Expected['restore'][string]): Promise<void> {
  const result = await outcome(restore({ target, which: id, into: scratch() }));
  if ('error' in expected) {
    expect(result).toEqual(expected);
    return;
  }
  if ('error' in result) throw new Error(`restoring ${id} was refused: ${result.error}`);
  // Where attributes cannot be set that is told, and everything else is as it should be.
  const { canSet } = xattrTools();
  expect(named(result.problems.filter(({ code }) => canSet || code !== 'ATTRIBUTES'))).toEqual(expected.problems);
  expectTree(result.into, expected.tree);
}

describe('golden vectors', () => {
  it('are what they were when they were written: none has changed, is gone or is new', () => {
    const sums = filesBelow(join(VECTORS, 'plain-v1')).map((path) => {
      const name = `plain-v1/${path}`;
      return `${sha256(readFileSync(join(VECTORS, name)))}  ${name}`;
    });
    expect(sums).toEqual(readFileSync(join(VECTORS, 'SHA256SUMS'), 'utf8').trimEnd().split('\n'));
    expect(sums.length).toBeGreaterThan(400);
  });

  describe.each(['good', 'bad'])('of the plain format, version 1: %s', (kind) => {
    const folder = join(VECTORS, 'plain-v1', kind);

    it.each(readdirSync(folder).sort())('%s', async (name) => {
      const vector = join(folder, name);
      const expected = JSON.parse(readFileSync(join(vector, 'expected.json'), 'utf8')) as Expected;
      const target = memoryTarget({
        store: storeOf(vector),
        capabilities: { attributes: false, wholeRoots: false },
      });

      const listed = await outcome(all(listSnapshots({ target })));
      expect(Array.isArray(listed) ? listed.map(({ id, status }) => [id, status]) : listed).toEqual(expected.list);

      if (expected.removed !== undefined) {
        const trash = await all(listSnapshots({ target, removed: true }));
        expect(trash.filter(({ status }) => status === 'removed').map(({ id }) => id)).toEqual(expected.removed);
      }

      const latest = await outcome(findSnapshot({ target }));
      expect('error' in latest ? latest : latest.id).toEqual(expected.latest);

      const checked = await outcome(verify({ target, data: true }));
      expect('error' in checked ? checked : named(checked.problems)).toEqual(expected.verify);

      for (const [id, wanted] of Object.entries(expected.restore)) await expectRestore(target, id, wanted);

      if (expected.write === undefined) return;
      const lab = new Lab({ 'a.txt': 'a' });
      const written = await outcome(lab.backup({ targets: [target] }));
      expect('error' in written ? written : 'ok').toEqual(expected.write);
    });
  });
});
