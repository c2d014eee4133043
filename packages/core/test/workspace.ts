import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { MemoryStore } from '../src/testing/index.js';

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) remove(path);
});

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    // Node works by whole paths, and a tree may be deeper than the system takes them.
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG') throw error;
    execFileSync('rm', ['-rf', path]);
  }
}

/** A new folder that goes away after the test. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-core-'));
  made.push(path);
  return path;
}

/** Times are put well into the past, so that the next backup may trust them. */
const OLD = new Date('2026-01-02T03:04:05.678Z');

/** What {@link plant} makes of a name: a file; an empty folder for `null`; a symlink for text that begins with `-> `. */
export type Planting = Readonly<Record<string, string | Uint8Array | null>>;

/** Writes files, empty folders and symlinks below a folder. */
export function plant(root: string, files: Planting): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (content === null) mkdirSync(path, { recursive: true });
    else if (typeof content === 'string' && content.startsWith('-> ')) symlinkSync(content.slice(3), path);
    else {
      writeFileSync(path, content);
      utimesSync(path, OLD, OLD);
    }
  }
}

/** A path below a folder whose last part is given by its bytes. */
export function bytesPath(folder: string, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}

/** What is at a path: everything about it but its times. */
export type Tree = Readonly<Record<string, string>>;

/** Every path below a folder with what it is. Names that are not UTF-8 appear with their bytes. */
export function treeOf(root: string): Tree {
  return Object.fromEntries(lookThrough(Buffer.from(root)).map(({ label, what }) => [label, what]));
}

/** What Node can set and compare: design, "Times". */
const TIME_TOLERANCE_NS = 2000n;

/** Expects two folders to hold the same tree: names, types, bytes, modes, links, and times as exactly as Node can set them. */
export function expectSameTree(actual: string, expected: string): void {
  expect(treeOf(actual)).toEqual(treeOf(expected));
  const wanted = new Map(lookThrough(Buffer.from(expected)).map(({ label, mtimeNs }) => [label, mtimeNs]));
  const off = lookThrough(Buffer.from(actual)).filter(({ label, mtimeNs }) => {
    const apartNs = mtimeNs - (wanted.get(label) ?? 0n);
    return apartNs > TIME_TOLERANCE_NS || apartNs < -TIME_TOLERANCE_NS;
  });
  expect(off.map(({ label }) => label)).toEqual([]);
}

interface Seen {
  readonly label: string;
  readonly what: string;
  readonly mtimeNs: bigint;
}

function lookThrough(folder: Buffer, below = ''): Seen[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .sort(Buffer.compare)
    .flatMap((name) => {
      const path = Buffer.concat([folder, Buffer.from('/'), name]);
      const label = below + labelOf(name);
      const stats = lstatSync(path, { bigint: true });
      const mode = (stats.mode & 0o7777n).toString(8);
      const seen = (what: string): Seen => ({ label, what, mtimeNs: stats.mtimeNs });
      if (stats.isSymbolicLink()) return [seen(`-> ${labelOf(readlinkSync(path, { encoding: 'buffer' }))}`)];
      if (stats.isDirectory()) return [seen(`folder ${mode}`), ...lookThrough(path, `${label}/`)];
      return [seen(stats.isFile() ? `file ${mode} ${readFileSync(path).toString('base64')}` : 'special')];
    });
}

function labelOf(name: Buffer): string {
  const text = name.toString('utf8');
  return Buffer.from(text).equals(name) ? text : `bytes ${name.toString('hex')}`;
}

/** The objects of an in-memory store as a real folder: what a folder target would hold. */
export function dump(store: MemoryStore): string {
  const root = scratch();
  for (const [key, { bytes, attributes }] of store.objects) {
    const path = join(root, key);
    mkdirSync(dirname(path), { recursive: true });
    if (attributes.type === 'symlink') symlinkSync(Buffer.from(attributes.linkTarget ?? []), path);
    else if (attributes.type === 'directory') mkdirSync(path, { recursive: true });
    else writeFileSync(path, bytes);
  }
  return root;
}

/** All items of an iteration. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
