// Writes the golden vectors of the plain format, version 1. Each was written once: it never writes over one that is there.
// Run it after a build: node docs/vectors/write-vectors.mjs
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PlainWriter } from '../../packages/core/dist/plain/index.js';
import { canonicalSha256 } from '../../packages/core/dist/snapshot/canonical-json.js';
import { encodeRecord } from '../../packages/core/dist/snapshot/record.js';
import { memoryStore, memoryTarget } from '../../packages/core/dist/testing/index.js';

const HERE = import.meta.dirname;
const ROOT = join(HERE, 'plain-v1');
const ID = '20260102T030405678Z-0a1b2c3d';
const VERSIONS = { version: 1, minReader: 1, minWriter: 1, features: { incompat: [], rocompat: [] } };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// ---- Entries: what a snapshot holds, and what a restore must make of it ----

const MTIME = '1767323045678901234';
const pathOf = (path) => {
  const bytes = Buffer.isBuffer(path) ? path : Buffer.from(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { path: text } : { path: text, pathBytes: bytes.toString('base64') };
};
const file = (path, content, more = {}) => ({
  content: Buffer.from(content),
  entry: {
    type: 'file',
    ...pathOf(path),
    mode: '0644',
    mtimeNs: MTIME,
    sizeBytes: Buffer.byteLength(content),
    sha256: sha256(content),
    stable: true,
    ...more,
  },
});
const folder = (path, more = {}) => ({ entry: { type: 'directory', ...pathOf(path), mode: '0755', mtimeNs: MTIME, ...more } });
const link = (path, target, more = {}) => ({
  entry: { type: 'symlink', ...pathOf(path), mode: '0777', mtimeNs: MTIME, linkTarget: target, ...more },
});

/** A path as `expected.json` names it: each segment that is not UTF-8 as its bytes. */
function label({ path, pathBytes }) {
  if (pathBytes === undefined) return path;
  const segments = Buffer.from(pathBytes, 'base64').toString('latin1').split('/');
  return segments
    .map((segment) => {
      const bytes = Buffer.from(segment, 'latin1');
      const text = bytes.toString('utf8');
      return Buffer.from(text).equals(bytes) ? text : `bytes ${bytes.toString('hex')}`;
    })
    .join('/');
}

function treeOf(items) {
  const first = new Map();
  return Object.fromEntries(
    items.map(({ entry, content }) => {
      const { type, mode, mtimeNs, linkTarget, linkTargetBytes, hardLink } = entry;
      const here = label(entry);
      if (type === 'symlink') return [here, { type, linkTarget: linkTargetBytes === undefined ? linkTarget : { base64: linkTargetBytes } }];
      if (type === 'directory') return [here, { type, mode, mtimeNs }];
      const text = content.toString('utf8');
      const shown = Buffer.from(text).equals(content) ? text : { base64: content.toString('base64') };
      const sameAs = hardLink === undefined ? undefined : first.get(hardLink);
      if (hardLink !== undefined && sameAs === undefined) first.set(hardLink, here);
      return [here, { type, mode, mtimeNs, content: shown, ...(sameAs === undefined ? {} : { sameAs }) }];
    }),
  );
}

// ---- Targets ----

async function write(items, { store = memoryStore(), capabilities = {}, id = ID, payload = {} } = {}) {
  const target = memoryTarget({ store, capabilities: { attributes: false, ...capabilities } });
  const writer = await PlainWriter.begin(target, id, {});
  const own = items.filter(({ entry }) => entry.exportOf === undefined);
  const exported = items.filter(({ entry }) => entry.exportOf !== undefined && entry.type === 'file');
  const bytesOf = (some) => some.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
  const count = (type) => own.filter(({ entry }) => entry.type === type).length;
  for (const { entry, content } of items) {
    const key = writer.plan(entry);
    if (entry.type === 'file') {
      await writer.put(key, entry, { sizeBytes: content.length, open: async function* () { if (content.length > 0) yield content; } }, {});
    }
    await writer.append(entry, key);
  }
  await writer.commit(
    {
      id,
      createdAt: '2026-01-02T04:04:05.678+01:00',
      sequence: 1,
      host: 'host',
      user: 'user',
      program: 'holdfast',
      sources: [{ id: '00000000-0000-4000-8000-000000000001', name: 'data', path: '/srv/data', type: 'directory' }],
      tags: [],
      counts: {
        files: count('file'),
        directories: count('directory'),
        symlinks: count('symlink'),
        bytes: bytesOf(own),
        skipped: 0,
        unstable: own.filter(({ entry }) => entry.stable === false).length,
        ...(exported.length === 0 ? {} : { exports: exported.length, exportBytes: bytesOf(exported) }),
      },
      flags: [],
      contentsSha256: writer.contentsSha256(),
      ...payload,
    },
    {},
  );
  await writer.close();
  return store;
}

function put(store, key, bytes) {
  store.objects.set(key, { bytes: Buffer.from(bytes), attributes: {}, listedFromMs: 0 });
}

function header(store, change = {}) {
  const rest = { holdfast: 'target', format: 'plain', versions: VERSIONS, targetId: '00000000-0000-4000-8000-0000000000ff', ...change };
  put(store, '.holdfast/target.json', `${JSON.stringify({ ...rest, check: canonicalSha256(rest) }, undefined, 2)}\n`);
  return store;
}

/** Changes a record, and gives it a checksum that fits again. */
function reseal(store, change, id = ID) {
  const key = `${id}/.holdfast/snapshot.json`;
  const { check: _, ...record } = JSON.parse(Buffer.from(store.objects.get(key).bytes).toString());
  change(record);
  put(store, key, encodeRecord(record));
  return store;
}

/** Puts other lines in the place of a manifest, and makes every checksum fit: what somebody makes who knows the format. */
function forge(store, lines, id = ID) {
  const manifest = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  put(store, `${id}/.holdfast/manifest.jsonl`, manifest);
  return reseal(
    store,
    ({ payload, envelope }) => {
      envelope.manifest = { sizeBytes: manifest.length, sha256: sha256(manifest) };
      payload.contentsSha256 = sha256(manifest);
      payload.counts.files = lines.filter((line) => line.includes('"type":"file"')).length;
      payload.counts.directories = lines.filter((line) => line.includes('"type":"directory"')).length;
      payload.counts.symlinks = lines.filter((line) => line.includes('"type":"symlink"')).length;
    },
    id,
  );
}

const json = (entry) =>
  `{${Object.keys(entry)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(entry[name])}`)
    .join(',')}}`;

const flip = (bytes) => bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte));
const change = (store, key, how) => {
  const bytes = how(Buffer.from(store.objects.get(key).bytes));
  if (bytes === undefined) store.objects.delete(key);
  else put(store, key, bytes);
  return store;
};

// ---- Vectors ----

const vectors = [];
const vector = (kind, name, description, store, expected) => vectors.push({ kind, name, description, store, expected });

const whole = (items, more = {}) => ({
  list: [[ID, 'ok']],
  latest: ID,
  restore: { [ID]: { problems: [], tree: treeOf(items) } },
  verify: [],
  write: 'ok',
  ...more,
});

const BASE = [folder('data'), file('data/good.txt', 'good\n'), file('data/other.txt', 'other\n')];
const base = () => write(BASE).then((store) => header(store));

const PLAIN = [
  folder('data', { mode: '0750' }),
  file('data/a.b', 'a dot comes before a slash', { mode: '0600' }),
  folder('data/a'),
  file('data/a/x', 'in a folder'),
  file('data/a0', 'a zero comes after a slash'),
  link('data/dangling', '/does/not/exist'),
  file('data/early', 'before 1970', { mtimeNs: '-86400500000000' }),
  file('data/empty.npy', ''),
  folder('data/nothing in it', { mode: '0711' }),
  link('data/up', '../..'),
  file('data/zeros.bin', Buffer.alloc(300)),
  file('data/\u00fc\u00f1\u00ed \u{1f600}.txt', 'names'),
];
vector('good', 'plain', 'Files, folders, symlinks, odd names, times and modes.', header(await write(PLAIN)), whole(PLAIN));

const invalid = (text) => Buffer.from(text, 'latin1');
const ALIASES = [
  folder('data'),
  file('data/CON', 'reserved on Windows'),
  file('data/README', 'first'),
  folder(invalid('data/d\xfe')),
  file(invalid('data/d\xfe/inside.txt'), 'below a folder that is not UTF-8'),
  file(invalid('data/f\xfe.x'), 'fe'),
  file(invalid('data/f\xff.x'), 'ff'),
  link('data/linked', 'f\ufffd', { linkTargetBytes: invalid('f\xff').toString('base64') }),
  file('data/new\nline', 'a newline'),
  file('data/readme', 'second'),
].sort((left, right) => Buffer.compare(order(left), order(right)));
function order({ entry }) {
  const bytes = entry.pathBytes === undefined ? Buffer.from(entry.path) : Buffer.from(entry.pathBytes, 'base64');
  return entry.type === 'directory' ? Buffer.concat([bytes, Buffer.from('/')]) : bytes;
}
vector(
  'good',
  'aliases',
  'Names that this target could not carry are stored under aliases, and come back as they were.',
  header(await write(ALIASES, { capabilities: { windowsNames: true, caseSensitiveKeys: false } })),
  whole(ALIASES),
);

/** For whom the attributes are nobody's: only names of the user's own, which every system that has attributes can set. */
const ATTRIBUTES = [
  folder('data', { xattrs: { 'user.of a folder': 'eWVz' } }),
  file('data/marked', 'marked', { xattrs: { 'later.kind': 'AA==', 'user.empty': '', 'user.text': 'aGVsbG8=', 'user.\u00fc\n=': 'AAr/' } }),
  file('data/sparse', 'a flag', { sparse: true }),
];
vector(
  'good',
  'xattrs',
  'Extended attributes, one of a kind that this version does not know, and the flag of a sparse file. Where attributes cannot be set the files come back without.',
  header(await write(ATTRIBUTES)),
  whole(ATTRIBUTES),
);

const WORKBOOK = { kind: 'excel', version: 1, status: 'sound', facts: { sheets: [{ name: 'One', rows: 1 }, { name: '../two', rows: 1 }] } };
const CONTENTS = [
  folder('data'),
  file('data/broken.npy', 'no array', { content: { kind: 'npy', version: 1, status: 'broken', fault: { code: 'MISNAMED', message: 'it is a text' } } }),
  file('data/data.xlsx', 'a workbook, for the sake of the argument', { content: { ...WORKBOOK, exports: { formats: ['csv'], parts: 2 } } }),
  file('data/later.npy', 'of a later version', { content: { kind: 'npy', version: 9, status: 'half', note: 'kept' } }),
  folder('data/sub'),
  file('data/sub/secret.xlsx', 'locked', {
    content: { kind: 'excel', version: 1, status: 'opaque', fault: { code: 'ENCRYPTED', message: 'it needs a password' }, exports: { formats: ['csv'], raw: true, parts: 0 } },
  }),
  file('data/sub/sheet.xlsx', 'another workbook', { content: { kind: 'excel', version: 1, status: 'sound', facts: {}, exports: { formats: ['csv'], parts: 1 } } }),
];
const EXPORTS = [
  file('data_backup..._two.csv', 'two\r\n', { exportOf: 'data/data.xlsx', part: { index: 1, name: '../two' } }),
  file('data_backup.csv', 'one\r\n', { exportOf: 'data/data.xlsx', part: { index: 0, name: 'One' } }),
  folder('data_backup', { exportOf: 'data' }),
  folder('data_backup/sub', { exportOf: 'data/sub' }),
  file('data_backup/sub/sheet_backup.csv', '', { exportOf: 'data/sub/sheet.xlsx', part: { index: 0, name: 'S' } }),
];
vector(
  'good',
  'contents-and-exports',
  'What inspectors have found, one of them of a later version, and exports, which no restore brings unless they are named; they do not count as files.',
  header(await write([...CONTENTS, ...EXPORTS].sort((left, right) => Buffer.compare(order(left), order(right))), { payload: { flags: ['suspect'] } })),
  whole(CONTENTS),
);

const LINKED = [
  folder('data'),
  file('data/a.txt', 'one file, two names', { hardLink: 1 }),
  folder('data/sub'),
  file('data/sub/b.txt', 'one file, two names', { hardLink: 1 }),
  file('data/unsteady.log', 'changed while it was read', { stable: false }),
];
vector(
  'good',
  'hard-links',
  'One file under two names, and one that changed while it was read; a name, tags and flags.',
  header(await write(LINKED, { payload: { name: 'nightly', tags: ['a', 'b'], flags: ['incomplete'] } })),
  whole(LINKED),
);

const LATER = '20260101T000000000Z-ffffffff';
const CHANGED = [folder('data'), file('data/good.txt', 'changed\n')];
vector(
  'good',
  'clock-set-back',
  'Two snapshots of one source; the later one has the earlier time, and is the latest by its number.',
  header(
    await write(CHANGED, {
      store: await write(BASE),
      id: LATER,
      payload: { createdAt: '2026-01-01T00:00:00.000+00:00', sequence: 2, parent: ID, flags: ['clock'] },
    }),
  ),
  whole(BASE, {
    list: [
      [LATER, 'ok'],
      [ID, 'ok'],
    ],
    latest: LATER,
    restore: { [ID]: { problems: [], tree: treeOf(BASE) }, [LATER]: { problems: [], tree: treeOf(CHANGED) } },
  }),
);

const UNKNOWN = [folder('data', { note: 'of a later version' }), file('data/good.txt', 'good\n', { facts: { rows: 3 } })];
vector(
  'good',
  'unknown-members',
  'Members that this version does not know, and a feature that only writers must know: it is read, and not written to.',
  header(
    reseal(await write(UNKNOWN, { payload: { mood: 'fine' } }), (record) => {
      record.versions.version = 2;
      record.versions.minWriter = 2;
    }),
    { versions: { version: 2, minReader: 1, minWriter: 1, features: { incompat: [], rocompat: ['something'] } } },
  ),
  whole(UNKNOWN, { write: { error: 'FORMAT_UNSUPPORTED' } }),
);

const moved = memoryStore();
for (const [key, object] of (await write(BASE)).objects) moved.objects.set(key.slice(ID.length + 1), object);
vector('good', 'one-snapshot', 'A snapshot folder by itself, under whatever name, is a target of that one snapshot.', moved, {
  ...whole(BASE),
  write: { error: 'TARGET_NOT_EMPTY' },
});

vector(
  'good',
  'no-header',
  'A target whose header is all zeros counts as one without a header: nothing depends on it.',
  change(await base(), '.holdfast/target.json', (bytes) => Buffer.alloc(bytes.length)),
  whole(BASE),
);

vector(
  'good',
  'left-over',
  'What an interrupted run left has no record, and is no snapshot.',
  change(await write(CHANGED, { store: await base(), id: LATER }), `${LATER}/.holdfast/snapshot.json`, () => undefined),
  whole(BASE),
);

// Records.
const RECORD = `${ID}/.holdfast/snapshot.json`;
const damagedRecord = {
  list: [[ID, 'damaged']],
  latest: { error: 'SNAPSHOT_NOT_FOUND' },
  restore: { [ID]: { error: 'SNAPSHOT_DAMAGED' } },
  verify: [`DAMAGED ${ID}`],
};
for (const [name, description, how] of [
  ['record-empty', 'A record of no bytes.', () => Buffer.alloc(0)],
  ['record-zeros', 'A record of zeros.', (bytes) => Buffer.alloc(bytes.length)],
  ['record-truncated', 'A record that was cut.', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['record-bit-flipped', 'A record of which one bit is another.', flip],
  ['record-no-json', 'A record that is no JSON.', () => Buffer.from('not a record\n')],
]) {
  vector('bad', name, description, change(await base(), RECORD, how), damagedRecord);
}
vector('bad', 'record-of-another', 'A record in a folder of another name.', reseal(await base(), ({ payload }) => (payload.id = LATER)), damagedRecord);
const newer = {
  list: [[ID, 'newer']],
  latest: { error: 'SNAPSHOT_NOT_FOUND' },
  restore: { [ID]: { error: 'FORMAT_UNSUPPORTED' } },
  verify: [`DAMAGED ${ID}`],
};
vector('bad', 'record-newer', 'A snapshot that needs a newer reader.', reseal(await base(), ({ versions }) => Object.assign(versions, { version: 2, minReader: 2 })), newer);
vector('bad', 'record-unknown-feature', 'A snapshot with a feature that readers must know.', reseal(await base(), ({ versions }) => versions.features.incompat.push('recipes')), newer);

// Manifests.
const MANIFEST = `${ID}/.holdfast/manifest.jsonl`;
const damagedManifest = {
  list: [[ID, 'ok']],
  latest: ID,
  restore: { [ID]: { error: 'SNAPSHOT_DAMAGED' } },
  verify: [`DAMAGED ${ID}`],
  write: 'ok',
};
for (const [name, description, how] of [
  ['manifest-missing', 'A snapshot without its manifest.', () => undefined],
  ['manifest-empty', 'A manifest of no bytes.', () => Buffer.alloc(0)],
  ['manifest-zeros', 'A manifest of zeros.', (bytes) => Buffer.alloc(bytes.length)],
  ['manifest-truncated', 'A manifest that was cut.', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['manifest-bit-flipped', 'A manifest of which one bit is another.', flip],
]) {
  vector('bad', name, description, change(await base(), MANIFEST, how), damagedManifest);
}
const lines = BASE.map(({ entry }) => json(entry));
const good = lines[1];
const evil = (members) => json({ ...BASE[1].entry, ...members });
for (const [name, description, forged] of [
  ['manifest-no-json', 'A line that is no JSON, with checksums that fit.', [lines[0], '{"type":']],
  ['manifest-out-of-order', 'Lines out of order, with checksums that fit.', [lines[0], lines[2], lines[1]]],
  ['manifest-unknown-type', 'An entry of a type that nobody knows.', [lines[0], evil({ type: 'device', path: 'data/null' })]],
  ['entry-negative-size', 'A size below zero.', [lines[0], evil({ sizeBytes: -1 })]],
  ['entry-time-out-of-range', 'A time that no clock shows.', [lines[0], evil({ mtimeNs: '1'.repeat(30) })]],
  ['entry-key-elsewhere', 'A key that points out of the snapshot.', [lines[0], evil({ key: '../other/data/good.txt' })]],
  ['entry-content-no-object', 'What was found in a file is no object.', [lines[0], evil({ content: 'sound' })]],
  ['entry-content-facts-too-long', 'Facts far beyond what a line may have.', [lines[0], evil({ content: { kind: 'npy', version: 1, status: 'sound', facts: { all: 'x'.repeat(9000) } } })]],
  ['entry-export-of-nothing', 'An export of something that is no path.', [lines[0], evil({ exportOf: 1 })]],
  ['entry-proto', 'A member called __proto__.', [lines[0], `{"__proto__":{"stable":true},${good.slice(1)}`]],
]) {
  vector('bad', name, description, forge(await base(), forged), damagedManifest);
}

// Entries that are refused by name, while the rest is restored.
const refusing = async (name, description, forged, problems, kept = [BASE[0], BASE[1]]) =>
  vector('bad', name, description, forge(await base(), forged), {
    list: [[ID, 'ok']],
    latest: ID,
    restore: { [ID]: { problems, tree: treeOf(kept) } },
    verify: [...problems, `DAMAGED ${ID}`],
    write: 'ok',
  });
for (const [name, description, path] of [
  ['path-up', 'A path that leads up.', '../evil.txt'],
  ['path-up-within', 'A path that leads up from within.', 'data/../../evil.txt'],
  ['path-absolute', 'An absolute path.', '/evil.txt'],
  ['path-empty-segment', 'A path with an empty segment.', 'data//evil.txt'],
  ['path-nul', 'A path that holds a NUL.', 'data/evil\0.txt'],
  ['path-own-folder', 'A path in the folder that is the program\'s own.', '.holdfast/snapshot.json'],
]) {
  await refusing(name, description, [lines[0], good, evil({ path })], [`UNSAFE ${path}`]);
}
await refusing(
  'path-two-forms',
  'The path says one thing, its bytes another.',
  [lines[0], good, evil({ path: 'data/harmless.txt', pathBytes: Buffer.from('data/other.txt').toString('base64') })],
  ['UNSAFE data/harmless.txt'],
);
await refusing('path-twice', 'One path twice.', [lines[0], good, good], ['COLLISION data/good.txt']);
const DOOR = link('data/door', '../..');
await refusing(
  'path-through-link',
  'A file "through" a symlink that leads out.',
  [lines[0], json(DOOR.entry), evil({ path: 'data/door/evil.txt' }), good],
  ['UNSAFE data/door/evil.txt'],
  [BASE[0], DOOR, BASE[1]],
);
await refusing(
  'path-file-and-folder',
  'One name for a symlink and a folder with a file in it.',
  [lines[0], json(DOOR.entry), json(folder('data/door').entry), evil({ path: 'data/door/evil.txt' }), good],
  ['COLLISION data/door', 'UNSAFE data/door/evil.txt'],
  [BASE[0], DOOR, BASE[1]],
);
await refusing('path-without-folder', 'A file whose folder is no entry.', [lines[0], good, evil({ path: 'lost/evil.txt' })], ['UNSAFE lost/evil.txt']);
await refusing('link-to-nothing', 'A symlink that points to nothing that could be a path.', [lines[0], good, json(link('data/null', 'a\0b').entry)], ['UNSAFE data/null']);

// Contents.
const OTHER = `${ID}/data/other.txt`;
for (const [name, description, code, how] of [
  ['file-missing', 'A file that is gone.', 'MISSING', () => undefined],
  ['file-empty', 'A file that is empty and should not be.', 'DAMAGED', () => Buffer.alloc(0)],
  ['file-zeros', 'A file of zeros that should be none.', 'DAMAGED', (bytes) => Buffer.alloc(bytes.length)],
  ['file-truncated', 'A file that was cut.', 'DAMAGED', (bytes) => bytes.subarray(0, 3)],
  ['file-bit-flipped', 'A file of which one bit is another.', 'DAMAGED', flip],
]) {
  const problems = [`${code} data/other.txt`];
  vector('bad', name, description, change(await base(), OTHER, how), {
    ...damagedManifest,
    restore: { [ID]: { problems, tree: treeOf([BASE[0], BASE[1]]) } },
    verify: problems,
  });
}
vector('bad', 'sums-bit-flipped', 'Checksums for other tools of which one bit is another.', change(await base(), `${ID}/.holdfast/SHA256SUMS`, flip), {
  ...whole(BASE),
  verify: ['DAMAGED .holdfast/SHA256SUMS'],
});

// Headers.
const refused = { error: 'FORMAT_UNSUPPORTED' };
const closed = { list: refused, latest: refused, restore: { [ID]: refused }, verify: refused, write: refused };
vector('bad', 'target-newer', 'A target that needs a newer reader.', header(await write(BASE), { versions: { ...VERSIONS, version: 2, minReader: 2 } }), closed);
vector(
  'bad',
  'target-unknown-feature',
  'A target with a feature that readers must know.',
  header(await write(BASE), { versions: { ...VERSIONS, features: { incompat: ['seals'], rocompat: [] } } }),
  closed,
);
vector('bad', 'target-other-format', 'A target of another format.', header(await write(BASE), { format: 'vault' }), closed);

// Removals.
const tombstone = (id, change = {}) => {
  const rest = {
    holdfast: 'removal',
    versions: VERSIONS,
    id,
    removal: '0123456789abcdef',
    at: '2026-01-03T04:04:05.678+01:00',
    host: 'host',
    user: 'user',
    program: 'holdfast',
    ...change,
  };
  return `${JSON.stringify({ ...rest, check: canonicalSha256(rest) }, undefined, 2)}\n`;
};
const entomb = (store, bytes = tombstone(ID)) => {
  put(store, `.holdfast/trash/${ID}`, bytes);
  return store;
};
const gone = { error: 'SNAPSHOT_NOT_FOUND' };
vector('good', 'removed', 'The only snapshot has been removed: it counts for nobody, and stands under its id in the trash.', entomb(await base()), {
  list: [],
  removed: [ID],
  latest: gone,
  restore: { [ID]: { error: 'SNAPSHOT_REMOVED' } },
  verify: [],
  write: 'ok',
});
vector(
  'good',
  'removed-member',
  'A tombstone with a member that this version does not know.',
  entomb(await base(), tombstone(ID, { reason: 'old' })),
  { list: [], removed: [ID], latest: gone, restore: { [ID]: { error: 'SNAPSHOT_REMOVED' } }, verify: [], write: 'ok' },
);
const PRUNED = await base();
put(PRUNED, `.holdfast/pruned/${LATER}`, `${JSON.stringify({ id: LATER })}\n`);
vector('good', 'pruned', 'Another snapshot was pruned: its mark stays, and means nothing to a reader.', PRUNED, { ...whole(BASE), removed: [] });
const UNDONE = await base();
put(UNDONE, '.holdfast/undone.json', '');
vector('good', 'undone-empty', 'What the last undo brought back cannot be read: it counts as absent.', UNDONE, { ...whole(BASE), removed: [] });
for (const [name, description, bytes] of [
  ['tombstone-empty', 'A tombstone of no bytes.', ''],
  ['tombstone-zeros', 'A tombstone of zeros.', Buffer.alloc(300)],
  ['tombstone-no-json', 'A tombstone that is no JSON.', 'removed'],
  ['tombstone-bit-flipped', 'A tombstone of which one bit is another.', flip(Buffer.from(tombstone(ID)))],
  ['tombstone-of-another', 'The tombstone of another snapshot under this id.', tombstone(LATER)],
  ['tombstone-newer', 'A tombstone that needs a newer reader.', tombstone(ID, { versions: { ...VERSIONS, version: 2, minReader: 2 } })],
  ['tombstone-without-removal', 'A tombstone that does not say by which removal.', tombstone(ID, { removal: 'x' })],
]) {
  vector('bad', name, `${description} The snapshot counts as not removed, and the tombstone is named.`, entomb(await base(), bytes), {
    ...whole(BASE),
    list: [
      [ID, 'unclear'],
      [ID, 'ok'],
    ],
    removed: [],
    verify: [`DAMAGED .holdfast/trash/${ID}`],
  });
}

// ---- To disk ----

let written = 0;
for (const { kind, name, description, store, expected } of vectors) {
  const folderOf = join(ROOT, kind, name);
  if (existsSync(folderOf)) continue;
  written += 1;
  for (const [key, { bytes }] of store.objects) {
    const path = join(folderOf, 'target', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  writeFileSync(join(folderOf, 'expected.json'), `${JSON.stringify({ description, ...expected }, undefined, 2)}\n`);
}
const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(HERE, join(entry.parentPath, entry.name)).split('\\').join('/'))
  .sort();
writeFileSync(join(HERE, 'SHA256SUMS'), files.map((path) => `${sha256(readFileSync(join(HERE, path)))}  ${path}\n`).join(''));
console.log(`${written} of ${vectors.length} vectors written, ${files.length} files`);
