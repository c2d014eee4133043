import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mirror, type TargetCapabilities, verify } from '../src/index.js';
import { memoryTarget } from '../src/testing/index.js';
import { Lab } from './lab.js';
import { expectSameTree } from './workspace.js';

/** Names of any bytes but slash and NUL, often of those that tools trip over. */
const names = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .string({
        unit: fc.constantFrom('a', 'A', '.', ' ', '-', '\n', '\\', '"', '*', 'é', 'e\u0301', '😀', '\u001b', '%', '~'),
        minLength: 1,
        maxLength: 6,
      })
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))))
  .filter((name) => !['.', '..'].includes(name.toString('latin1')));

type Node =
  | { readonly type: 'file'; readonly content: Uint8Array; readonly mtime: number }
  | { readonly type: 'link'; readonly target: Buffer }
  | { readonly type: 'folder'; readonly children: readonly (readonly [Buffer, Node])[] };

const trees = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({
      type: fc.constant('file' as const),
      content: fc.uint8Array({ maxLength: 40 }),
      mtime: fc.integer({ min: 1, max: 1_700_000_000 }),
    }),
    fc.record({ type: fc.constant('link' as const), target: names }),
    tie('folder'),
  ),
  folder: fc.record({
    type: fc.constant('folder' as const),
    children: fc.uniqueArray(fc.tuple(names, tie('node')), {
      maxLength: 5,
      selector: ([name]) => name.toString('latin1'),
    }),
  }),
})).folder;

function grow(at: Buffer, node: Node): void {
  if (node.type === 'link') symlinkSync(node.target, at);
  else if (node.type === 'file') {
    writeFileSync(at, node.content);
    utimesSync(at, node.mtime, node.mtime);
  } else {
    mkdirSync(at, { recursive: true });
    for (const [name, child] of node.children) grow(Buffer.concat([at, Buffer.from('/'), name]), child);
  }
}

const capabilities = fc.record<Partial<TargetCapabilities>>(
  {
    caseSensitiveKeys: fc.boolean(),
    windowsNames: fc.boolean(),
    attributes: fc.boolean(),
    copy: fc.constant(false),
    copyShares: fc.constant(false),
    concurrency: fc.constantFrom(1, 3),
    forbiddenCharacters: fc.constant('\\'),
  },
  { requiredKeys: [] },
);

describe('any tree, on any target', () => {
  it('comes back as it was, verifies, and is the same after a mirror to any other target', async () => {
    await fc.assert(
      fc.asyncProperty(trees, capabilities, capabilities, async (tree, first, second) => {
        const lab = new Lab({}, { capabilities: first });
        grow(Buffer.from(lab.source), tree);
        const summary = await lab.backup();
        expect(summary.problems.filter(({ code }) => code !== 'SOURCE_EMPTY')).toEqual([]);
        const to = memoryTarget({ url: 'memory:to', capabilities: second });
        expect(await mirror({ from: lab.target, to })).toMatchObject({ equal: true, problemCount: 0 });
        for (const target of [lab.target, to]) {
          expect((await verify({ target, data: true })).problems).toEqual([]);
          const restored = await lab.restore({ target });
          expect(restored.problems).toEqual([]);
          expectSameTree(join(restored.into, 'data'), lab.source);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is not read again by the next backup, and what has changed is', async () => {
    await fc.assert(
      fc.asyncProperty(trees, trees, async (tree, change) => {
        const lab = new Lab();
        grow(Buffer.from(lab.source), tree);
        await lab.backup();
        expect(await lab.backup()).toMatchObject({ readFiles: 0 });
        grow(Buffer.from(join(lab.source, 'changed')), change);
        await lab.backup();
        const restored = await lab.restore();
        expectSameTree(join(restored.into, 'data'), lab.source);
      }),
      { numRuns: 10 },
    );
  });
});
