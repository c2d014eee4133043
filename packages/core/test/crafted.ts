import { createHash } from 'node:crypto';
import type { FormatVersions, SnapshotPayload } from '../src/snapshot/index.js';
import { encodeRecord, type SnapshotRecord } from '../src/snapshot/record.js';
import { type MemoryStore, memoryStore } from '../src/testing/index.js';

/** A member of a manifest's line, as a stranger may write it. */
type Line = Readonly<Record<string, unknown>>;

export interface CraftedEntry {
  /** The line's members, or the line as it stands. */
  readonly line: Line | string;
  /** What is stored for it, and under which key below the snapshot. */
  readonly content?: Uint8Array;
  readonly key?: string;
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const COMMON = { mode: '0644', mtimeNs: '1700000000000000000' };

/** A file whose content is stored under its path. */
export function file(path: string, text: string, more: Line = {}): CraftedEntry {
  const content = Buffer.from(text);
  const line = {
    ...COMMON,
    type: 'file',
    path,
    sizeBytes: content.length,
    sha256: sha256(content),
    stable: true,
    ...more,
  };
  return { line, content, key: path };
}

export function folder(path: string, more: Line = {}): CraftedEntry {
  return { line: { ...COMMON, mode: '0755', type: 'directory', path, ...more } };
}

export function symlink(path: string, linkTarget: string, more: Line = {}): CraftedEntry {
  return { line: { ...COMMON, mode: '0777', type: 'symlink', path, linkTarget, ...more } };
}

export interface CraftOptions {
  readonly id?: string;
  readonly store?: MemoryStore;
  readonly payload?: Partial<SnapshotPayload>;
  readonly versions?: Partial<FormatVersions>;
  /** Instead of the lines of the entries. */
  readonly manifest?: Uint8Array;
}

export const CRAFTED_ID = '20260101T000000000Z-c0ffee00';

/**
 * Puts a snapshot into a store, with a record whose checksums all fit: what somebody makes who knows the format, and
 * means no good.
 */
export function craft(entries: readonly CraftedEntry[], options: CraftOptions = {}): MemoryStore {
  const { store = memoryStore(), id = CRAFTED_ID } = options;
  const put = (key: string, bytes: Uint8Array): void => {
    store.objects.set(`${id}/${key}`, { bytes: new Uint8Array(bytes), attributes: {}, listedFromMs: 0 });
  };
  const lines = entries.map(({ line }) => `${typeof line === 'string' ? line : sortedJson(line)}\n`);
  const manifest = options.manifest ?? Buffer.from(lines.join(''));
  const contents = entries.map(({ line }) =>
    typeof line === 'string' ? line : sortedJson({ ...line, key: undefined }),
  );
  const ofType = (type: string): Line[] =>
    entries.flatMap(({ line }) => (typeof line !== 'string' && line.type === type ? [line] : []));
  for (const { key, content } of entries) if (key !== undefined && content !== undefined) put(key, content);
  const sums = Buffer.from(
    ofType('file')
      .map((line) => `${line.sha256}  ${line.path}\n`)
      .join(''),
  );
  put('.holdfast/manifest.jsonl', manifest);
  put('.holdfast/SHA256SUMS', sums);
  const record: SnapshotRecord = {
    holdfast: 'snapshot',
    versions: { version: 1, minReader: 1, minWriter: 1, features: { incompat: [], rocompat: [] }, ...options.versions },
    payload: {
      id,
      createdAt: '2026-01-01T00:00:00.000+00:00',
      sequence: 1,
      host: 'elsewhere',
      user: 'stranger',
      program: 'crafted',
      sources: [{ id: 'crafted-source', name: 'data', path: '/srv/data', type: 'directory' }],
      tags: [],
      counts: {
        files: ofType('file').length,
        directories: ofType('directory').length,
        symlinks: ofType('symlink').length,
        bytes: entries.reduce((sum, { content }) => sum + (content?.length ?? 0), 0),
        skipped: 0,
        unstable: 0,
      },
      flags: [],
      contentsSha256: sha256(contents.map((line) => `${line}\n`).join('')),
      ...options.payload,
    },
    envelope: {
      format: 'plain',
      manifest: { sizeBytes: manifest.byteLength, sha256: sha256(manifest) },
      sha256sums: { sizeBytes: sums.byteLength, sha256: sha256(sums) },
      nonce: '00',
    },
  };
  put('.holdfast/snapshot.json', encodeRecord(record));
  return store;
}

/** One level of members, sorted; what nests is left as it is. */
function sortedJson(line: Line): string {
  const members = Object.keys(line)
    .sort()
    .filter((name) => line[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(line[name])}`);
  return `{${members.join(',')}}`;
}
