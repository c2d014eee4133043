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
import { sameTime } from '../src/files/index.js';
import type { HoldfastEvent, Problem } from '../src/index.js';

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A new folder that goes away after the test. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-core-'));
  made.push(path);
  return path;
}

/** Times are put well into the past, so that the next backup may trust them. */
const OLD = new Date('2026-01-02T03:04:05.678Z');

/** Writes files (and, where the content is `null`, empty folders; where it begins with `-> `, symlinks) below a folder. */
export function plant(root: string, files: Readonly<Record<string, string | Uint8Array | null>>): void {
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

/** Every path below a folder with what it is, but for times: see {@link expectSameTree}. */
export function treeOf(root: string, below = ''): Record<string, string> {
  return Object.fromEntries([...walkTree(root, below)].map(([path, what]) => [path, what]));
}

/** Two trees are equal: in names, kinds, bytes, modes, link targets, and in times as far as Node can set them. */
export function expectSameTree(actual: string, expected: string): void {
  expect(treeOf(actual)).toEqual(treeOf(expected));
  const times = new Map([...walkTree(actual)].map(([path, , mtimeNs]) => [path, mtimeNs]));
  for (const [path, , mtimeNs] of walkTree(expected)) {
    expect(sameTime(times.get(path) ?? 0n, mtimeNs), `the time of ${path}`).toBe(true);
  }
}

function* walkTree(root: string, below = ''): Generator<[path: string, what: string, mtimeNs: bigint]> {
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(root, path), { bigint: true });
    const mode = (stats.mode & 0o7777n).toString(8);
    if (stats.isSymbolicLink()) yield [path, `-> ${readlinkSync(join(root, path))}`, stats.mtimeNs];
    else if (stats.isDirectory()) {
      yield [path, `folder ${mode}`, stats.mtimeNs];
      yield* walkTree(root, path);
    } else yield [path, `file ${mode} ${readFileSync(join(root, path)).toString('base64')}`, stats.mtimeNs];
  }
}

/** Collects events. */
export class Told {
  readonly events: HoldfastEvent[] = [];
  readonly listen = (event: HoldfastEvent): void => void this.events.push(event);

  get problems(): Problem[] {
    return this.events.flatMap((event) => (event.type === 'problem' ? [event.problem] : []));
  }
}
