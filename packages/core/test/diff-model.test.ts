import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Change, type ComparedEntry, type DiffOptions, diff, isRefused } from '../src/index.js';
import { textOf } from '../src/snapshot/entry.js';
import { orderKey } from '../src/snapshot/path-order.js';
import { memoryStore, memoryTarget } from '../src/testing/index.js';
import { type CraftedEntry, craft, sha256 } from './crafted.js';
import { Lab } from './lab.js';
import { runs } from './runs.js';
import { all } from './workspace.js';

/** Few names and few contents, so that much is the same on both sides, moves, and changes its kind. */
const NAMES = ['a', 'b', 'a-b', 'a.b', 'é', 'e\u0301', '\u001b[2J'].map((name) => Buffer.from(name));
const name = fc.constantFrom(...NAMES, Buffer.from([0x66, 0xff]), Buffer.from([0x66, 0xfe]));

type Node =
  | { readonly type: 'file'; readonly content: string; readonly mode: string; readonly mtime: number }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'directory'; readonly mode: string; readonly children: readonly (readonly [Buffer, Node])[] };

const mode = fc.constantFrom('0644', '0755');
const folders = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.record({
      type: fc.constant('file' as const),
      content: fc.constantFrom('', 'one', 'two', 'more'),
      mode,
      mtime: fc.constantFrom(1_000, 2_000),
    }),
    fc.record({ type: fc.constant('symlink' as const), target: fc.constantFrom('x', 'y') }),
    tie('folder'),
  ),
  folder: fc.record({
    type: fc.constant('directory' as const),
    mode,
    children: fc.uniqueArray(fc.tuple(name, tie('node')), {
      maxLength: 6,
      selector: ([name]) => name.toString('latin1'),
    }),
  }),
})).folder;

interface Placed {
  readonly pathBytes: Buffer;
  readonly node: Node;
}

function* placed(pathBytes: Buffer, node: Node): Generator<Placed> {
  yield { pathBytes, node };
  if (node.type !== 'directory') return;
  for (const [name, child] of node.children) yield* placed(Buffer.concat([pathBytes, Buffer.from('/'), name]), child);
}

/** The tree as a snapshot that needs no file system. */
function crafted(tree: Node): CraftedEntry[] {
  const sorted = [...placed(Buffer.from('data'), tree)].sort((left, right) =>
    Buffer.compare(
      orderKey(left.pathBytes, left.node.type === 'directory'),
      orderKey(right.pathBytes, right.node.type === 'directory'),
    ),
  );
  return sorted.map(({ pathBytes, node }) => {
    const { text: path, base64 } = textOf(pathBytes);
    const common = { path, ...(base64 === undefined ? {} : { pathBytes: base64 }), mtimeNs: '0' };
    if (node.type === 'directory') return { line: { ...common, type: 'directory', mode: node.mode } };
    if (node.type === 'symlink') return { line: { ...common, type: 'symlink', mode: '0777', linkTarget: node.target } };
    const { content, mode, mtime } = node;
    const file = { type: 'file', mode, mtimeNs: String(mtime), sizeBytes: content.length, sha256: sha256(content) };
    return { line: { ...common, ...file, stable: true } };
  });
}

/** All that a comparison promises to tell of an entry. */
function signature(entry: ComparedEntry): string {
  if (entry.type === 'directory') return `directory ${entry.mode}`;
  if (entry.type === 'symlink') return `symlink ${entry.linkTarget} ${entry.mtimeNs}`;
  return `file ${entry.sizeBytes} ${entry.sha256} ${entry.mode} ${entry.mtimeNs}`;
}

const keyOf = (entry: { path: string; pathBytes?: string }): string => entry.pathBytes ?? `text ${entry.path}`;

/** What a person would have who carried out the changes on the first side. */
function applied(before: ReadonlyMap<string, string>, changes: readonly Change[]): Map<string, string> {
  const result = new Map(before);
  for (const { before: was } of changes) {
    if (was === undefined) continue;
    expect(result.get(keyOf(was))).toBe(signature(was));
    result.delete(keyOf(was));
  }
  for (const { after } of changes) if (after !== undefined) result.set(keyOf(after), signature(after));
  return result;
}

async function compared(options: DiffOptions) {
  const done = await diff(options);
  try {
    return { changes: await all(done.changes()), summary: done.summary };
  } finally {
    await done.close();
  }
}

it('the differences from A to B, carried out on A, give B; and their numbers add up', async () => {
  await fc.assert(
    fc.asyncProperty(folders, folders, async (one, other) => {
      const store = memoryStore();
      const sides = [crafted(one), crafted(other)];
      const ids = ['20260101T000000000Z-aaaaaaaa', '20260101T000000001Z-bbbbbbbb'];
      for (const [index, entries] of sides.entries()) craft(entries, { id: ids[index] ?? '', store });
      const target = memoryTarget({ store });
      const maps = sides.map(
        (entries) =>
          new Map(
            entries.map(({ line }) => {
              const entry = line as unknown as ComparedEntry;
              return [keyOf(entry), signature(entry)];
            }),
          ),
      );
      const [first = new Map(), second = new Map()] = maps;
      const { changes, summary } = await compared({ target, before: ids[0], after: ids[1] ?? '' });
      expect(applied(first, changes)).toEqual(second);

      const { added, removed, changed, moved, metadata, unchanged, notCompared } = summary;
      expect(changes.length).toBe(added + removed + changed + moved + metadata);
      expect(removed + changed + moved + metadata + unchanged).toBe(first.size);
      expect(added + changed + moved + metadata + unchanged).toBe(second.size);
      expect(notCompared).toBe(0);
      expect(summary.equal).toBe(changes.length === 0);
      // What could be a move is one: no file both goes and comes with the same bytes.
      const hashes = (side: 'before' | 'after', kind: Change['kind']): string[] =>
        changes.flatMap((change) => {
          const entry = change[side];
          return change.kind === kind && entry?.type === 'file' && entry.sizeBytes > 0 ? [String(entry.sha256)] : [];
        });
      const gone = new Set(hashes('before', 'removed'));
      expect(hashes('after', 'added').filter((hash) => gone.has(hash))).toEqual([]);
    }),
    { numRuns: runs(100) },
  );
}, 60_000);

function grow(at: Buffer, node: Node): void {
  if (node.type === 'symlink') symlinkSync(node.target, at);
  else if (node.type === 'file') {
    writeFileSync(at, node.content, { mode: Number.parseInt(node.mode, 8) });
    utimesSync(at, node.mtime, node.mtime);
  } else {
    mkdirSync(at, { mode: Number.parseInt(node.mode, 8), recursive: true });
    for (const [name, child] of node.children) grow(Buffer.concat([at, Buffer.from('/'), name]), child);
  }
}

it('against the live files it tells what it tells against a snapshot of them', async () => {
  const told = ({ changes }: { changes: readonly Change[] }): string[] =>
    changes.map(({ kind, path, before, parts }) => `${kind} ${path} ${before?.path} ${parts.join()}`);
  await fc.assert(
    fc.asyncProperty(folders, folders, async (one, other) => {
      const lab = new Lab();
      grow(Buffer.from(lab.source), one);
      const { snapshotId: first } = await lab.backup();
      rmSync(lab.source, { recursive: true });
      grow(Buffer.from(lab.source), other);
      const live = await compared({ target: lab.target, before: first, after: { stateDirectory: lab.state } });
      const { snapshotId: second, flags } = await lab.backup();
      // Of a source that was empty a snapshot does not tell that anything is gone.
      fc.pre(!flags.includes('incomplete'));
      const stored = await compared({ target: lab.target, before: first, after: second });
      // Times of links cannot be told beforehand here: they are those of the moment, and the same on both ways.
      expect(told(live)).toEqual(told(stored));
      expect((await lab.entries()).some(isRefused)).toBe(false);
      const { unchanged, bytesBefore, bytesAfter } = live.summary;
      expect({ unchanged, bytesBefore, bytesAfter }).toEqual({
        unchanged: stored.summary.unchanged,
        bytesBefore: stored.summary.bytesBefore,
        bytesAfter: stored.summary.bytesAfter,
      });
    }),
    { numRuns: runs(15) },
  );
}, 60_000);
