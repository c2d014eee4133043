import assert from 'node:assert/strict';
import { compareKeys, keyBytes, keyFaultOn, type TargetCapabilities } from '@holdfast/core/target';
import { type CaseContext, type Topic, topic } from '../case.js';
import { watched } from '../sources.js';
import {
  assertFails,
  assertNothingLeft,
  bytesOf,
  keysOf,
  RECORD_KEY,
  record,
  store,
  textOf,
  textSource,
} from '../steps.js';

export const keys: Topic = topic('keys: every key that is declared possible, and no other');

/** Names that some layer somewhere reads as something else. */
const ODD_NAMES = [
  'a space',
  ' leading and trailing ',
  'plus+plus',
  'per%2Fcent',
  '%',
  '%%41%',
  'a#b?c&d=e;f',
  '"double" and \'single\'',
  'back\\slash',
  '..a',
  'a..',
  '...',
  '-dash',
  '~tilde',
  '.hidden',
  '.holdfast-like',
  'colon:name',
  'star*<|>',
  'line\nbreak\tand tab',
  '\u0001\u001f\u007f',
  'naïve café',
  'Ωμέγα 試験 परीक्षा',
  'right-to-left שלום',
  'zero\u200bwidth',
  '\ufeffbyte order mark',
  '😀 beyond the first plane 𝕏',
  '～ wide tilde',
  '__proto__',
  'constructor',
  'null',
  '0',
  '$HOME `ls` $(x)',
  '[brackets]{braces}(parens)',
  '@at,comma!',
  'CON',
  'nul.txt',
  'Com1.tar.gz',
  'LPT9',
  'x.',
  'x ',
];

/** Rules for keys that no target may bend. */
const BAD_KEYS = [
  '',
  '/',
  '/a',
  'r/',
  'r//a',
  'r/.',
  'r/..',
  'r/./a',
  'r/../a',
  '../r/a',
  'r/a\0b',
  'r/\ud800',
  '\udc00/r',
];

function odd(capabilities: TargetCapabilities): { good: string[]; bad: string[] } {
  const all = ODD_NAMES.flatMap((name) => [`r/${name}`, `r/in ${name}/${name}/x`]);
  return {
    good: all.filter((key) => keyFaultOn(key, capabilities) === undefined),
    bad: all.filter((key) => keyFaultOn(key, capabilities) !== undefined),
  };
}

keys.forEachKind(
  'odd names are stored, listed, asked for and read literally',
  async ({ target, capabilities, open }, kind) => {
    const { good } = odd(capabilities);
    const batch = await target.begin(kind.begin);
    for (const key of good) await batch.put(key, textSource(key));
    await batch.commit(record());
    const other = await open();
    assert.deepEqual(await keysOf(other), [...good, RECORD_KEY].sort(compareKeys));
    for (const key of good) {
      assert.equal(await textOf(other, key), key);
      assert.equal((await other.stat(key))?.key, key);
    }
    for (const name of ODD_NAMES.filter((name) => good.includes(`r/in ${name}/${name}/x`))) {
      assert.deepEqual(await keysOf(other, `r/in ${name}/`), [`r/in ${name}/${name}/x`]);
    }
  },
);

keys.when(
  ({ capabilities }) => capabilities.delete,
  'odd names are deleted literally: nothing else goes',
  async ({ target, capabilities }) => {
    const { good } = odd(capabilities);
    await store(target, Object.fromEntries(good.map((key) => [key, key])));
    const gone = good.filter((_, index) => index % 2 === 0);
    await target.delete(gone);
    assert.deepEqual(
      await keysOf(target),
      [...good.filter((key) => !gone.includes(key)), RECORD_KEY].sort(compareKeys),
    );
  },
);

keys.when(
  ({ capabilities }) => capabilities.windowsNames,
  'where keys must be Windows names, others are INVALID_KEY before their source is opened',
  async (context) => {
    const { bad } = odd(context.capabilities);
    assert.ok(bad.length >= 20, 'names that Windows does not take');
    for (const key of bad) await assertRefused(context, key);
  },
);

keys.when(
  ({ capabilities }) => capabilities.forbiddenCharacters !== undefined,
  'a key with a character that is declared forbidden is INVALID_KEY before its source is opened',
  async (context) => {
    for (const character of context.capabilities.forbiddenCharacters ?? '') {
      await assertRefused(context, `r/a${character}b`);
      await assertRefused(context, `r/a${character}b/c`);
    }
    await assertNothingLeft(context);
  },
);

keys.when(
  ({ capabilities }) => !capabilities.windowsNames,
  'where keys need not be Windows names, every odd name is taken but for the characters that are declared forbidden',
  async ({ capabilities }) => {
    const forbidden = [...(capabilities.forbiddenCharacters ?? '')];
    const refused = odd(capabilities).bad.filter((key) => !forbidden.some((character) => key.includes(character)));
    assert.deepEqual(refused, []);
  },
);

/** A put under this key is INVALID_KEY before its source is opened. */
async function assertRefused({ target }: CaseContext, key: string): Promise<void> {
  const batch = await target.begin({ root: 'r' });
  const source = watched(textSource('x'));
  await assertFails(target, 'INVALID_KEY', () => batch.put(key, source), { operation: 'put', key });
  assert.equal(source.opened(), 0, 'the source was opened');
  await batch.abort();
}

keys.always('a malformed key is INVALID_KEY in every call, and touches nothing', async (context) => {
  const { target, capabilities } = context;
  for (const key of BAD_KEYS) {
    await assertRefused(context, key);
    await assertFails(target, 'INVALID_KEY', () => target.stat(key), { operation: 'stat', key });
    await assertFails(target, 'INVALID_KEY', () => bytesOf(target, key), { operation: 'get', key });
    if (capabilities.delete) {
      await assertFails(target, 'INVALID_KEY', () => target.delete(['r/a', key]), { operation: 'delete', key });
    }
    const batch = await target.begin({ root: 'r' });
    await assertFails(target, 'INVALID_KEY', () => batch.commit(record(key)), { operation: 'commit', key });
    await batch.abort();
  }
  await assertNothingLeft(context);
});

/** A key of exactly so many bytes below `r/`, in segments no longer than allowed. */
function longKey(lengthBytes: number, segmentBytes: number): string {
  let key = 'r';
  while (keyBytes(key) < lengthBytes) {
    const room = lengthBytes - keyBytes(key) - 1;
    const size = Math.min(room, segmentBytes);
    // A slash must be followed by something.
    key += `/${'k'.repeat(room - size === 1 ? size - 1 : size)}`;
  }
  return key;
}

keys.forEachKind('the longest key is stored and found again', async ({ target, capabilities, open }, kind) => {
  const segmentBytes = Math.min(capabilities.maxSegmentBytes, 255);
  const key = longKey(Math.min(capabilities.maxKeyBytes, 1024), segmentBytes);
  assert.ok(keyBytes(key) >= 128, 'at least 128 bytes for a key');
  await store(target, { [key]: 'far down' }, kind);
  assert.deepEqual(await keysOf(await open()), [key, RECORD_KEY].sort(compareKeys));
  assert.equal(await textOf(target, key), 'far down');
});

keys.forEachKind(
  'the longest segment is stored and found again, in ASCII and in the widest characters',
  async ({ target, capabilities, open }, kind) => {
    const bytes = Math.min(capabilities.maxSegmentBytes, 255, capabilities.maxKeyBytes - 2);
    const names = ['n'.repeat(bytes), `${'😀'.repeat(Math.floor(bytes / 4))}${'n'.repeat(bytes % 4)}`];
    assert.ok(bytes >= 64, 'at least 64 bytes for a segment');
    await store(target, Object.fromEntries(names.map((name) => [`r/${name}`, name])), kind);
    assert.deepEqual(await keysOf(await open()), [...names.map((name) => `r/${name}`), RECORD_KEY].sort(compareKeys));
    for (const name of names) assert.equal(await textOf(target, `r/${name}`), name);
  },
);

keys.when(
  ({ capabilities }) => Number.isFinite(capabilities.maxKeyBytes),
  'a key one byte longer than maxKeyBytes is INVALID_KEY before its source is opened',
  async (context) => {
    const { capabilities } = context;
    await assertRefused(context, longKey(capabilities.maxKeyBytes + 1, Math.min(capabilities.maxSegmentBytes, 255)));
    await assertNothingLeft(context);
  },
);

keys.when(
  ({ capabilities }) => capabilities.maxSegmentBytes < capabilities.maxKeyBytes - 2,
  'a segment one byte longer than maxSegmentBytes is INVALID_KEY before its source is opened',
  async (context) => {
    await assertRefused(context, `r/${'n'.repeat(context.capabilities.maxSegmentBytes + 1)}`);
    await assertRefused(context, `r/${'é'.repeat(Math.ceil((context.capabilities.maxSegmentBytes + 1) / 2))}`);
    await assertNothingLeft(context);
  },
);

/** Pairs that look alike: case, precomposed and decomposed accents, compatibility forms. */
const ALIKE = [
  ['r/name', 'r/NAME'],
  ['r/straße', 'r/STRASSE'],
  ['r/caf\u00e9', 'r/cafe\u0301'],
  ['r/\u212b', 'r/\u00c5'],
  ['r/ﬁ', 'r/fi'],
] as const;

keys.when(
  ({ capabilities }) => capabilities.caseSensitiveKeys,
  'keys that differ only in case or in Unicode normalisation are different objects',
  async ({ target, open }) => {
    const all = ALIKE.flat();
    await store(target, Object.fromEntries(all.map((key) => [key, `this is ${key}`])));
    assert.deepEqual(await keysOf(await open()), [...all, RECORD_KEY].sort(compareKeys));
    for (const key of all) assert.equal(await textOf(target, key), `this is ${key}`);
  },
);

keys.when(
  ({ capabilities }) => !capabilities.caseSensitiveKeys,
  'where case does not count, another spelling finds the same object or none, and the listing keeps the spelling of the put',
  async ({ target }) => {
    await store(target, { 'r/name': 'as put' });
    assert.deepEqual(await keysOf(target), [RECORD_KEY, 'r/name']);
    const answer = await textOf(target, 'r/NAME').catch((error: { code?: unknown }) => error.code);
    assert.ok(answer === 'as put' || answer === 'NOT_FOUND', String(answer));
  },
);
