import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from '../snapshot/entry.js';
import { type Entry, pathBytesOf } from '../snapshot/index.js';
import { orderKey } from '../snapshot/path-order.js';
import { keyFaultOn, type TargetCapabilities } from '../target/index.js';
import { MEMORY_CAPABILITIES } from '../testing/index.js';
import { aliasKey, KeyPlanner, keyFor } from './store-keys.js';

/** Names of the kinds that targets trip over, as bytes. */
const nasty = fc.constantFrom(
  ...[
    'a',
    'A',
    'a.',
    'CON',
    'con.txt',
    'é',
    'e\u0301',
    'É',
    'ß',
    'SS',
    'ſ',
    's',
    '\u212a',
    'k',
    'İ',
    'i\u0307',
    'ΐ',
    'a:b',
    'a\\b',
    ' ',
    'x'.repeat(80),
  ].map((name) => Buffer.from(name)),
  Buffer.from([0x66, 0xff]),
  Buffer.from([0x66, 0xfe]),
);

interface Node {
  readonly name: Buffer;
  readonly children: readonly Node[] | undefined;
}

const nodes = fc.letrec<{ nodes: Node[] }>((tie) => ({
  nodes: fc.uniqueArray(
    fc.record({
      name: nasty,
      children: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.constant(undefined), tie('nodes')),
    }),
    { selector: ({ name }) => name.toString('latin1'), maxLength: 8 },
  ),
})).nodes;

/** The entries of a tree in the order of a manifest. */
function entriesOf(children: readonly Node[], parent?: Buffer): Entry[] {
  const order = ({ name, children: below }: Node): Uint8Array => orderKey(name, below !== undefined);
  return [...children]
    .sort((left, right) => Buffer.compare(order(left), order(right)))
    .flatMap(({ name, children: below }) => {
      const path = parent === undefined ? name : Buffer.concat([parent, Buffer.from('/'), name]);
      const { text, base64 } = textOf(path);
      const common = { path: text, ...(base64 === undefined ? {} : { pathBytes: base64 }), mode: '0644', mtimeNs: '0' };
      if (below !== undefined) return [{ ...common, type: 'directory' } as Entry, ...entriesOf(below, path)];
      return [{ ...common, type: 'file', sizeBytes: 0, sha256: '', stable: true } as Entry];
    });
}

const capabilities = fc
  .record({
    caseSensitiveKeys: fc.boolean(),
    windowsNames: fc.boolean(),
    maxSegmentBytes: fc.constantFrom(70, 1024),
    maxKeyBytes: fc.constantFrom(120, 1024),
    forbiddenCharacters: fc.constantFrom('', '\\'),
  })
  .map((some): TargetCapabilities => ({ ...MEMORY_CAPABILITIES, ...some }));

/** One spelling for all keys that a target which folds case and normalisation takes for one. */
const folds = (key: string): string[] => [
  key.normalize('NFC').toLowerCase(),
  key.normalize('NFD').toUpperCase(),
  key.normalize('NFC').toUpperCase().toLowerCase(),
];

describe('the keys of a snapshot on any target', () => {
  it('are never the same for two files, fit the target, and keep the path where they can', () => {
    fc.assert(
      fc.property(nodes, capabilities, (tree, can) => {
        const planner = new KeyPlanner(can, 'id/');
        const taken = new Map<string, string>();
        for (const entry of entriesOf(tree)) {
          const usable = planner.usable(entry);
          if (entry.type !== 'file') continue;
          const key = keyFor(entry, usable);
          expect(keyFaultOn(`id/${key}`, can)).toBeUndefined();
          expect(key === entry.path || key === aliasKey(pathBytesOf(entry))).toBe(true);
          for (const form of can.caseSensitiveKeys ? [key] : folds(key)) {
            const mine = entry.pathBytes ?? entry.path;
            expect(taken.get(form) ?? mine).toBe(mine);
            taken.set(form, mine);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are the paths themselves, wherever nothing stands against it', () => {
    const planner = new KeyPlanner(MEMORY_CAPABILITIES, 'id/');
    const names = ['A', 'a', 'CON', 'a:b', 'é', 'e\u0301'].map((name) => ({
      name: Buffer.from(name),
      children: undefined,
    }));
    expect(entriesOf(names).map((entry) => planner.usable(entry))).toEqual(Array(6).fill(true));
  });

  it('have aliases of a length that every target takes', () => {
    expect(aliasKey(Buffer.alloc(4096, 'x'))).toMatch(/^\.holdfast\/alias\/[0-9a-f]{64}$/);
  });
});
